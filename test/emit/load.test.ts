import { describe, expect, it, test } from 'vitest'
import { decode, encode } from '../../src/runtime/safetensors.ts'
import { emitted } from '../support/emitted.ts'

/** A file of one tensor of 16-bit numbers. */
function fileOfShorts(name: string, dtype: string, shorts: readonly number[]): Uint8Array {
  const header = JSON.stringify({ [name]: { dtype, shape: [shorts.length], data_offsets: [0, 2 * shorts.length] } })
  const bytes = new Uint8Array(8 + header.length + 2 * shorts.length)
  const data = new DataView(bytes.buffer)
  data.setUint32(0, header.length, true)
  bytes.set(Buffer.from(header), 8)
  shorts.forEach((short, k) => data.setUint16(8 + header.length + 2 * k, short, true))
  return bytes
}

function numbersOf(dtype: string, shorts: readonly number[]): number[] {
  const { read } = decode(fileOfShorts('w', dtype, shorts)).entries.w!
  return shorts.map((_, k) => read!(k))
}

const all = Array.from({ length: 2 ** 16 }, (_, k) => k)

describe('numbers of 16 bits', () => {
  it('are bfloat16: the first half of single precision', () => {
    const single = new Float32Array(Uint32Array.from(all, (short) => short << 16).buffer)
    expect(numbersOf('BF16', all)).toEqual([...single])
  })

  it('are half precision', () => {
    // IEEE 754, table 3.5.
    const examples: readonly (readonly [number, number])[] = [
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x0400, 2 ** -14],
      [0x03ff, 2 ** -14 - 2 ** -24],
      [0x0001, 2 ** -24],
      [0x3555, 0.333251953125],
      [0x0000, 0],
      [0x8000, -0],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x7e00, NaN],
    ]
    const expected = examples.map(([, value]) => value)
    const shorts = examples.map(([short]) => short)
    expect(numbersOf('F16', shorts)).toEqual(expected)
    // Each finite one is above the one before it, by a unit of its last place.
    const finite = numbersOf('F16', all.slice(0, 0x7c00))
    finite.slice(1).forEach((value, k) => {
      expect(value - finite[k]!).toBe(2 ** Math.max(Math.floor(k / 1024) - 25, -24))
    })
  })

  it('are none of other types', () => {
    for (const dtype of ['I16', 'U16', 'toString', 'constructor16', 'F8', 'BF161'])
      expect(() => numbersOf(dtype, [0])).toThrow()
  })
})

const two = await emitted(`
name: two
input: 2
layers: [{ linear: 2 }, tanh, { linear: 1 }]
loss: mse
emit: { precision: f64 }`)

const tensor = (name: string, shape: readonly number[], first = 1) => ({
  name,
  shape,
  view: Float64Array.from({ length: shape.reduce((size, extent) => size * extent, 1) }, (_, k) => first + k),
  optional: false,
})

/** What a file of these tensors makes of a new model. */
function loaded(tensors: readonly ReturnType<typeof tensor>[], rename?: Readonly<Record<string, string>>) {
  const model = two.createModel()
  model.load(encode(tensors), rename && { rename })
  return Object.fromEntries(Object.entries(model.parameters).map(([name, view]) => [name, [...view]]))
}

const expected = {
  'linear0.weight': [1, 2, 3, 4],
  'linear0.bias': [5, 6],
  'linear1.weight': [7, 8],
  'linear1.bias': [9],
}

/** PyTorch's names in a Sequential. */
const foreign = [
  tensor('net.0.weight', [2, 2]),
  tensor('net.0.bias', [2], 5),
  tensor('net.2.weight', [1, 2], 7),
  tensor('net.2.bias', [1], 9),
]

