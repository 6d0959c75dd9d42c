import { describe, expect, test } from 'vitest'
import { emitted, type Emitted } from '../support/emitted.ts'

/*
 * A network without targets, whose loss asks of v = w · tanh(a x + b) what a differential equation does: v' = -2 v, and v(0) = 1.
 */

const spec = `
inputs: { x: scalar }
targets: {}
parameters: { a: { shape: 6, init: { normal: 1 } }, b: 6, w: { shape: 6, init: { normal: 0.5 } } }
equations:
  - v = dot(w, tanh(a * x + b))
  - v0 = dot(w, tanh(b))
  - ℓ = (derivative(v, x) + 2 * v)^2 + (v0 - 1)^2
output: v
loss: ℓ
train: { batch: 32, optimizer: { adam: 0.02 } }`

const x = Float64Array.from({ length: 64 }, (_, i) => i / 63)

describe.each(['typescript', 'wasm'] as const)('without targets, in %s', (target) => {
  const made = emitted(spec, { target, precision: 'f64' })

  test('y is an empty record, and nothing is missing', async () => {
    const { createTrainer, network } = (await made) as Emitted
    expect(network.target).toEqual({})
    const trainer = createTrainer({ seed: 3 })
    trainer.fit(x, {}, { epochs: 1500 })
    const solved = trainer.predict(Float64Array.of(0, 0.5, 1))
    for (const [k, at] of [0, 0.5, 1].entries()) expect(Math.abs(solved[k]! - Math.exp(-2 * at))).toBeLessThan(0.01)
    expect(trainer.loss(x, {})).toBeLessThan(1e-3)
  })

  test('another y is refused', async () => {
    const trainer = ((await made) as Emitted).createTrainer()
    const refused = [null, undefined, { y: [1] }, { x: [1] }]
    for (const y of refused)
      expect(() => trainer.loss(x, y as never)).toThrow(/: expected y: a record of nothing, got /)
    expect(() => trainer.step(Float64Array.of(), {})).toThrow('expected 1 sample or more, got 0')
  })
})
