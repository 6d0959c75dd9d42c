import { expect, test } from 'vitest'
import { createTrainer } from '../../generated/siamese.ts'
import { drawDigits } from '../../examples/digits/draw.ts'
import { createRandom } from '../../examples/shared/random.ts'

const random = createRandom(1)
const [left, right] = [drawDigits(20, random).pixels, drawDigits(20, random).pixels]
const same = Array.from({ length: 20 }, (_, i) => i % 2)
const trainer = createTrainer()

test("the loss is Hadsell, Chopra and LeCun's of the distance of two places", () => {
  const [a, b] = [trainer.predict({ left }), trainer.predict({ left: right })]
  const losses = same.map((isSame, i) => {
    const d = Math.hypot(a[2 * i]! - b[2 * i]!, a[2 * i + 1]! - b[2 * i + 1]!)
    return isSame ? d ** 2 : Math.max(0, 1 - d) ** 2
  })
  const mean = losses.reduce((sum, loss) => sum + loss) / losses.length
  expect(trainer.loss({ left, right }, same) / mean).toBeCloseTo(1, 4)
})

test('both drawings go through the same weights: exchanged, they give the same loss and gradients', () => {
  const loss = trainer.gradient({ left, right }, same)
  const gradient = trainer.gradients['embed.conv2d0.weight'].slice()
  expect(trainer.gradient({ left: right, right: left }, same)).toBeCloseTo(loss, 5)
  trainer.gradients['embed.conv2d0.weight'].forEach((value, i) => expect(value).toBeCloseTo(gradient[i]!, 4))
})
