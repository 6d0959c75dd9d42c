import { describe, expect, it } from 'vitest'
import { isMapping } from '../../src/language/words/word.ts'
import { diagnose } from './marked.ts'

const layered = {
  name: 'whole',
  description: 'every key of a network of layers',
  init: { normal: { standardDeviation: 0.1 } },
  input: { shape: [4], index: 9 },
  layers: [{ embedding: { units: 3 } }, { lstm: { units: 5 }, as: 'memory', frozen: true }, { linear: 3 }],
  loss: { crossEntropy: { weights: [1, 2, 3], ignoreIndex: 0 } },
  weight: true,
  metrics: ['accuracy'],
  train: {
    batch: 8,
    epochs: 3,
    optimizer: { adamW: { learningRate: 0.1, weightDecay: { of: 'all', rate: 0.1 } } },
    schedule: { step: { every: 3, factor: 0.5 } },
    clip: { norm: 1 },
    patience: 3,
    minimumImprovement: 0.1,
  },
  emit: { target: 'wasm', precision: 'f32', math: 'portable', memory: 'recompute', wasm: 'file', only: 'model' },
}

const equations = {
  inputs: { x: { shape: [4], index: 3 } },
  targets: { y: 2 },
  networks: { g: { init: 'zeros', input: 4, layers: [{ linear: 2 }] } },
  parameters: { W: { shape: [2, 4], init: 'zeros' } },
  equations: ['p = W * x + g(x)', 'l = mse(p, y)', 'n = 1 + mean(p)^2'],
  output: ['p'],
  metrics: { error: 'l' },
}

const withLoss = { ...equations, loss: 'l', normalizer: 'n' }

const withObjectives = {
  ...equations,
  objectives: { first: { loss: 'l', normalizer: 'n', trains: ['W'], optimizer: 'sgd', clip: { value: 1 } } },
}

const wrongValues: readonly unknown[] = [undefined, null, true, -1.5, 'Ω?', [], [null], {}, { nonsense: 3 }]

/** A value with each of its parts in turn replaced, or left out. */
function* spoilt(value: unknown): Generator<unknown> {
  yield* wrongValues
  if (!isMapping(value) && !Array.isArray(value)) return
  for (const [key, part] of Object.entries(value))
    for (const wrong of spoilt(part))
      yield Array.isArray(value) ? value.with(Number(key), wrong) : { ...value, [key]: wrong }
}

describe('no message speaks of how a spec is checked', () => {
  it.each([
    ['layers', layered],
    ['equations', withLoss],
    ['objectives', withObjectives],
  ])('of %s', async (_name, spec) => {
    for (const wrong of spoilt(spec)) {
      const text = JSON.stringify(wrong) ?? ''
      for (const { message, hint } of await diagnose(text, 'test.net.json'))
        expect(`${message}; ${hint ?? ''}`, text).not.toMatch(/invalid|undefined|NaN|zod|\[object/i)
    }
  })
})
