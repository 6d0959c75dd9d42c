import { describe, expect, test, vi } from 'vitest'
import { decode, encode, restore } from '../../src/runtime/safetensors.ts'
import type { Tensor } from '../../src/runtime/tensor.ts'
import { contentOf } from '../support/checkpoint.ts'

vi.mock('../../src/runtime/module.ts', () => ({ network: { name: 'iris' } }))

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
/** The same file with another length of its header. */
const claiming = (file: Uint8Array, length: number): Uint8Array => {
  new DataView(file.buffer, file.byteOffset).setBigUint64(0, BigInt(length), true)
  return file
}
const entry = (shape: number[], begin: number, end: number, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
})

describe('encode', () => {
  test('writes the format that safetensors specifies', () => {
    const bytes = Buffer.from(encode([weight, bias], { optimizer: 'sgd', learningRate: 0.05 }))
    const length = Number(bytes.readBigUInt64LE())
    expect(length % 8).toBe(0)
    expect(JSON.parse(bytes.toString('ascii', 8, 8 + length))).toEqual({
      __metadata__: { tapeless: '{"optimizer":"sgd","learningRate":0.05}' },
      'linear0.weight': { dtype: 'F64', shape: [2, 3], data_offsets: [0, 48] },
      'linear0.bias': { dtype: 'F32', shape: [1], data_offsets: [48, 52] },
    })
    expect(bytes.readDoubleLE(8 + length + 16)).toBe(0.1)
    expect(bytes.readFloatLE(8 + length + 48)).toBe(Math.fround(1 / 3))
    expect(bytes).toHaveLength(8 + length + 52)
  })

  test('writes no tensors at all', () => {
    expect(decode(encode([]))).toEqual({ numbers: {}, entries: {} })
  })
})

