import { expected } from './expected.ts'
import type { Vector } from './types.ts'
import { sizeOf, type Tensor } from './tensors.ts'

/** The content of a safetensors file. */
export interface Checkpoint {
  readonly metadata: Readonly<Record<string, string>>
  readonly entries: Readonly<Record<string, Entry>>
}

/** A tensor of a file: its entry in the header, and its elements. */
export interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [begin: number, end: number]
  /** The elements of an F32 or F64 tensor; other types are skipped, since no parameter has them. */
  values?: Float64Array
}

/**
 * Makes the safetensors file of some tensors, with numbers as metadata; all names are ASCII. It holds the header's length as a
 * 64-bit number, the header as JSON (name -> { dtype, shape, data_offsets }, and __metadata__), then the elements without
 * gaps, all little-endian. https://github.com/huggingface/safetensors
 */
export function encode(tensors: readonly Tensor[], metadata: Readonly<Record<string, number>>): Uint8Array {
  const strings: Record<string, string> = {}
  for (const name in metadata) strings[name] = `${metadata[name]}`
  const header: Record<string, unknown> = { __metadata__: strings }
  let end = 0
  for (const { name, shape, view } of tensors) {
    header[name] = {
      dtype: `F${bitsOf(view)}`,
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
    const bits = bitsOf(view)
    for (const value of view) {
      data[`setFloat${bits}`](at, value, true)
      at += bits / 8
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
    const start = 8 + data.getUint32(0, true)
    let text = ''
    for (const byte of bytes.subarray(8, start)) text += String.fromCharCode(byte)
    const { __metadata__: metadata, ...entries } = JSON.parse(text)
    let at = start
    for (const entry of Object.values<Entry>(entries).sort((a, b) => a.data_offsets[0] - b.data_offsets[0])) {
      const { dtype, shape, data_offsets } = entry
      // Types are called by their bits, but for BOOL.
      const bits = +(dtype.match(/\d+/) ?? 8) as 32 | 64
      const begin = at
      at += (sizeOf(shape) * bits) / 8
      const right = `${dtype} ${begin - start},${at - start}`
      if (`${dtype} ${data_offsets}` !== right) expected(right, `${dtype} ${data_offsets}`)
      if (dtype === `F${bits}` && bits > 16) {
        entry.values = new Float64Array(sizeOf(shape)).map((_, i) =>
          data[`getFloat${bits}`](begin + (i * bits) / 8, true),
        )
      }
    }
    if (at !== bytes.length) expected(`${at} bytes`, bytes.length)
    return { metadata: Object(metadata), entries }
  } catch (error) {
    return expected('a safetensors file', error, TypeError)
  }
}

/**
 * Copies a checkpoint's values into the views of the same names; optional tensors that it lacks are set to 0.
 * RangeError, before anything is changed: a tensor that isn't optional is missing, or one has another shape or type.
 */
export function restore({ entries }: Checkpoint, tensors: readonly Tensor[]): void {
  const values = tensors.map(({ name, shape, view, optional }) => {
    const entry = entries[name]
    if (!entry && optional) return view.map(() => 0)
    return entry?.values && `${entry.shape}` === `${shape}`
      ? entry.values
      : expected(`${name}: F32 or F64, shape [${shape}]`, entry ? `${entry.dtype}, shape [${entry.shape}]` : 'none')
  })
  tensors.forEach(({ view }, i) => view.set(values[i]!))
}

function bitsOf(view: Vector): 32 | 64 {
  return (view.BYTES_PER_ELEMENT * 8) as 32 | 64
}
