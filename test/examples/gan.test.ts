import { expect, test } from 'vitest'
import { drawRing, sharesOf } from '../../examples/gan/ring.ts'
import { createRandom } from '../../examples/shared/random.ts'
import { createTrainer } from '../../generated/gan.ts'

const random = createRandom(1)
const count = 20
const real = drawRing(count, random)
const noise = Float32Array.from({ length: 4 * count }, random.normal)

test('real points have each mode for an eighth, and other points none', () => {
  for (const share of sharesOf(drawRing(10_000, random))) expect(Math.abs(share - 0.989 / 8)).toBeLessThan(0.015)
  expect(sharesOf(Float32Array.of(0, 0, 2, 0, 0, 2.31, 0, -1.71))).toEqual([0.25, 0, 0, 0, 0, 0, 0.25, 0])
})

test('the losses are those of Goodfellow et al., from logits', () => {
  const trainer = createTrainer()
  const softplus = (value: number) => Math.log1p(Math.exp(value))
  const leaky = (value: number) => (value > 0 ? value : 0.01 * value)
  const tensor = (name: string) => trainer.parameters[`D.${name}` as keyof typeof trainer.parameters]

  const layer = (index: number, inputs: readonly number[]) => {
    const weight = tensor(`linear${index}.weight`)
    return Array.from(tensor(`linear${index}.bias`), (bias, row) =>
      inputs.reduce((sum, value, column) => sum + weight[row * inputs.length + column]! * value, bias),
    )
  }
  const logit = (x: number, y: number) => layer(2, layer(1, layer(0, [x, y]).map(leaky)).map(leaky))[0]!
  const meanOf = (points: Float32Array, value: (x: number, y: number) => number) => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += value(points[2 * i]!, points[2 * i + 1]!) / count
    return sum
  }
  // R1, 0.01 |dD/dx|² at real points, by differences.
  const h = 1e-6
  const penalty = (x: number, y: number) =>
    0.01 * (((logit(x + h, y) - logit(x - h, y)) / (2 * h)) ** 2 + ((logit(x, y + h) - logit(x, y - h)) / (2 * h)) ** 2)

  const forged = trainer.predict({ noise })
  const onReal = meanOf(real, (x, y) => softplus(-logit(x, y)) + penalty(x, y))
  expect(trainer.loss({ real, noise }, {}, 'critic')).toBeCloseTo(
    onReal + meanOf(forged, (x, y) => softplus(logit(x, y))),
    4,
  )
  expect(trainer.loss({ noise }, {}, 'forger')).toBeCloseTo(
    meanOf(forged, (x, y) => softplus(-logit(x, y))),
    4,
  )
})
