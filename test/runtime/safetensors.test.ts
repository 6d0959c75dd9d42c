import { describe, expect, test } from 'vitest'
import { decode, encode, restore } from '../../src/runtime/safetensors.ts'
import type { Tensor } from '../../src/runtime/tensors.ts'

const tensor = (name: string, shape: number[], view: Float32Array | Float64Array, optional = false): Tensor => ({
  name,
  shape,
  view,
  optional,
})

const weight = tensor('linear0.weight', [2, 3], Float64Array.of(1, -0, 0.1, 5e-324, Infinity, NaN))
const bias = tensor('linear0.bias', [1], Float32Array.of(1 / 3))
const scalar = tensor('beta0', [], Float64Array.of(Math.PI))

/** A file with this header and this much data. */
const fileOf = (header: unknown, dataBytes: number): Uint8Array => {
  const text = typeof header === 'string' ? header : JSON.stringify(header)
  const bytes = Buffer.alloc(8 + text.length + dataBytes)
  bytes.writeBigUInt64LE(BigInt(text.length))
  bytes.write(text, 8, 'latin1')
  return bytes
}
const entry = (shape: number[], begin: number, end: number, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
})

describe('encode', () => {
  test('writes the format that safetensors specifies', () => {
    const bytes = Buffer.from(encode([weight, bias], { epoch: 3, learningRate: 0.05 }))
    const length = Number(bytes.readBigUInt64LE())
    expect(length % 8).toBe(0)
    expect(JSON.parse(bytes.toString('ascii', 8, 8 + length))).toEqual({
      __metadata__: { epoch: '3', learningRate: '0.05' },
      'linear0.weight': { dtype: 'F64', shape: [2, 3], data_offsets: [0, 48] },
      'linear0.bias': { dtype: 'F32', shape: [1], data_offsets: [48, 52] },
    })
    expect(bytes.readDoubleLE(8 + length + 16)).toBe(0.1)
    expect(bytes.readFloatLE(8 + length + 48)).toBe(Math.fround(1 / 3))
    expect(bytes).toHaveLength(8 + length + 52)
  })

  test('writes no tensors at all', () => {
    expect(decode(encode([], {}))).toEqual({ metadata: {}, entries: {} })
  })
})