describe('decode', () => {
  test('reads back every bit, names, shapes and metadata', () => {
    const file = encode([weight, bias, scalar], { seed: 7 })
    const { numbers, tensors } = contentOf(file)
    expect(numbers).toEqual({ seed: 7 })
    expect(decode(file).entries['linear0.weight']!.shape).toEqual([2, 3])
    expect(tensors).toEqual({
      'linear0.weight': weight.view,
      'linear0.bias': Float64Array.of(Math.fround(1 / 3)),
      beta0: Float64Array.of(Math.PI),
    })
    expect(Object.is(tensors['linear0.weight']![1], -0)).toBe(true)
  })

  test('reads a part of a larger buffer, at any alignment', () => {
    const file = encode([weight])
    const larger = new Uint8Array(file.length + 3)
    larger.set(file, 3)
    expect(contentOf(larger.subarray(3)).tensors['linear0.weight']).toEqual(weight.view)
  })

  test('reads tensors whose header lists them in another order, and files without metadata', () => {
    const file = fileOf({ b: entry([2], 4, 12), a: entry([1], 0, 4) }, 12)
    const { numbers, tensors } = contentOf(file)
    expect(tensors['b']).toHaveLength(2)
    expect(numbers).toEqual({})
  })

  test('takes nothing else that an entry says', () => {
    const header = { a: { ...entry([1], 0, 4, 'I32'), read: 1 }, b: { ...entry([1], 4, 8), read: 1 } }
    const { entries } = decode(fileOf(header, 8))
    expect(entries['a']!.read).toBeUndefined()
    expect(entries['b']!.read!(0)).toBe(0)
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
    expect(entries['a']!.read!(0)).toBe(1)
    expect(Object.keys(header).filter((name) => entries[name]!.read)).toEqual(['half', 'a'])
  })

  test('reads empty tensors, wherever the header lists them', () => {
    const empty = (at: number) => entry([0, 3], at, at)
    const header = { b: entry([1], 4, 8), none: empty(4), a: entry([1], 0, 4), last: empty(8), first: empty(0) }
    expect(contentOf(fileOf(header, 8)).tensors).toMatchObject({ none: new Float64Array(0), last: new Float64Array(0) })
  })

  test.each([
    ['of strings', { format: 'pt', steps: '1000', epoch: 'best', seed: 'x', learningRate: '-1', optimizer: 'sgd' }],
    ['of numbers', { epoch: 3 }],
    ['that is text', 'pt'],
    ['that is nothing', null],
    ['with a key that objects inherit', JSON.parse('{"__proto__":{"tapeless":"{}"},"constructor":"x"}')],
    ['of tapeless that is no record', { tapeless: '3' }],
  ])('takes no numbers from metadata %s', (_, metadata) => {
    const { numbers, tensors } = contentOf(fileOf({ __metadata__: metadata, a: entry([1], 0, 4) }, 4))
    expect({ ...numbers }).toEqual({})
    expect(tensors).toEqual({ a: Float64Array.of(0) })
  })

  test('reads a name that objects inherit as any other', () => {
    const header = '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    expect(Object.keys(decode(fileOf(header, 4)).entries)).toEqual(['__proto__'])
  })

  test('reads no element before it is asked for: a file takes no memory besides its own', () => {
    const size = 1e7
    const file = fileOf({ a: entry([size], 0, 4 * size) }, 4 * size)
    const before = process.memoryUsage()
    decode(file)
    const after = process.memoryUsage()
    expect(after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(size)
  })

  test.each([
    ['something else', 'text', "an ArrayBuffer or Uint8Array, got 'text'"],
    ['a promise of a file', Promise.resolve(), 'got a Promise: write await file'],
    ['nothing', undefined, 'an ArrayBuffer or Uint8Array, got undefined'],
    ['an empty file', new Uint8Array(0), 'iris: expected a safetensors file, got 0 bytes, "": RangeError'],
    [
      'JSON',
      Buffer.from('{"linear0.weight": [1, 2]}'),
      'iris: expected a safetensors file, got 26 bytes, "{\\"linear0.weight\\": [1, 2]}": Error',
    ],
    [
      'the page of a wrong address',
      Buffer.from('<!doctype html>\n<title>404: there is no such file here</title>'),
      'got 62 bytes, "<!doctype html>\\n<title>404: there is no ": Error: expected a header of at most 1e8 bytes',
    ],
    ['a file cut short in its header', encode([weight]).subarray(0, 40), 'a safetensors file'],
    ['a file cut short in its data', encode([weight]).subarray(0, -1), 'a safetensors file'],
    ['a file with more at its end', fileOf({ a: entry([1], 0, 4) }, 8), 'bytes'],
    ['a header that is not JSON', fileOf('{"a":', 0), 'SyntaxError'],
    ['a header that is no record', fileOf('null', 0), 'a safetensors file'],
    ['an entry that is none', fileOf({ a: 1 }, 0), 'a safetensors file'],
    ['an entry without a shape', fileOf({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), 'a safetensors file'],
    [
      'another type of another size',
      fileOf({ a: entry([2], 0, 8, 'F16') }, 8),
      'expected ["F16",[2],[0,4]], got ["F16",[2],[0,8]]',
    ],
    ['a type that is no text', fileOf({ a: entry([1], 0, 4, 32 as never) }, 4), 'a safetensors file'],
    [
      'offsets that do not fit the shape',
      fileOf({ a: entry([3], 0, 8) }, 8),
      'expected ["F32",[3],[0,12]], got ["F32",[3],[0,8]]',
    ],
    ['overlapping tensors', fileOf({ a: entry([2], 0, 8), b: entry([2], 4, 12) }, 12), 'got ["F32",[2],[4,12]]'],
    ['a gap', fileOf({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12), 'got ["F32",[1],[8,12]]'],
    ['an impossible size', fileOf({ a: entry([1e15], 0, 4e15) }, 8), 'a safetensors file'],
    ['a header longer than any file', fileOf({}, 0).fill(255, 0, 8), 'a header of at most 1e8 bytes'],
    ['a header over 100 MB', claiming(fileOf({}, 0), 1e8 + 1), 'a header of at most 1e8 bytes'],
    ['a header past the end', claiming(fileOf({}, 0), 1e6), 'expected 1000008 bytes, got 10'],
    [
      'a length in 64 bits whose lower half fits',
      claiming(fileOf({}, 0), 2 ** 32 + 2),
      'a header of at most 1e8 bytes',
    ],
    ['data past the end', fileOf({ a: entry([1e9], 0, 4e9) }, 8), 'bytes, got'],
    ['data past the end of all files', fileOf({ a: entry([2 ** 53], 0, 2 ** 55) }, 8), 'expected ["F32",[0],'],
    ['a product of extents that is infinite', fileOf({ a: entry([1e200, 1e200], 0, 4) }, 4), 'a safetensors file'],
    ['negative extents', fileOf({ a: entry([-1, -2], 0, 8) }, 8), 'a safetensors file'],
    ['fractions of extents', fileOf({ a: entry([0.5, 4], 0, 8) }, 8), 'a safetensors file'],
    ['extents that are no numbers', fileOf({ a: entry(['x', 2] as never, 0, 8) }, 8), 'a safetensors file'],
    ['extents that are texts', fileOf({ a: entry(['2'] as never, 0, 8) }, 8), 'a safetensors file'],
    ['a list within a shape', fileOf({ a: entry([[2]] as never, 0, 8) }, 8), 'a safetensors file'],
    ['a shape that is no list', fileOf({ a: entry('2' as never, 0, 8) }, 8), 'a safetensors file'],
    [
      'offsets that are text',
      fileOf({ a: { dtype: 'F32', shape: [2], data_offsets: '0,8' } }, 8),
      'a safetensors file',
    ],
    ['negative offsets', fileOf({ a: entry([1], -4, 0) }, 0), 'a safetensors file'],
    [
      'fractions of a byte',
      fileOf({ a: entry([1], 0, 0.5, 'F4'), b: entry([1], 0.5, 1, 'F4') }, 1),
      'a safetensors file',
    ],
    ['a tensor that two names share', fileOf({ a: entry([1], 0, 4), b: entry([1], 0, 4) }, 4), 'got ["F32",[1],[0,4]]'],
    [
      'a name that comes twice, at two places',
      fileOf(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        8,
      ),
      'expected ["F32",[1],[0,4]], got ["F32",[1],[4,8]]',
    ],
    ['own metadata that is not JSON', fileOf({ __metadata__: { tapeless: '{x' } }, 0), 'SyntaxError'],
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
  const file = (...tensors: Tensor[]) => decode(encode(tensors))

  test('copies values, converting the precision; optional tensors that it lacks become zero', () => {
    const [a, momentum] = views() as [Tensor, Tensor]
    restore(
      file(tensor('a', [2], Float64Array.of(0.1, 2)), tensor('other', [1], new Float64Array(1))),
      [a, momentum],
      true,
    )
    expect([...a.view]).toEqual([Math.fround(0.1), 2])
    expect([...momentum.view]).toEqual([0, 0])
  })

  test('takes optional tensors only if it is told to, whatever they are', () => {
    for (const [withOptional, expected] of [
      [true, [3, 4]],
      [false, [0, 0]],
    ] as const) {
      const [a, momentum] = views() as [Tensor, Tensor]
      const given = [
        tensor('a', [2], Float64Array.of(1, 2)),
        tensor('optimizer.momentum.a', [2], Float64Array.of(3, 4)),
      ]
      restore(file(...given), [a, momentum], withOptional)
      expect([[...a.view], [...momentum.view]]).toEqual([[1, 2], expected])
    }
    const [a, momentum] = views() as [Tensor, Tensor]
    const ofAnother = tensor('optimizer.momentum.a', [1], new Float64Array(1))
    restore(file(tensor('a', [2], Float64Array.of(1, 2)), ofAnother), [a, momentum], false)
    expect([...momentum.view]).toEqual([0, 0])
  })

  test.each([
    [
      'a missing tensor',
      [tensor('b', [2], new Float64Array(2))],
      'expected a: F16, BF16, F32 or F64, shape [2], got none among b',
    ],
    [
      'another shape',
      [tensor('a', [1, 2], new Float64Array(2))],
      'expected a: F16, BF16, F32 or F64, shape [2], got F64, shape [1,2]',
    ],
    [
      'another shape of an optional tensor',
      [tensor('a', [2], new Float64Array(2)), tensor('optimizer.momentum.a', [1], new Float64Array(1))],
      'expected optimizer.momentum.a: F16, BF16, F32 or F64, shape [2], got F64, shape [1]',
    ],
  ])('refuses %s before anything is changed', (_, tensors, message) => {
    const targets = views()
    const read = () => restore(file(...tensors), targets, true)
    expect(read).toThrow(RangeError)
    expect(read).toThrow(message)
    for (const { view } of targets) expect([...view]).toEqual([9, 9])
  })

  test.each(['I32', 'U32', 'F8_E4M3'])('refuses %s where a parameter is to come from, and names it', (dtype) => {
    const size = dtype === 'F8_E4M3' ? 2 : 8
    const file = decode(fileOf({ a: entry([2], 0, size, dtype) }, size))
    expect(() => restore(file, views())).toThrow(
      `expected a: F16, BF16, F32 or F64, shape [2], got ${dtype}, shape [2]`,
    )
  })

  test('lists what the file has, as far as it fits in a message', () => {
    const many = Array.from({ length: 1000 }, (_, i) => tensor(`encoder.${i}.weight`, [0], new Float64Array(0)))
    const read = () => restore(file(...many), views())
    expect(read).toThrow('got none among encoder.0.weight,encoder.1.weight')
    expect(read).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{100,400}$/) }))
  })
})
