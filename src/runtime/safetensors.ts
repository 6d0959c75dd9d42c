import { expected } from './expected.ts'
import type { LoadOptions } from './interface.ts'
import { withoutLayer } from './layerNames.ts'
import { shown } from './shown.ts'
import type { Tensor } from './tensor.ts'
import { sizeOf } from './tensors.ts'
import { refuseUnknown } from './unknown.ts'

/** The content of a safetensors file. */
export interface Checkpoint {
  /** What tapeless wrote beside the tensors, where anybody asks for it; empty in a file of another's making. */
  readonly numbers?: Readonly<Record<string, unknown>>
  entries: Readonly<Record<string, Entry>>
}

/** A tensor of a file: its entry in the header. */
export interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [begin: number, end: number]
  /** The element number i of a tensor of numbers that aren't whole; no parameter has another type. */
  read?: ((i: number) => number) | undefined
}

/**
 * Makes the safetensors file of some tensors, with numbers under one key of the metadata; all names are ASCII. It holds the header's
 * length as a 64-bit number, the header as JSON (name -> { dtype, shape, data_offsets }, and __metadata__), then the elements without
 * gaps, all little-endian. https://github.com/huggingface/safetensors
 */
export function encode(tensors: readonly Tensor[], numbers?: object): Uint8Array & { readonly buffer: ArrayBuffer } {
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
  for (const { view } of tensors)
    for (const value of view) {
      data[`setFloat${(8 * view.BYTES_PER_ELEMENT) as 32 | 64}`](at, value, true)
      at += view.BYTES_PER_ELEMENT
    }
  return bytes
}

/**
 * Reads a safetensors file and checks its header, and that the tensors, of whatever types, cover the data without gap or
 * overlap. TypeError: it is no such file.
 */
export function decode(file: ArrayBuffer | ArrayBufferView, options: LoadOptions = {}): Checkpoint {
  refuseUnknown('options', options, { rename: 1 })
  if (!(file?.byteLength >= 0))
    expected('a safetensors file: an ArrayBuffer or Uint8Array', shown(file, 'file'), TypeError)
  const { buffer = file as ArrayBuffer, byteOffset, byteLength } = file as ArrayBufferView
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  const data = new DataView(buffer, byteOffset, byteLength)
  let content: Checkpoint
  try {
    const start = 8 + Number(data.getBigUint64(0, true))
    // The format's limit.
    if (start > 1e8) differ('a header of at most 1e8 bytes', start)
    const { __metadata__: metadata, ...entries } = JSON.parse(textOf(bytes.subarray(8, start)))
    content = { ...numbersIn(metadata), entries }
    let at = start
    const inOrder = Object.values<Entry>(entries).sort(
      // Of two tensors at the same place one is empty, and comes first.
      ({ data_offsets: [a, b] }, { data_offsets: [c, d] }) => a - c || b - d,
    )
    for (const entry of inOrder) {
      const { dtype, shape, data_offsets } = entry
      // Types are called by their bits, but for BOOL.
      const bits = +(dtype.match(/\d+/) ?? 8) as 32 | 64
      const begin = at
      at += (sizeOf(shape) * bits) / 8
      const got = JSON.stringify([dtype, shape, data_offsets])
      // Extents are whole numbers from 0.
      const right = JSON.stringify([dtype, shape.map((extent) => extent >>> 0), [begin - start, at - start]])
      if (at % 1 || got !== right) differ(right, got)
      const place = (i: number) => begin + (i * bits) / 8
      const fraction = dtype === 'F16' ? 10 : dtype === 'BF16' ? 7 : 0
      entry.read = fraction
        ? (i) => ofShort(data.getUint16(place(i), true), fraction)
        : dtype === `F${bits}` && bits > 16
          ? (i) => data[`getFloat${bits}`](place(i), true)
          : undefined
    }
    if (at !== byteLength) differ(`${at} bytes`, byteLength)
  } catch (error) {
    const text = textOf(bytes.subarray(0, 40))
    return expected('a safetensors file', `${byteLength} bytes, ${JSON.stringify(text)}: ${error}`, TypeError)
  }
  content.entries = renamed(content.entries, options.rename)
  return content
}