describe('decode', () => {
  test('reads back every bit, names, shapes and metadata', () => {
    const { entries, metadata } = decode(encode([weight, bias, scalar], { seed: 7 }))
    expect(metadata).toEqual({ seed: '7' })
    expect(Object.keys(entries)).toEqual(['linear0.weight', 'linear0.bias', 'beta0'])
    expect(entries['linear0.weight']!.shape).toEqual([2, 3])
    expect(entries['linear0.weight']!.values).toEqual(weight.view)
    expect(Object.is(entries['linear0.weight']!.values![1], -0)).toBe(true)
    expect(entries['linear0.bias']!.values![0]).toBe(Math.fround(1 / 3))
    expect(entries['beta0']!.values![0]).toBe(Math.PI)
  })

  test('reads a part of a larger buffer, at any alignment', () => {
    const file = encode([weight], {})
    const larger = new Uint8Array(file.length + 3)
    larger.set(file, 3)
    expect(decode(larger.subarray(3)).entries['linear0.weight']!.values).toEqual(weight.view)
  })

  test('reads tensors whose header lists them in another order, and files without metadata', () => {
    const file = fileOf({ b: entry([2], 4, 12), a: entry([1], 0, 4) }, 12)
    const { entries, metadata } = decode(file)
    expect(entries['b']!.values).toHaveLength(2)
    expect(metadata).toEqual({})
  })

  test('reads past tensors of other types, as in every state_dict with batch normalisation', () => {
    const header = {
      'bn.num_batches_tracked': entry([], 0, 8, 'I64'),
      mask: entry([3], 8, 11, 'BOOL'),
      half: entry([2], 11, 15, 'BF16'),
      scaled: entry([2], 15, 17, 'F8_E4M3'),
      a: entry([1], 17, 21),
    }
    const file = fileOf(header, 21)
    file[file.length - 2] = 0x80
    file[file.length - 1] = 0x3f
    const { entries } = decode(file)
    expect(entries['a']!.values).toEqual(Float64Array.of(1))
    expect(Object.keys(header).filter((name) => entries[name]!.values)).toEqual(['a'])
  })

  test.each([
    ['something else', 'text', 'TypeError'],
    ['nothing', undefined, 'TypeError'],
    ['an empty file', new Uint8Array(0), 'a safetensors file'],
    ['a file cut short in its header', encode([weight], {}).subarray(0, 40), 'a safetensors file'],
    ['a file cut short in its data', encode([weight], {}).subarray(0, -1), 'a safetensors file'],
    ['a file with more at its end', fileOf({ a: entry([1], 0, 4) }, 8), 'bytes'],
    ['a header that is not JSON', fileOf('{"a":', 0), 'SyntaxError'],
    ['a header that is no record', fileOf('null', 0), 'a safetensors file'],
    ['an entry that is none', fileOf({ a: 1 }, 0), 'a safetensors file'],
    ['an entry without a shape', fileOf({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), 'a safetensors file'],
    ['another type of another size', fileOf({ a: entry([2], 0, 8, 'F16') }, 8), 'expected F16 0,4, got F16 0,8'],
    ['a type that is no text', fileOf({ a: entry([1], 0, 4, 32 as never) }, 4), 'a safetensors file'],
    ['offsets that do not fit the shape', fileOf({ a: entry([3], 0, 8) }, 8), 'expected F32 0,12, got F32 0,8'],
    ['overlapping tensors', fileOf({ a: entry([2], 0, 8), b: entry([2], 4, 12) }, 12), 'got F32 4,12'],
    ['a gap', fileOf({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12), 'got F32 8,12'],
    ['an impossible size', fileOf({ a: entry([1e15], 0, 4e15) }, 8), 'a safetensors file'],
    ['a header longer than any file', fileOf({}, 0).fill(255, 0, 8), 'a safetensors file'],
  ])('refuses %s', (_, bytes, message) => {
    const read = () => decode(bytes as Uint8Array)
    expect(read).toThrow(TypeError)
    expect(read).toThrow(message)
  })
})

describe('restore', () => {
  const views = () => [
    tensor('a', [2], new Float32Array(2).fill(9)),
    tensor('optimizer.momentum.a', [2], new Float32Array(2).fill(9), true),
  ]
  const file = (...tensors: Tensor[]) => decode(encode(tensors, {}))

  test('copies values, converting the precision; what an optional tensor lacks becomes zero', () => {
    const [a, momentum] = views() as [Tensor, Tensor]
    restore(file(tensor('a', [2], Float64Array.of(0.1, 2)), tensor('other', [1], new Float64Array(1))), [a, momentum])
    expect([...a.view]).toEqual([Math.fround(0.1), 2])
    expect([...momentum.view]).toEqual([0, 0])
  })

  test.each([
    ['a missing tensor', [tensor('b', [2], new Float64Array(2))], 'expected a: F32 or F64, shape [2], got none'],
    [
      'another shape',
      [tensor('a', [1, 2], new Float64Array(2))],
      'expected a: F32 or F64, shape [2], got F64, shape [1,2]',
    ],
    [
      'another shape of an optional tensor',
      [tensor('a', [2], new Float64Array(2)), tensor('optimizer.momentum.a', [1], new Float64Array(1))],
      'expected optimizer.momentum.a: F32 or F64, shape [2], got F64, shape [1]',
    ],
  ])('refuses %s before anything is changed', (_, tensors, message) => {
    const targets = views()
    const read = () => restore(file(...tensors), targets)
    expect(read).toThrow(RangeError)
    expect(read).toThrow(message)
    for (const { view } of targets) expect([...view]).toEqual([9, 9])
  })

  test.each(['F16', 'BF16', 'I32'])('refuses %s where a parameter is to come from, and names it', (dtype) => {
    const size = dtype === 'I32' ? 8 : 4
    const file = decode(fileOf({ a: entry([2], 0, size, dtype) }, size))
    expect(() => restore(file, views())).toThrow(`expected a: F32 or F64, shape [2], got ${dtype}, shape [2]`)
  })
})
