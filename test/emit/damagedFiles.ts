import fc from 'fast-check'

/*
 * Files that are almost checkpoints: damaged as bytes, as JSON, and as what the JSON says.
 */

/** A file as what it is made of; a header may name a tensor twice, and say of it whatever JSON can. */
interface Parts {
  /** Keys as they are, values as JSON texts. */
  readonly header: readonly (readonly [key: string, json: string])[]
  readonly data: Buffer
}

type Change<T> = (whole: T, choose: (count: number) => number) => T

function partsOf(file: Uint8Array): Parts {
  const bytes = Buffer.from(file)
  const end = 8 + Number(bytes.readBigUInt64LE())
  const header = JSON.parse(bytes.toString('utf8', 8, end)) as Record<string, unknown>
  return {
    header: Object.entries(header).map(([key, value]) => [key, JSON.stringify(value)]),
    data: bytes.subarray(end),
  }
}

function joined({ header, data }: Parts): Buffer {
  const text = Buffer.from(`{${header.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, data])
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** What stands where something else should. */
const strange: readonly string[] = [
  ...['0', '1', '2', '3', '-1', '-0', '1.5', '0.5', '1e-400', '1e400', '-1e400', '1e21', '1e9', '4294967296'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '18446744073709551616', '123456789'.repeat(40)],
  ...['null', 'true', 'false', '""', '"0"', '"4"', '"NaN"', '"F32"', '"F64"', '"sgd"', '"adam"', '"\\ud800"', '"0,8"'],
  ...['[]', '{}', '[0]', '[[0]]', '["0"]', '[0,8]', '[null]', '{"length":2,"0":1,"1":2}', '{"0":0,"1":8}'],
  ...['{"toString":0,"valueOf":0}', '[{"toString":0,"valueOf":0}]', '{"__proto__":{"epoch":3}}', '{"toJSON":1}'],
  ...[nested(60), nested(3000), nested(30_000), '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)],
  ...['NaN', 'undefined', '[1,]', "'0'", '01', '+1', '0x10', '{', ']', '"\n"', '// 1', '"\u00fc"', '\ufeff1'],
]

const dtypes = [
  'F32',
  'F64',
  'F16',
  'BF16',
  'I64',
  'I32',
  'U8',
  'BOOL',
  'F8_E4M3',
  'F0',
  'F',
  '',
  'f32',
  'F32 ',
  ' F32',
]
const moreTypes = ['F032', 'F3264', 'F999999999', 'F32F32', 'X32', 'F12', 'I1']
const types = [...dtypes, ...moreTypes]

const names = ['__proto__', 'constructor', 'toString', '__metadata__', '', 'a', 'é', '\u2028', '0', 'x'.repeat(1000)]
const numberNames = [
  'epoch',
  'seed',
  'steps',
  'learningRate',
  'best',
  'badEpochs',
  'initialized',
  'optimizer',
  'baseRate',
]
const entryKeys = ['dtype', 'shape', 'data_offsets', 'read', '__proto__', 'toString', 'extra']

const pick = <T>(list: readonly T[], choose: (count: number) => number): T => list[choose(list.length)]!

/** A record's JSON with one key set, by JSON, wherever it stands; left out without one. */
function withKey(json: string, key: string, value: string | undefined): string {
  try {
    const record = Object(JSON.parse(json)) as Record<string, unknown>
    const rest = Object.entries(record).filter(([other]) => other !== key)
    const texts = rest.map(([other, part]) => `${JSON.stringify(other)}:${JSON.stringify(part)}`)
    return `{${[...texts, ...(value === undefined ? [] : [`${JSON.stringify(key)}:${value}`])].join(',')}}`
  } catch {
    return json
  }
}

/** Changes the JSON of one key. */
function entryChange(change: Change<string>, only = (_: string) => true): Change<Parts> {
  return ({ header, data }, choose) => {
    const candidates = header.flatMap(([key], k) => (only(key) ? [k] : []))
    if (candidates.length === 0) return { header, data }
    const at = pick(candidates, choose)
    const [key, json] = header[at]!
    return { header: header.with(at, [key, change(json, choose)]), data }
  }
}

/** Changes the list of keys. */
function headerChange(change: Change<Parts['header']>): Change<Parts> {
  return ({ header, data }, choose) => ({ header: header.length ? change(header, choose) : header, data })
}

const isTensor = (key: string) => key !== '__metadata__'
const isMetadata = (key: string) => key === '__metadata__'

/** A part of a record's JSON; undefined where there is none. */
function partOf(json: string, key: string): unknown {
  try {
    return (JSON.parse(json) as Readonly<Record<string, unknown>> | null)?.[key]
  } catch {
    return undefined
  }
}

/** What tapeless wrote beside the tensors, with one number set. */
const numberChange: Change<string> = (json, choose) => {
  const text = partOf(json, 'tapeless')
  const value = choose(8) === 0 ? undefined : pick(strange, choose)
  if (typeof text !== 'string') return json
  return withKey(json, 'tapeless', JSON.stringify(withKey(text, pick(numberNames, choose), value)))
}

const shapeChange: Change<string> = (json, choose) => {
  const shape = partOf(json, 'shape')
  if (!Array.isArray(shape)) return json
  const at = choose(shape.length + 1)
  const changed = [
    () => [...shape].reverse(),
    () => shape.toSpliced(at, 0, 1),
    () => shape.toSpliced(at, 1),
    () => shape.map((extent) => `${JSON.stringify(extent)}`),
    () => [shape],
    () => shape.toSpliced(at, 0, 0),
  ]
  if (choose(2) === 0) return withKey(json, 'shape', JSON.stringify(pick(changed, choose)()))
  const parts = shape.map((extent) => JSON.stringify(extent)).toSpliced(at, 1, pick(strange, choose))
  return withKey(json, 'shape', `[${parts.join(',')}]`)
}

/** Tensors in another order, of other types, some more or fewer, each with its data: a whole file, if not one that fits. */
const relaid: Change<Parts> = (parts, choose) => {
  const tensors = parts.header.flatMap(([key, json]) => {
    try {
      const {
        dtype,
        shape,
        data_offsets: [begin, end],
      } = JSON.parse(json) as {
        dtype: string
        shape: number[]
        data_offsets: [number, number]
      }
      return isTensor(key) ? [{ key, dtype, shape, data: parts.data.subarray(begin, end) }] : []
    } catch {
      return []
    }
  })
  if (tensors.length === 0) return parts
  const at = choose(tensors.length)
  const tensor = tensors[at]!
  const extra = { key: pick(names, choose), dtype: pick(['I64', 'F64', 'F32', 'BOOL'], choose), shape: [] as number[] }
  const size = { I64: 8, F64: 8, F32: 4, BOOL: 1 }[extra.dtype]!
  const changed = [
    () => [...tensors.slice(at), ...tensors.slice(0, at)],
    () => tensors.toSpliced(at, 1),
    () => tensors.toSpliced(at, 0, { ...extra, data: Buffer.alloc(size, 1 + choose(255)) }),
    () => tensors.toSpliced(at, 0, { ...extra, shape: [0, choose(9)], data: Buffer.alloc(0) }),
    () => tensors.with(at, { ...tensor, ...cast(tensor) }),
    () => tensors.map((each) => ({ ...each, ...cast(each) })),
    () => tensors.toSpliced(at, 0, { ...tensor, key: pick(names, choose) }),
  ]
  const rows = pick(changed, choose)()
  let end = 0
  const header = rows.map(({ key, dtype, shape, data }): Parts['header'][number] => {
    const offsets = [end, (end += data.length)]
    return [key, JSON.stringify({ dtype, shape, data_offsets: offsets })]
  })
  const metadata = parts.header.filter(([key]) => isMetadata(key))
  return { header: [...metadata, ...header], data: Buffer.concat(rows.map(({ data }) => data)) }
}

/** The same numbers in the other precision. */
function cast({ dtype, data }: { readonly dtype: string; readonly data: Buffer }): { dtype: string; data: Buffer } {
  const bytes = Uint8Array.from(data)
  if (dtype === 'F64')
    return { dtype: 'F32', data: Buffer.from(Float32Array.from(new Float64Array(bytes.buffer)).buffer) }
  if (dtype === 'F32')
    return { dtype: 'F64', data: Buffer.from(Float64Array.from(new Float32Array(bytes.buffer)).buffer) }
  return { dtype, data }
}

const partsChanges: readonly Change<Parts>[] = [
  entryChange((json, choose) => withKey(json, 'dtype', JSON.stringify(pick(types, choose))), isTensor),
  entryChange(shapeChange, isTensor),
  entryChange((json, choose) => withKey(json, pick(entryKeys, choose), pick(strange, choose)), isTensor),
  entryChange((json, choose) => withKey(json, pick(entryKeys, choose), undefined), isTensor),
  entryChange((_, choose) => pick(strange, choose)),
  entryChange((json, choose) => {
    const offsets = [0, 4, 8, 16, -8, 2 ** 53, choose(1000), choose(1000)]
    const list = Array.from({ length: 1 + choose(3) }, () => pick(offsets, choose))
    return withKey(json, 'data_offsets', JSON.stringify(list))
  }, isTensor),
  entryChange(numberChange, isMetadata),
  entryChange(numberChange, isMetadata),
  entryChange(numberChange, isMetadata),
  entryChange((_, choose) => JSON.stringify({ tapeless: pick(strange, choose) }), isMetadata),
  entryChange((_, choose) => `{"tapeless":${pick(strange, choose)}}`, isMetadata),
  headerChange((header, choose) => header.toSpliced(choose(header.length), 1)),
  headerChange((header, choose) => header.toSpliced(choose(header.length), 0, pick(header, choose))),
  headerChange((header, choose) =>
    header.toSpliced(choose(header.length + 1), 0, [pick(names, choose), pick(header, choose)[1]]),
  ),
  headerChange((header, choose) =>
    header.toSpliced(choose(header.length + 1), 0, [pick(names, choose), pick(strange, choose)]),
  ),
  headerChange((header, choose) => {
    const at = choose(header.length)
    return header.with(at, [choose(2) === 0 ? pick(names, choose) : pick(header, choose)[0], header[at]![1]])
  }),
  headerChange((header, choose) => {
    const [a, b] = [choose(header.length), choose(header.length)]
    return header.with(a, [header[a]![0], header[b]![1]]).with(b, [header[b]![0], header[a]![1]])
  }),
  relaid,
  relaid,
  relaid,
  relaid,
]

/** A place in the length, the header or the data. */
function placeIn(bytes: Buffer, choose: (count: number) => number): number {
  const header = bytes.length < 8 ? 0 : Math.min(Number(bytes.readBigUInt64LE()), bytes.length - 8)
  const [from, to] = pick(
    [
      [0, 8],
      [8, 8 + header],
      [8, 8 + header],
      [8 + header, bytes.length],
    ] as const,
    choose,
  )
  return Math.min(from + choose(Math.max(to - from, 1)), Math.max(bytes.length - 1, 0))
}

const lengths = [
  0n,
  1n,
  2n,
  8n,
  1n << 31n,
  1n << 32n,
  1n << 53n,
  (1n << 64n) - 1n,
  100_000_000n,
  99_999_992n,
  1n << 63n,
]

const byteChanges: readonly Change<Buffer>[] = [
  (bytes, choose) => {
    const copy = Buffer.from(bytes)
    if (copy.length > 0) copy[placeIn(bytes, choose)]! ^= 1 << choose(8)
    return copy
  },
  (bytes, choose) => {
    const copy = Buffer.from(bytes)
    if (copy.length > 0)
      copy[placeIn(bytes, choose)] = choose(2) === 0 ? choose(256) : '0123456789[]{}",:-eE. '.charCodeAt(choose(22))
    return copy
  },
  (bytes, choose) => bytes.subarray(0, placeIn(bytes, choose)),
  (bytes, choose) => bytes.subarray(0, bytes.length - 1 - choose(16)),
  (bytes, choose) => Buffer.concat([bytes, Buffer.alloc(1 + choose(16), choose(256))]),
  (bytes, choose) => {
    const at = placeIn(bytes, choose)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + choose(16))])
  },
  (bytes, choose) => {
    const at = placeIn(bytes, choose)
    return Buffer.concat([bytes.subarray(0, at + 1 + choose(16)), bytes.subarray(at)])
  },
  (bytes, choose) => {
    const copy = Buffer.from(bytes)
    if (copy.length < 8) return copy
    const length = copy.readBigUInt64LE()
    const near = [
      length + 1n,
      length - 1n,
      length + 8n,
      length + (1n << 32n),
      BigInt(bytes.length),
      BigInt(bytes.length - 8),
    ]
    copy.writeBigUInt64LE(BigInt.asUintN(64, pick([...lengths, ...near], choose)))
    return copy
  },
  // A header's end may be filled up with blanks.
  (bytes, choose) => {
    if (bytes.length < 8) return bytes
    const [length, more] = [Number(bytes.readBigUInt64LE()), choose(20)]
    const copy = Buffer.concat([
      bytes.subarray(0, 8 + length),
      Buffer.alloc(more, pick([' ', ' ', '\t', '\0'], choose)),
      bytes.subarray(8 + length),
    ])
    copy.writeBigUInt64LE(BigInt(length + more))
    return copy
  },
]

/** Up to three changes of what a file says, then up to three of its bytes. */
export function damaged(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const choices = fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 8, maxLength: 8 })
  return fc
    .record({
      file: fc.nat({ max: files.length - 1 }),
      parts: fc.array(choices, { maxLength: 3 }),
      bytes: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 2, arbitrary: fc.array(choices, { maxLength: 3 }) },
      ),
    })
    .map(({ file, parts, bytes }) => {
      const changed = apply(partsChanges, partsOf(files[file]!), parts)
      return shown(Uint8Array.from(apply(byteChanges, joined(changed), bytes)))
    })
}

/** As a counterexample: the length, and what is below it as text. */
function shown(file: Uint8Array): Uint8Array {
  const text = () => JSON.stringify(Buffer.from(file).toString('latin1')).slice(0, 4000)
  return Object.defineProperty(file, fc.toStringMethod, { value: text })
}

function apply<T>(changes: readonly Change<T>[], whole: T, each: readonly (readonly number[])[]): T {
  return each.reduce((result, choices) => {
    const left = [...choices]
    const choose = (count: number) => (left.shift() ?? 0) % count
    try {
      return pick(changes, choose)(result, choose)
    } catch (error) {
      // What is too deep by now, or of no whole number of elements, stays as it is.
      if (error instanceof RangeError) return result
      throw error
    }
  }, whole)
}
