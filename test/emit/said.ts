import { sizeOf } from '../../src/runtime/tensors.ts'

/** What a safetensors file says, read by the letter of the format. */
export interface Said {
  /** The tensors in single or double precision, by name; undefined where another type. */
  readonly tensors: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly values: readonly number[] | undefined }
  >
  /** What tapeless wrote beside them. */
  readonly numbers: ReadonlyMap<string, unknown>
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isCount = (value: unknown): value is number => typeof value === 'number' && value >= 0 && Number.isInteger(value)
const isCounts = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isCount)

/** Undefined for what is no such file. Of two entries of a name the later one counts, as JSON has it. */
export function said(file: Uint8Array): Said | undefined {
  const bytes = Buffer.from(file)
  if (bytes.length < 8 || bytes.readBigUInt64LE() > 1e8 - 8) return undefined
  const start = 8 + Number(bytes.readBigUInt64LE())
  if (start > bytes.length) return undefined
  let header: unknown
  let own: unknown = {}
  try {
    // As the module reads it, by bytes: its own names are ASCII.
    header = JSON.parse(bytes.toString('latin1', 8, start))
    if (!isRecord(header)) return undefined
    const metadata = Object.hasOwn(header, '__metadata__') ? header.__metadata__ : undefined
    const text =
      metadata !== null && metadata !== undefined ? (metadata as { tapeless?: string | null }).tapeless : null
    // What isn't an object is another's word.
    own = text?.[0] === '{' ? JSON.parse(text) : {}
  } catch {
    return undefined
  }
  const tensors = new Map<string, { shape: readonly number[]; values: number[] | undefined }>()
  const taken: (readonly number[])[] = []
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue
    if (!isRecord(entry)) return undefined
    const { dtype, shape, data_offsets: offsets } = entry
    if (typeof dtype !== 'string' || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) return undefined
    const bits = Number(/\d+/.exec(dtype)?.[0] ?? 8)
    const [begin, end] = offsets as [number, number]
    if (8 * (end - begin) !== sizeOf(shape) * bits) return undefined
    taken.push([begin, end])
    const at = (i: number) => start + begin + (i * bits) / 8
    const reader = readers[dtype]
    const read = reader && ((i: number) => reader(bytes, at(i)))
    if (end > bytes.length - start) return undefined
    tensors.set(name, { shape, values: read && Array.from({ length: sizeOf(shape) }, (_, i) => read(i)) })
  }
  let end = 0
  for (const [from, to] of taken.sort(([a, b], [c, d]) => a! - c! || b! - d!)) {
    if (from !== end) return undefined
    end = to!
  }
  if (start + end !== bytes.length) return undefined
  return { tensors, numbers: new Map(Object.entries(Object(own) as object)) }
}

/** How numbers that aren't whole are read, by their type. */
const readers: Readonly<Record<string, ((bytes: Buffer, at: number) => number) | undefined>> = {
  __proto__: null as never,
  F64: (bytes, at) => bytes.readDoubleLE(at),
  F32: (bytes, at) => bytes.readFloatLE(at),
  BF16: (bytes, at) => Buffer.from([0, 0, bytes[at]!, bytes[at + 1]!]).readFloatLE(),
  F16: (bytes, at) => {
    const text = bytes.readUInt16LE(at).toString(2).padStart(16, '0')
    const [exponent, digits] = [parseInt(text.slice(1, 6), 2), parseInt(text.slice(6), 2) / 1024]
    const sign = text[0] === '1' ? -1 : 1
    if (exponent === 31) return digits === 0 ? sign * Infinity : NaN
    return sign * (exponent === 0 ? digits * 2 ** -14 : (1 + digits) * 2 ** (exponent - 15))
  },
}