describe('names that a file has otherwise', () => {
  test('begin otherwise', () => {
    expect(loaded(foreign, { 'net.0.': 'linear0.', 'net.2.': 'linear1.' })).toEqual(expected)
  })
  test('are others', () => {
    const rename = {
      'net.0.weight': 'linear0.weight',
      'net.0.bias': 'linear0.bias',
      'net.2.': 'linear1.',
    }
    expect(loaded(foreign, rename)).toEqual(expected)
  })
  test('are taken by the longest beginning, and whole before that', () => {
    const rename = { 'net.': 'linear0.', 'net.2.': 'linear1.', 'net.0.weight': 'linear0.weight', 'net.0.': 'linear0.' }
    expect(() => loaded(foreign, rename)).toThrow(
      'expected rename: names in the file, net.0.weight,net.0.bias,net.2.weight,net.2.bias, got net.',
    )
    const others = Object.entries(rename).filter(([name]) => name !== 'net.')
    expect(loaded(foreign, Object.fromEntries(others))).toEqual(expected)
  })
  test('may be swapped', () => {
    const tensors = [tensor('linear0.bias', [1], 9), tensor('linear1.bias', [2], 5)]
    const rest = [tensor('linear0.weight', [2, 2]), tensor('linear1.weight', [1, 2], 7)]
    const rename = { 'linear0.bias': 'linear1.bias', 'linear1.bias': 'linear0.bias' }
    expect(loaded([...tensors, ...rest], rename)).toEqual(expected)
  })

  const ours = Object.entries(two.createModel().parameters).map(([name]) =>
    tensor(name, two.network.parameters.find((one) => one.name === name)!.shape),
  )
  it.each([
    ['one that the file lacks', { 'conv0.weight': 'linear0.weight' }, 'got conv0.weight'],
    ['a beginning that it lacks', { 'conv0.': 'linear0.' }, 'got conv0.'],
    ['a beginning without a dot', { linear: 'linear' }, 'got linear'],
    [
      'an empty beginning',
      { '': 'net.' },
      'two: expected rename: names in the file, linear0.weight,linear0.bias,linear1.weight,linear1.bias, got ',
    ],
    [
      'two for one',
      { 'linear1.': 'linear0.' },
      'expected one tensor of the file for linear0.weight, got two: linear0.weight and linear1.weight',
    ],
  ])('are refused: %s, and nothing changes', (_, rename: Readonly<Record<string, string>>, message) => {
    for (const model of [two.createModel(), two.createTrainer()]) {
      const before = model.save()
      expect(() => model.load(encode(ours), { rename })).toThrow(RangeError)
      expect(() => model.load(encode(ours), { rename })).toThrow(message)
      expect(model.save()).toEqual(before)
    }
  })

  test('may be a trainer’s, with its optimizer’s state', () => {
    const trainer = two.createTrainer({ seed: 3 })
    trainer.step([1, 2, 3, 4], [1, 0])
    const other = two.createTrainer()
    other.load(trainer.save(), { rename: { 'linear0.bias': 'linear0.bias' } })
    expect(other.save()).toEqual(trainer.save())
  })
})

test('a file may be an ArrayBuffer, as fetch gives it', () => {
  const model = two.createModel({ seed: 5 })
  const file = model.save()
  const other = two.createModel()
  other.load(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer)
  expect(other.save()).toEqual(file)
})

describe('a recurrent layer', () => {
  const spec = 'name: r\ninput: [3, 2]\nlayers: [{ lstm: 2 }, { linear: 1 }]\nloss: mse'
  test('takes PyTorch’s names, with _l0', async () => {
    const { createModel } = await emitted(spec)
    const model = createModel({ seed: 1 })
    const { entries } = decode(model.save())
    const tensors = Object.entries(entries).map(([name, { shape, read }]) => ({
      ...tensor(name.replace(/^lstm0\.(.*)$/, 'rnn.$1_l0'), shape),
      view: new Float32Array(shape.reduce((size, extent) => size * extent, 1)).map((_, k) => read!(k)),
    }))
    expect(tensors.map(({ name }) => name)).toContain('rnn.weight_ih_l0')
    const other = createModel()
    other.load(encode(tensors), { rename: { 'rnn.': 'lstm0.' } })
    expect(other.save()).toEqual(model.save())
  })
})
