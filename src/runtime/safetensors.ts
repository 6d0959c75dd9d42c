import { expected } from './expected.ts'
import { sizeOf, type Tensor } from './tensors.ts'

/** The content of a safetensors file. */
export interface Checkpoint {
  /** What tapeless wrote beside the tensors; empty in a file of another's making. */
  readonly numbers: Readonly<Record<string, unknown>>
  readonly entries: Readonly<Record<string, Entry>>
}

/** A tensor of a file: its entry in the header. */
export interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [begin: number, end: number]
  /** The element number i of an F32 or F64 tensor; no parameter has another type. */
  read?: ((i: number) => number) | undefined
}

/**
 * Makes the safetensors file of some tensors, with numbers under one key of the metadata; all names are ASCII. It holds the header's
 * length as a 64-bit number, the header as JSON (name -> { dtype, shape, data_offsets }, and __metadata__), then the elements without
 * gaps, all little-endian. https://github.com/huggingface/safetensors
 */
export function encode(tensors: readonly Tensor[], numbers?: object): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { tapeless: JSON.stringify(numbers) } }
  let end = 0
  for (const { name, shape, view } of tensors) {
    header[name] = {
      dtype: `F${8 * view.BYTES_PER_ELEMENT}`,
      shape,
      data_offsets: [end, (end += view.byteLength)],
    }
  }
  let text = JSON.stringify(header)
  while (text.length % 8) text += ' '
  let at = 8
  const bytes = new Uint8Array(at + text.length + end)
  const data = new DataView(bytes.buffer)
  data.setUint32(0, text.length, true)
  for (const character of text) bytes[at++] = character.charCodeAt(0)
  for (const { view } of tensors) {
    const { BYTES_PER_ELEMENT: bytesEach } = view
    for (const value of view) {
      data[`setFloat${(8 * bytesEach) as 32 | 64}`](at, value, true)
      at += bytesEach
    }
  }
  return bytes
}

/**
 * Reads a safetensors file and checks its header, and that the tensors, of whatever types, cover the data without gap or
 * overlap. TypeError: it is no such file.
 */
export function decode(bytes: Uint8Array): Checkpoint {
  try {
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const start = 8 + Number(data.getBigUint64(0, true))
    // The format's limit.
    if (start > 1e8) expected('a header of at most 1e8 bytes', start)
    const header = bytes.subarray(8, start)
    let text = ''
    for (let at = 0; at < header.length; at += 4096) text += String.fromCharCode(...header.subarray(at, at + 4096))
    const { __metadata__: metadata, ...entries } = JSON.parse(text)
    let at = start
    for (const entry of Object.values<Entry>(entries).sort(byOffsets)) {
      const { dtype, shape, data_offsets } = entry
      // Types are called by their bits, but for BOOL.
      const bits = +(dtype.match(/\d+/) ?? 8) as 32 | 64
      const begin = at
      at += (sizeOf(shape) * bits) / 8
      const right = `${dtype} ${begin - start},${at - start}`
      if (
        `${dtype} ${data_offsets}` !== right ||
        !JSON.stringify([shape, data_offsets]).match(/^\[\[[\d,]*\],\[[\d,]+\]\]$/)
      )
        expected(right, `${dtype} ${data_offsets}`)
      entry.read =
        dtype === `F${bits}` && bits > 16 ? (i) => data[`getFloat${bits}`](begin + (i * bits) / 8, true) : undefined
    }
    if (at !== bytes.length) expected(`${at} bytes`, bytes.length)
    return { numbers: metadata?.tapeless?.[0] === '{' ? JSON.parse(metadata.tapeless) : {}, entries }
  } catch (error) {
    return expected('a safetensors file', error, TypeError)
  }
}

/** Of two tensors at the same place one is empty, and comes first. */
function byOffsets(a: Entry, b: Entry): number {
  return a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]
}

/**
 * Copies a checkpoint's values into the views of the same names; optional tensors are set to 0 if it lacks them, or all of them unless
 * `withOptional`. RangeError, before anything is changed: a tensor that isn't optional is missing, or one has another shape or type.
 */
export function restore({ entries }: Checkpoint, tensors: readonly Tensor[], withOptional = false): void {
  const values = tensors.map(({ name, shape, view, optional }) => {
    const entry = entries[name]
    if (optional && !(entry && withOptional)) return view.map(() => 0)
    return entry?.read && `${entry.shape}` === `${shape}`
      ? view.map((_, i) => entry.read!(i))
      : expected(
          `${name}: F32 or F64, shape [${shape}]`,
          entry ? `${entry.dtype}, shape [${entry.shape}]` : `none among ${Object.keys(entries)}`.slice(0, 300),
        )
  })
  tensors.forEach(({ view }, i) => view.set(values[i]!))
}
