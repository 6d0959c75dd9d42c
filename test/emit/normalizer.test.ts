import { describe, expect, it, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { verify } from '../../src/verify/verify.ts'
import { expectMarked, load } from '../language/marked.ts'
import { emitted, instantiate } from '../support/emitted.ts'
import { strictMistakes } from '../support/strict.ts'

/** A masked mean: a sample's losses are summed, and so is its mask. */
const spec = (more = '', optimizer = '{ sgd: { learningRate: 0.1, momentum: 0.9 } }') =>
  `
name: masked
inputs: { x: 3, m: 3 }
targets: { y: 3 }
parameters: { a: { shape: 3, init: { normal: 1 } }, b: scalar }
equations:
  - d = a .* x + b - y
  - ℓ = sum(m .* d .* d)
  - count = sum(m)
output: d0
loss: ℓ
normalizer: count
train: { batch: 4, optimizer: ${optimizer} }
${more}`
    .replace('output: d0', 'output: q')
    .replace('  - count', '  - q = a .* x + b\n  - count')

const samples = 10
const numbers = (seed: number, of: (k: number) => number = (k) => Math.sin(seed + 2.3 * k)) =>
  Float64Array.from({ length: 3 * samples }, (_, k) => of(k))
const x = { x: numbers(1), m: numbers(0, (k) => (k % 3 === 1 || k % 7 === 0 ? 0 : 1 + (k % 2))) }
const y = numbers(2)

/** Σ ℓ / Σ m and its derivatives, by hand, for some samples. */
function meant({ a, b }: { readonly a: ArrayLike<number>; readonly b: ArrayLike<number> }, from: number, to: number) {
  let [loss, total] = [0, 0]
  const slopes = { a: [0, 0, 0], b: [0] }
  for (let k = 3 * from; k < 3 * to; k++) {
    const d = a[k % 3]! * x.x[k]! + b[0]! - y[k]!
    loss += x.m[k]! * d * d
    total += x.m[k]!
    slopes.a[k % 3]! += 2 * x.m[k]! * d * x.x[k]!
    slopes.b[0]! += 2 * x.m[k]! * d
  }
  return { loss: loss / total, a: slopes.a.map((slope) => slope / total), b: slopes.b.map((slope) => slope / total) }
}

describe.each(['typescript', 'wasm'])('a normalizer in %s', (target) => {
  const emit = `emit: { target: ${target}, precision: f64 }`
  test('divides the sum of losses, over all batches together', async () => {
    const { createTrainer } = await emitted(spec(emit))
    const trainer = createTrainer({ seed: 4 })
    const { a, b } = trainer.parameters as Record<'a' | 'b', Float64Array>
    expect(trainer.loss(x, y)).toBeCloseTo(meant({ a, b }, 0, samples).loss, 13)
    const first = { x: x.x.subarray(0, 12), m: x.m.subarray(0, 12) }
    const expected = meant({ a, b }, 0, 4)
    expect(trainer.gradient(first, y.subarray(0, 12))).toBeCloseTo(expected.loss, 13)
    trainer.gradients.a!.forEach((slope, k) => expect(slope).toBeCloseTo(expected.a[k]!, 13))
    expect(trainer.gradients.b![0]).toBeCloseTo(expected.b[0]!, 13)
  })

  test('is that of each batch in training, and of the whole in a report', async () => {
    const { createTrainer } = await emitted(spec(emit, '{ sgd: { learningRate: 1.0e-300 } }'))
    const trainer = createTrainer({ seed: 4 })
    const before = trainer.loss(x, y)
    const [report] = trainer.fit(x, y, { epochs: 1, validation: { x, y } })
    expect(report!.loss).toBeCloseTo(before, 13)
    expect(report!.validationLoss).toBeCloseTo(before, 13)
  })

  test('of 0 gives a loss and gradients of 0, and the step counts', async () => {
    const { createTrainer } = await emitted(spec(emit))
    const trainer = createTrainer({ seed: 4 })
    const none = { x: x.x, m: new Float64Array(3 * samples) }
    expect(trainer.loss(none, y)).toBe(0)
    trainer.step({ x: x.x.subarray(0, 12), m: x.m.subarray(0, 12) }, y.subarray(0, 12))
    const [before, momentum] = [trainer.parameters.b![0]!, trainer.gradients.b![0]!]
    expect(trainer.gradient({ x: none.x.subarray(0, 12), m: none.m.subarray(0, 12) }, y.subarray(0, 12))).toBe(0)
    expect([...trainer.gradients.a!, ...trainer.gradients.b!]).toEqual([0, 0, 0, 0])
    expect(trainer.step({ x: none.x.subarray(0, 12), m: none.m.subarray(0, 12) }, y.subarray(0, 12))).toBe(0)
    // Momentum goes on from the step before: 0.9 of its gradient.
    expect(before - trainer.parameters.b![0]!).toBeCloseTo(0.1 * 0.9 * momentum, 13)
  })
})

test('the interpreter agrees, and differences do', async () => {
  const { checks } = await verify(await load(spec()), 'masked.net.yaml', { instantiate })
  expect(checks.filter(({ differences }) => differences.length > 0)).toEqual([])
})

test('no derivative passes it', async () => {
  const own = `
inputs: { x: scalar }
targets: { y: scalar }
parameters: { a: scalar, w: scalar }
equations:
  - share = exp(w * x)
  - ℓ = share * (a * x - y)^2
output: share
loss: ℓ
normalizer: share
emit: { precision: f64 }`
  const { createTrainer } = await emitted(own)
  const trainer = createTrainer({ parameters: { a: [0.5], w: [0.3] } })
  trainer.gradient([2], [3])
  // ∂(s d²)/∂w / s, with d = -2: x d².
  expect(trainer.gradients.w![0]).toBeCloseTo(8, 13)
  const { checks } = await verify(await load(own), 'own.net.yaml', { instantiate })
  expect(checks.filter(({ differences }) => differences.length > 0)).toEqual([])
})

test.each(['typescript', 'wasm'] as const)('modules in %s pass the strictest checks', async (target) => {
  const { text } = await compile(await load(spec()), 'masked.net.yaml', { target })
  expect(strictMistakes([['masked.ts', text]])).toBe('')
})

describe('what it may be', () => {
  it('is a scalar', () =>
    expectMarked(spec().replace('normalizer: count', 'normalizer: «d»'), ['shape', 'the normalizer must be a scalar']))
  it('is a name', () =>
    expectMarked(spec().replace('normalizer: count', 'normalizer: «sums»'), [
      'unknown-name',
      "no equation defines 'sums'",
    ]))
})
