import { describe, expect, test } from 'vitest'
import { expectClose } from '../property/compare.ts'
import { emitted, type Emitted, type Trainer } from '../support/emitted.ts'

const units = 64
const samples = 48

/**
 * A network whose gradient shows its mask: the loss is the mean of the outputs, and sample s is 1 at its input s, so that the weight
 * [unit, s] has the gradient mask[s, unit] / (units · samples).
 */
const transparent = (dropout: string, batch = samples, precision: 'f32' | 'f64' = 'f64'): Promise<Emitted> =>
  emitted(
    `input: ${samples}\nlayers: [{ linear: { units: ${units}, bias: false } }, ${dropout}]\n` +
      `loss: { expression: "p - 0 * y" }\ntrain: { batch: ${batch} }`,
    { precision },
  )

/** The masks of the first samples in the next step: [sample, unit]. */
function maskOf(trainer: Trainer, count = samples): number[] {
  const x = Float64Array.from({ length: count * samples }, (_, at) => Number(at % samples === Math.floor(at / samples)))
  trainer.gradient(x, new Float64Array(count * units))
  const gradient = trainer.gradients['linear0.weight']!
  return Array.from({ length: count * units }, (_, at) =>
    Math.fround(gradient[(at % units) * samples + Math.floor(at / units)]! * units * count),
  )
}

/** Goes on to the mask of a later step, and changes nothing else. */
function advance(trainer: Trainer): void {
  trainer.learningRate = 0
  trainer.step(new Float64Array(samples), new Float64Array(units))
}

/** Five standard deviations of the share of successes. */
const bound = (probability: number, draws: number) => 5 * Math.sqrt((probability * (1 - probability)) / draws)

describe('a mask', () => {
  test.each([0.1, 0.5, 0.75])('drops a share of %d, and keeps the mean', async (rate) => {
    const mask = maskOf((await transparent(`dropout: ${rate}`)).createTrainer())
    const kept = Math.fround(1 / (1 - rate))
    expect(new Set(mask)).toEqual(new Set([0, kept]))
    const share = mask.filter((value) => value === 0).length / mask.length
    expect(Math.abs(share - rate)).toBeLessThan(bound(rate, mask.length))
    const mean = mask.reduce((sum, value) => sum + value) / mask.length
    expect(Math.abs(mean - 1)).toBeLessThan(kept * bound(rate, mask.length))
  })

  test('is fixed by the seed, and another one each step', async () => {
    const { createTrainer } = await transparent('dropout')
    const masks = [0, 1, 2 ** 40].map((seed) => {
      const [one, two] = [createTrainer({ seed }), createTrainer({ seed })]
      return [0, 1, 2].map(() => {
        const mask = maskOf(one)
        expect(maskOf(one)).toEqual(mask)
        expect(maskOf(two)).toEqual(mask)
        advance(one)
        advance(two)
        return mask
      })
    })
    const all = masks.flat()
    all.forEach((one, k) =>
      all.slice(k + 1).forEach((other) => {
        const agreement = one.filter((value, at) => value === other[at]).length / one.length
        expect(Math.abs(agreement - 0.5)).toBeLessThan(bound(0.5, one.length))
      }),
    )
  })

  test('depends on neither the batch nor the precision: a sample’s is the same in any company', async () => {
    const mask = maskOf((await transparent('dropout: 0.3')).createTrainer())
    for (const [batch, precision] of [[samples, 'f32'] as const, [5, 'f64'] as const]) {
      const trainer = (await transparent('dropout: 0.3', batch, precision)).createTrainer()
      for (const count of [1, 3, 5]) {
        const rounded = (values: number[]) => values.map((value) => value.toFixed(5))
        expect(rounded(maskOf(trainer, count))).toEqual(rounded(mask.slice(0, count * units)))
      }
    }
  })

  test('is another one in each layer', async () => {
    const mask = maskOf((await transparent('dropout, dropout')).createTrainer())
    expect(new Set(mask)).toEqual(new Set([0, 4]))
    const share = mask.filter((value) => value === 4).length / mask.length
    expect(Math.abs(share - 0.25)).toBeLessThan(bound(0.25, mask.length))
  })

  test('is whole at rate 0 and empty at rate 1', async () => {
    expect(new Set(maskOf((await transparent('dropout: 0')).createTrainer()))).toEqual(new Set([1]))
    expect(new Set(maskOf((await transparent('dropout: 1')).createTrainer()))).toEqual(new Set([0]))
  })
})

describe('a network with dropout', () => {
  const layers = (dropout: string[]) =>
    `[${[dropout[0], 'linear: 6', 'tanh', dropout[1], 'linear: 5', dropout[2], 'silu', 'linear: 2'].filter(Boolean).join(', ')}]`
  const spec = (dropout: string[]) => `input: 4\nlayers: ${layers(dropout)}\nloss: mse\ntrain: { batch: 8 }`
  const network = emitted(spec(['dropout: 0.2', 'dropout', 'dropout: 0.4']), { precision: 'f64' })
  const x = Float64Array.from({ length: 32 }, (_, i) => Math.sin(5 * i))
  const y = Float64Array.from({ length: 16 }, (_, i) => Math.cos(3 * i))

  test('has the gradient of its own loss: the backward pass uses the forward pass’s masks', async () => {
    const trainer = (await network).createTrainer({ seed: 5 })
    trainer.step(x, y)
    trainer.gradient(x, y)
    const gradients = Object.entries(trainer.gradients).map(([name, values]) => [name, [...values]] as const)
    for (const [name, gradient] of gradients) {
      const parameter = trainer.parameters[name]!
      const numeric = gradient.map((_, at) => {
        const value = parameter[at]!
        const lossAt = (shift: number) => {
          parameter[at] = value + shift
          return trainer.gradient(x, y)
        }
        const difference = (lossAt(1e-5) - lossAt(-1e-5)) / 2e-5
        parameter[at] = value
        return difference
      })
      expectClose(gradient, numeric, { relative: 1e-7, absolute: 1e-9 }, name)
    }
  })

  test('predicts and evaluates as if it had none', async () => {
    const plain = (await emitted(spec([]), { precision: 'f64' })).createTrainer()
    const parameters = Object.fromEntries(Object.entries(plain.parameters).map(([name, view]) => [name, [...view]]))
    const trainer = (await network).createTrainer({ parameters })
    expect(trainer.predict(x)).toEqual(plain.predict(x))
    expect(trainer.loss(x, y)).toBe(plain.loss(x, y))
    expect(trainer.gradient(x, y)).not.toBe(plain.gradient(x, y))
  })

  test('steps from the loss that gradient shows, and resumes bit by bit', async () => {
    const { createTrainer } = await network
    const trainer = createTrainer({ seed: 11 })
    for (let step = 0; step < 3; step++) {
      const loss = trainer.gradient(x, y)
      expect(trainer.step(x, y)).toBe(loss)
      expect(trainer.gradient(x, y)).not.toBe(loss)
    }
    const resumed = createTrainer()
    resumed.load(trainer.save())
    expect(resumed.fit(x, y, { epochs: 3 })).toEqual(trainer.fit(x, y, { epochs: 3 }))
    expect(resumed.save()).toEqual(trainer.save())
  })
})
