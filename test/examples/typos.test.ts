import { expect, test } from 'vitest'
import { createTrainer, network } from '../../generated/typos.ts'
import { ignored, typeLines } from '../../examples/typos/lines.ts'
import { createRandom } from '../../examples/shared/random.ts'

const [length] = network.output
const { x, y } = typeLines(50, length, createRandom(1))
const trainer = createTrainer()
trainer.step(x.slice(0, 20 * length), y.slice(0, 20 * length))
const logits = trainer.predict(x)

test('a line is padded after its end, and few of its characters are typos', () => {
  for (let from = 0; from < y.length; from += length) {
    const line = y.slice(from, from + length)
    const end = line.indexOf(ignored)
    expect(end === -1 || line.slice(end).every((label) => label === ignored)).toBe(true)
  }
  const share = y.filter((label) => label === 1).length / y.filter((label) => label !== ignored).length
  expect(share).toBeGreaterThan(0.02)
  expect(share).toBeLessThan(0.04)
})

test('the loss is Σ w ℓ / Σ w over the characters, and accuracy the share of those that are right; padding counts for nothing', () => {
  let [sum, weights, right, characters] = [0, 0, 0, 0]
  y.forEach((label, i) => {
    if (label === ignored) return
    const margin = logits[2 * i + label]! - logits[2 * i + 1 - label]!
    const weight = label === 1 ? 10 : 1
    sum += weight * Math.log1p(Math.exp(-margin))
    weights += weight
    right += Number(margin > 0)
    characters++
  })
  const { loss, accuracy } = trainer.evaluate(x, y)
  expect(loss).toBeCloseTo(sum / weights, 5)
  expect(accuracy).toBeCloseTo(right / characters, 9)
})
