import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { uniformRandom } from '../../property/network.ts'
import { emitted } from '../../support/emitted.ts'

/*
 * With portable mathematics and in double precision both targets do the same operations in the same order: losses are equal to the last
 * bit, however long one trains. Clipping and schedules are the host's, and are computed by the same functions.
 */

const portable = 'emit: { math: portable, precision: f64 }'

const notebook = `${readFileSync(new URL('../../../examples/notebook.net.yaml', import.meta.url), 'utf8')}\n${portable}`

const convolutional = `
input: [2, 8, 8]
layers:
  - conv2d: { channels: 5, kernel: 3, padding: 1 }
  - gelu
  - maxPool2d: 2
  - conv2d: { channels: 3, kernel: 3 }
  - batchNorm
  - tanh
  - averagePool2d: 2
  - flatten
  - dropout: 0.2
  - linear: 7
loss: crossEntropy
train:
  batch: 6
  optimizer: { nadam: { learningRate: 0.01 } }
  clip: { norm: 1 }
  schedule: { exponential: { factor: 0.97 } }
${portable}
`

const recurrent = `
input: [5, 3]
layers: [lstm: { units: 6, sequences: true }, gru: { units: 5, sequences: false }, layerNorm, linear: 3, softplus]
loss: mse
train: { batch: 5, optimizer: { adamw: { learningRate: 0.01, weightDecay: 0.1 } }, clip: { value: 0.1 } }
${portable}
`

test.each([
  ['the notebook', notebook, { x: 10, y: 5, classes: 0 }],
  ['a convolutional network', convolutional, { x: 128, y: 1, classes: 7 }],
  ['a recurrent network', recurrent, { x: 15, y: 3, classes: 0 }],
])('%s has the same losses, to the last bit, for 1,000 steps', async (_, spec, { x, y, classes }) => {
  const run = async (target: 'typescript' | 'wasm'): Promise<number[]> => {
    const module = await emitted(spec, { target })
    const trainer = module.createTrainer({ seed: 5 })
    const random = uniformRandom(3)
    const number = (): number => 2 * random() - 1
    const drawn = (count: number, draw: () => number) => Float64Array.from({ length: count }, draw)
    const losses: number[] = []
    for (let step = 0; step < 1000; step++) {
      // Whole batches, and now and then part of one.
      const samples = step % 7 === 0 ? 2 + (step % (module.network.batch - 1)) : module.network.batch
      const targets = drawn(samples * y, classes === 0 ? number : () => Math.floor(classes * random()))
      losses.push(trainer.step(drawn(samples * x, number), targets))
      if (step % 20 === 19) trainer.nextEpoch()
    }
    return losses
  }
  const [expected, actual] = [await run('typescript'), await run('wasm')]
  expect(new Set(expected).size).toBeGreaterThan(900)
  expect(expected.findIndex((loss, step) => !Object.is(loss, actual[step]))).toBe(-1)
})
