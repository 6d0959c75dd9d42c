import { describe, expect, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { load } from '../language/marked.ts'
import { emitted, importText } from '../support/emitted.ts'
import { engine } from '../support/webAssembly.ts'

const batch = 600
const spec = (target: string, precision: string) => `
input: 1
layers: [linear: { units: 1, init: zeros }]
loss: mse
train: { batch: ${batch} }
emit: { target: ${target}, precision: ${precision} }`

const arrays = { f32: Float32Array, f64: Float64Array }
const largest = { f32: 3.4028234663852886e38, f64: Number.MAX_VALUE }

/**
 * About four numbers of a vector: where arrays are no longer short, where a batch ends, and where the memory does in which WebAssembly looks
 * at them, 64 KiB, once and twice.
 */
const lengths = {
  f32: [...around(500), ...around(batch), ...around(16_384), 32_769],
  f64: [...around(500), ...around(batch), ...around(8192), 16_385],
}

function around(length: number): number[] {
  return [-1, 0, 1, 2, 3].map((more) => length + more)
}

const modules = (['typescript', 'wasm'] as const).flatMap((target) =>
  (['f32', 'f64'] as const).map((precision) => ({ target, precision })),
)

describe.each(modules)('a module in $target, $precision', async ({ target, precision }) => {
  const { createTrainer } = await emitted(spec(target, precision))
  const trainer = createTrainer()
  const [most, other] = precision === 'f32' ? [largest.f32, -largest.f32] : [largest.f64, -largest.f64]

  test.each(Object.entries(arrays))(
    'finds what is no number of its own anywhere in a long %s array',
    (kind, Elements) => {
      // A Float32Array makes it infinite.
      const tooLarge = precision === 'f32' || kind === 'f32' ? [1e39] : []
      for (const length of lengths[precision])
        for (const at of new Set([0, length >> 1, length - 1])) {
          const values = new Elements(length).fill(0.5)
          for (const value of [NaN, Infinity, -Infinity, ...tooLarge]) {
            values[at] = value
            const got = `got ${values[at]} at x[${at}], place 0 of sample ${at}`
            expect(() => trainer.predict(values)).toThrow(got)
            expect(() => trainer.predict(values)).toThrow(RangeError)
          }
          values[at] = 0.5
          expect(trainer.predict(values)).toHaveLength(length)
        }
    },
  )

  test('takes the largest numbers, whose sum is infinite', () => {
    const Elements = arrays[precision]
    for (const length of lengths[precision])
      for (const value of [most, other]) expect(trainer.predict(new Elements(length).fill(value))).toHaveLength(length)
    expect(trainer.predict(new Float64Array(batch).fill(most))).toHaveLength(batch)
    expect(trainer.predict(new Float64Array(batch).fill(largest.f32))).toHaveLength(batch)
  })

  test('takes what ends where it has refused a number', () => {
    const Elements = arrays[precision]
    const values = new Elements(batch).fill(1)
    values[batch - 1] = NaN
    expect(() => trainer.predict(values)).toThrow('got NaN at x[599]')
    for (const length of [597, 598, 599]) expect(trainer.predict(values.subarray(0, length))).toHaveLength(length)
  })

  test('changes nothing when it refuses a step, an epoch or their targets', () => {
    const [one, same] = [createTrainer(), createTrainer()]
    const Elements = arrays[precision]
    const good = (length: number) => new Elements(Array.from({ length }, (_, k) => Math.sin(k)))
    const bad = (length: number) => good(length).fill(NaN, length - 1)
    for (const trained of [one, same]) trained.step(good(batch), good(batch))
    const gradients = () => one.gradients['linear0.weight']!.slice()
    one.gradient(good(batch), good(batch))
    const before = [one.save(), gradients()]
    expect(() => one.step(bad(batch), good(batch))).toThrow('x[599]')
    expect(() => one.step(good(batch), bad(batch))).toThrow('y[599]')
    expect(() => one.fit(good(20_000), bad(20_000), { epochs: 1 })).toThrow('y[19999]')
    expect(() => one.loss(bad(20_000), good(20_000))).toThrow('x[19999]')
    expect([one.save(), gradients()]).toEqual(before)
    expect(one.step(good(batch), good(batch))).toBe(same.step(good(batch), good(batch)))
  })
})

test('numbers too large for single precision are refused in arrays of doubles, each by its own place', async () => {
  for (const target of ['typescript', 'wasm']) {
    const { createTrainer } = await emitted(spec(target, 'f32'))
    const { step } = createTrainer()
    const values = new Float64Array(batch).fill(1)
    values[301] = 1e39
    const y = new Float32Array(batch)
    expect(() => step(values, y)).toThrow('got 1e+39 at x[301], place 0 of sample 301, too large for single precision')
    expect(() => step(y, [...values])).toThrow('got 1e+39 at y[301]')
  }
})

test('a module whose kernels are in a file of their own finds them by those that it is given', async () => {
  const network = await load(spec('wasm', 'f32').replace('target:', 'wasm: file, target:'))
  const { text, binary } = await compile(network, 'test.net.yaml')
  const { createModel } = await importText(text)
  const values = new Float32Array(batch)
  for (const wasm of [new engine.Module(binary!), new engine.Module(binary!)]) {
    const model = createModel({ wasm })
    expect(model.predict(values.fill(1))).toEqual(new Float32Array(batch))
    expect(() => model.predict(values.fill(Infinity, 7))).toThrow('got Infinity at x[7]')
  }
})

test('only a module that trains in WebAssembly, and on batches of 500 numbers, has a kernel that looks at them', async () => {
  const textOf = async (text: string, only?: 'model') =>
    (await compile(await load(text), 'test.net.yaml', { ...(only && { only }) })).text
  expect(await textOf(spec('wasm', 'f32'))).toContain('areFinite')
  expect(await textOf(spec('typescript', 'f32'))).not.toContain('areFinite')
  expect(await textOf(spec('wasm', 'f32'), 'model')).not.toContain('areFinite')
  expect(await textOf(spec('wasm', 'f32').replace('600', '499'))).not.toContain('areFinite')
})