/** What a trainer's file holds beside its tensors. SyntaxError: that is no JSON. Optional. */
export function numbersIn(metadata: Readonly<Record<string, string>> | undefined): {
  numbers: Readonly<Record<string, unknown>>
} {
  const text = metadata?.tapeless
  return { numbers: text?.[0] === '{' ? JSON.parse(text) : {} }
}

function differ(right: string, got: unknown): never {
  throw new Error(`expected ${right}, got ${got}`)
}

function textOf(bytes: Uint8Array): string {
  let text = ''
  // A text that grew by a character at a time would take forty times the memory.
  for (let at = 0; at < bytes.length;) text += String.fromCharCode(...bytes.subarray(at, (at += 4096)))
  return text
}

/** A number of 16 bits, `fraction` of which follow the point: 10 in IEEE 754's half precision, 7 in bfloat16. */
function ofShort(bits: number, fraction: number): number {
  const exponents = 2 ** (15 - fraction)
  const exponent = (bits >> fraction) % exponents
  const digits = bits % 2 ** fraction
  const magnitude =
    exponent === exponents - 1
      ? digits
        ? NaN
        : Infinity
      : (digits + (exponent && 2 ** fraction)) * 2 ** ((exponent || 1) + 1 - exponents / 2 - fraction)
  return bits >> 15 ? -magnitude : magnitude
}

/**
 * Calls a file's tensors as `names` says: each by its whole name, else by the longest beginning up to a dot. RangeError: the file has
 * none that is called so, or two come to one name.
 */
function renamed(entries: Checkpoint['entries'], names: Readonly<Record<string, string>> = {}): Checkpoint['entries'] {
  const used: Record<string, true> = {}
  const taken: Record<string, string> = {}
  const list = Object.entries(entries).map(([name, entry]) => {
    let from = name
    while (from && !Object.hasOwn(names, from)) from = from.replace(/[^.]*\.?$/, '')
    let ours = (from && names[from]!) + name.slice(from.length)
    ours = withoutLayer(ours)
    if (Object.hasOwn(taken, ours)) expected(`one tensor of the file for ${ours}`, `two: ${taken[ours]} and ${name}`)
    taken[ours] = name
    if (from) used[from] = true
    return [ours, entry] as const
  })
  for (const name in names)
    if (!used[name]) expected(`rename: names in the file, ${Object.keys(entries)}`.slice(0, 300), name)
  return Object.fromEntries(list)
}

/**
 * Copies a checkpoint's values into the views of the same names; optional tensors are set to 0 if it lacks them, or all of them unless
 * `withOptional`. RangeError, before anything is changed: a tensor that isn't optional is missing, or one has another shape or type.
 */
export function restore({ entries }: Checkpoint, tensors: readonly Tensor[], withOptional?: boolean): void {
  const names = Object.keys(entries)
  const values = tensors.map((tensor) => {
    const { name, shape, view } = tensor
    const entry = entries[name]
    if (isFresh(tensor, entry, withOptional)) return view.map(() => 0)
    return entry?.read && `${entry.shape}` === `${shape}`
      ? view.map((_, i) => entry.read!(i))
      : expected(
          `${name}: F16, BF16, F32 or F64, shape [${shape}]`,
          entry
            ? `${entry.dtype}, shape [${entry.shape}]`
            : `none among ${names}`.slice(0, 240) +
                `: write rename: { '${names[0] ?? ''}': '${name}' }, or as: in the spec`,
        )
  })
  tensors.forEach(({ view }, i) => view.set(values[i]!))
}

/** Whether a tensor starts afresh, as it is optional and the file lacks it or isn't asked for it. Optional. */
export function isFresh(tensor: Tensor, entry: Entry | undefined, withOptional?: boolean): boolean | undefined {
  return tensor.optional && !(entry && withOptional)
}
