import { describe, expect, it, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { verify } from '../../src/verify/verify.ts'
import { expectMarked, load } from '../language/marked.ts'
import { emitted, instantiate } from '../support/emitted.ts'
import { strictMistakes } from '../support/strict.ts'

const rows = 3
const classes = 4
const spec = (loss: string, more = '') => `
name: weighted
input: [${rows}, 5]
layers: [{ linear: ${classes}, as: out }]
loss: ${loss}
train: { batch: 5, optimizer: sgd }
${more}`

const samples = 8
const x = Float64Array.from({ length: samples * rows * 5 }, (_, k) => Math.sin(1 + 1.3 * k))
const weights = [0.5, 2, 0, 1.25]
const ignored = -100
const target = Float64Array.from({ length: samples * rows }, (_, k) => (k % 5 === 2 ? ignored : (k * 7) % classes))
const weight = Float64Array.from({ length: samples }, (_, k) => [1, 0.5, 0, 3][k % 4]!)

interface Settings {
  readonly weights?: readonly number[]
  readonly smoothing?: number
  readonly ignoreIndex?: number
  readonly weight?: ArrayLike<number>
}

/**
 * torch.nn.functional.cross_entropy of all rows, in its terms: w_y ((1 - ε) (-log p_y)) + ε / C Σ w_c (-log p_c), over Σ w_y; rows of
 * the ignored class left out; and each sample's rows times its weight.
 */
function meant(logits: ArrayLike<number>, y: ArrayLike<number>, from: number, to: number, settings: Settings) {
  const { weights: w = [1, 1, 1, 1], smoothing = 0, ignoreIndex, weight: sampleWeights } = settings
  let [loss, total] = [0, 0]
  for (let row = from * rows; row < to * rows; row++) {
    if (y[row] === ignoreIndex) continue
    const z = Array.from({ length: classes }, (_, c) => logits[row * classes + c]!)
    const logTotal = Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0))
    const surprises = z.map((value) => logTotal - value)
    const own = sampleWeights ? sampleWeights[Math.floor(row / rows)]! : 1
    const even = surprises.reduce((sum, value, c) => sum + w[c]! * value, 0) / classes
    loss += own * ((1 - smoothing) * w[y[row]!]! * surprises[y[row]!]! + smoothing * even)
    total += own * w[y[row]!]!
  }
  return total === 0 ? 0 : loss / total
}

const cases: readonly (readonly [string, Settings, string])[] = [
  ['weights', { weights }, 'crossEntropy: { weights: [0.5, 2, 0, 1.25] }'],
  ['a class that is ignored', { ignoreIndex: ignored }, 'crossEntropy: { ignoreIndex: -100 }'],
  ['one of its classes ignored', { ignoreIndex: 2 }, 'crossEntropy: { ignoreIndex: 2 }'],
  [
    'all of it, smoothed',
    { weights, ignoreIndex: ignored, smoothing: 0.2 },
    'crossEntropy: { weights: [0.5, 2, 0, 1.25], ignoreIndex: -100, labelSmoothing: 0.2 }',
  ],
]

describe.each(['typescript', 'wasm'])('crossEntropy in %s, with', (kind) => {
  const emit = `emit: { target: ${kind}, precision: f64 }`
  test.each(cases)('%s, over several batches', async (_, settings, loss) => {
    const { createTrainer } = await emitted(spec(`{ ${loss} }`, emit))
    const trainer = createTrainer({ seed: 1 })
    const y = settings.ignoreIndex === ignored ? target : target.map((value) => Math.max(value, 0))
    const logits = trainer.predict(x)
    expect(trainer.loss(x, y)).toBeCloseTo(meant(logits, y, 0, samples, settings), 12)
    const part = x.subarray(0, 5 * rows * 5)
    expect(trainer.gradient(part, y.subarray(0, 5 * rows))).toBeCloseTo(meant(logits, y, 0, 5, settings), 12)
  })

  test.each(cases)('%s, and a weight for each sample', async (_, settings, loss) => {
    const { network, createTrainer } = await emitted(spec(`{ ${loss} }`, `weight: true\n${emit}`))
    expect(network.target).toEqual({ target: [rows], weight: [] })
    const trainer = createTrainer({ seed: 1 })
    const y = settings.ignoreIndex === ignored ? target : target.map((value) => Math.max(value, 0))
    const expected = meant(trainer.predict(x), y, 0, samples, { ...settings, weight })
    expect(trainer.loss(x, { target: y, weight })).toBeCloseTo(expected, 12)
  })

  test('every row ignored: loss and gradients are 0', async () => {
    const { createTrainer } = await emitted(spec('{ crossEntropy: { ignoreIndex: -100 } }', emit))
    const trainer = createTrainer({ seed: 1 })
    const none = new Float64Array(rows).fill(ignored)
    expect(trainer.gradient(x.subarray(0, rows * 5), none)).toBe(0)
    expect(Object.values(trainer.gradients).every((view) => view.every((value) => value === 0))).toBe(true)
  })
})

test('a weight for each sample weighs any loss', async () => {
  const { createTrainer } = await emitted(
    'name: w\ninput: 2\nlayers: [{ linear: 2 }]\nloss: mae\nweight: true\nemit: { precision: f64 }\ntrain: { batch: 3 }',
  )
  const trainer = createTrainer({ seed: 2 })
  const [inputs, y] = [x.subarray(0, 2 * samples), x.subarray(30, 30 + 2 * samples)]
  const p = trainer.predict(inputs)
  const losses = Array.from(
    weight,
    (_, k) => (Math.abs(p[2 * k]! - y[2 * k]!) + Math.abs(p[2 * k + 1]! - y[2 * k + 1]!)) / 2,
  )
  const [sum, total] = [losses.reduce((all, loss, k) => all + weight[k]! * loss, 0), weight.reduce((a, b) => a + b, 0)]
  expect(trainer.loss(inputs, { target: y, weight })).toBeCloseTo(sum / total, 13)
})

test.each(cases)('the interpreter agrees, and differences do: %s', async (_, __, loss) => {
  const network = await load(spec(`{ ${loss} }`, 'weight: true'))
  const { checks } = await verify(network, 'weighted.net.yaml', { instantiate })
  expect(checks.filter(({ differences }) => differences.length > 0)).toEqual([])
})

test('modules pass the strictest checks', async () => {
  const { text } = await compile(await load(spec(`{ ${cases[3]![2]} }`, 'weight: true')), 'weighted.net.yaml')
  expect(strictMistakes([['weighted.ts', text]])).toBe('')
})

describe('bad targets and settings', () => {
  it('a class number that is neither a class nor ignored', async () => {
    const { createTrainer } = await emitted(spec('{ crossEntropy: { ignoreIndex: -100 } }'))
    const trainer = createTrainer()
    expect(() => trainer.loss(x.subarray(0, 15), [0, -1, 2])).toThrow(
      'y: a flat array, 3 classes from 0 to 3 a sample, or -100 where none counts, 3 in all, got -1 at y[1]',
    )
  })
  it('as many weights as classes', () =>
    expectMarked(spec('{ «crossEntropy»: { weights: [1, 2] } }'), [
      'shape',
      'has 2 weights, and the prediction 4 classes',
    ]))
  it('no negative weight', () => expectMarked(spec('{ crossEntropy: { weights: [1, 2, «-1», 1] } }'), ['out-of-range']))
  it('no class number to ignore among probabilities', () =>
    expectMarked(spec('{ «crossEntropy»: { targets: probabilities, ignoreIndex: 1 } }'), [
      'out-of-range',
      'ignores class numbers',
    ]))
})
