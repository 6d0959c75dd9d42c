import { describe, expect, test } from 'vitest'
import { describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { load } from '../language/marked.ts'
import { importText, type Trainer } from '../support/emitted.ts'
import { uniformRandom } from '../property/network.ts'

/** Ten layers of each kind, for samples of three rows of eight features. */
const networks = {
  'layers in a row': new Array<string>(10).fill('linear: 8, tanh'),
  'residual blocks': new Array<string>(4).fill('residual: [layerNorm, linear: 16, gelu, linear: 8]'),
  attention: new Array<string>(3).fill('residual: [layerNorm, { attention: { heads: 2, causal: true } }]'),
  'norms and joins': new Array<string>(3).fill(
    'concat: { branches: [[], [linear: 4, relu]], axis: 1 }, layerNorm, linear: 8',
  ),
  'loops over time': new Array<string>(4).fill('gru: { units: 8, sequences: true }'),
  'windows that overlap': [
    'reshape: [3, 8, 1]',
    ...new Array<string>(4).fill('conv2d: { channels: 3, kernel: [3, 1], padding: [1, 0] }, relu'),
    'maxPool2d: { kernel: [2, 1], stride: [1, 1] }',
  ],
}

const random = uniformRandom(3)
const values = (count: number) => Float64Array.from({ length: count }, () => 2 * random() - 1)

const bytesOf = (views: Trainer['gradients']) =>
  Object.entries(views).map(([name, { buffer, byteOffset, byteLength }]) => [
    name,
    Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  ])

describe.each(Object.entries(networks))('%s', (_, layers) => {
  test.each(['f32', 'f64'] as const)(
    'have the same gradients to the last bit, whatever is kept, in %s',
    async (precision) => {
      const compiled = async (memory: string) => {
        const spec = `{ input: [3, 8], layers: [${layers.join(', ')}, flatten, linear: 2], loss: mse, train: { batch: 6 }, emit: { precision: ${precision}, memory: ${memory} } }`
        const description = await describeModule(await load(spec), 'test.net.yaml')
        return { description, module: await importText(await renderModule(description)) }
      }
      const store = await compiled('store')
      const recompute = await compiled('recompute')
      const bytes = precision === 'f32' ? 4 : 8
      const [most, least] = [store, recompute].map(({ description }) => bytes * description.arena.trainerLength)
      const budgets = [0.2, 0.5, 0.8].map((share) => Math.round(least! + share * (most! - least!)))
      const within = await Promise.all(budgets.map((budget) => compiled(`{ budget: ${budget} }`)))
      expect(least).toBeLessThan(most!)
      for (const { description } of [recompute, ...within]) expect(description.recomputation).toBeDefined()

      for (const samples of [6, 1, 5]) {
        const [x, y] = [values(samples * 24), values(samples * 2)]
        const run = ({ module }: typeof store) => {
          const trainer = module.createTrainer({ seed: 5 })
          const losses = [trainer.gradient(x, y)]
          const gradients = bytesOf(trainer.gradients)
          losses.push(trainer.loss(x, y), trainer.step(x, y), trainer.step(x, y), ...trainer.predict(x))
          return { losses, gradients, parameters: bytesOf(trainer.parameters) }
        }
        const expected = run(store)
        for (const other of [recompute, ...within]) expect(run(other)).toEqual(expected)
      }
    },
  )
})
