import { expected } from './expected.ts'
import { sizeOf, type StoredTensor } from './tensors.ts'

/** What a file holds. */
export interface Checkpoint {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float64Array }>
}

/**
 * The safetensors file of these tensors and this metadata, all names in ASCII: the header's length as a 64-bit number,
 * the header as JSON (name -> { dtype, shape, data_offsets }, and __metadata__), then the elements without gaps, all
 * little-endian. https://github.com/huggingface/safetensors
 */
export function encode(tensors: readonly StoredTensor[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let end = 0
  for (const { name, shape, view } of tensors) {
    header[name] = { dtype: `F${view.BYTES_PER_ELEMENT * 8}`, shape, data_offsets: [end, (end += view.byteLength)] }
  }
  let text = JSON.stringify(header)
  text += ' '.repeat(-text.length & 7)
  let at = 8 + text.length
  const data = new DataView(new ArrayBuffer(at + end))
  data.setUint32(0, text.length, true)
  for (let i = 0; i < text.length; i++) data.setUint8(8 + i, text.charCodeAt(i))
  for (const { view } of tensors) {
    for (const value of view) {
      if (view.BYTES_PER_ELEMENT === 8) data.setFloat64(at, value, true)
      else data.setFloat32(at, value, true)
      at += view.BYTES_PER_ELEMENT
    }
  }
  return new Uint8Array(data.buffer)
}

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [begin: number, end: number]
}

/**
 * What a safetensors file of F32 and F64 tensors holds, checked whole: its header, and that the tensors cover the data
 * without gap or overlap. TypeError otherwise.
 */
export function decode(bytes: Uint8Array): Checkpoint {
  if (!(bytes instanceof Uint8Array)) expected('a Uint8Array', typeof bytes, TypeError)
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const tensors = new Map<string, { shape: readonly number[]; values: Float64Array }>()
  try {
    const start = 8 + Number(data.getBigUint64(0, true))
    let at = start
    const text = Array.from(bytes.subarray(8, start), (byte) => String.fromCharCode(byte)).join('')
    const { __metadata__: metadata, ...entries } = JSON.parse(text)
    const byOffset = (a: [string, Entry], b: [string, Entry]) => a[1].data_offsets[0] - b[1].data_offsets[0]
    for (const [name, { dtype, shape, data_offsets }] of Object.entries<Entry>(entries).sort(byOffset)) {
      const size = /^F(32|64)$/.test(dtype) ? +dtype.slice(1) / 8 : expected(`${name}: F32 or F64`, dtype)
      const offsets = [at - start, at - start + sizeOf(shape) * size]
      if (`${data_offsets}` !== `${offsets}`) expected(`${name}: offsets ${offsets}`, data_offsets)
      if (start + offsets[1]! > bytes.length) expected(`${start + offsets[1]!} bytes`, bytes.length)
      const values = new Float64Array(sizeOf(shape))
      for (let i = 0; i < values.length; i++, at += size) {
        values[i] = size === 8 ? data.getFloat64(at, true) : data.getFloat32(at, true)
      }
      tensors.set(name, { shape, values })
    }
    if (at !== bytes.length) expected(`${at} bytes`, bytes.length)
    return { metadata: Object(metadata), tensors }
  } catch (error) {
    return expected('a safetensors file', error, TypeError)
  }
}

/**
 * Copies a checkpoint's values into the views of the same names: all of `required`, and of `optional` what it has,
 * zeros for the rest. RangeError, before anything is changed, where one is missing or has another shape.
 */
export function restore(
  { tensors }: Checkpoint,
  required: readonly StoredTensor[],
  optional: readonly StoredTensor[] = [],
): void {
  const wanted = [...required, ...optional]
  for (const [i, { name, shape }] of wanted.entries()) {
    const found = tensors.get(name)
    if (found ? `${found.shape}` !== `${shape}` : i < required.length) {
      expected(`${name}: shape [${shape}]`, found ? `[${found.shape}]` : 'none')
    }
  }
  for (const { name, view } of wanted) view.set(tensors.get(name)?.values ?? new Float64Array(view.length))
}
