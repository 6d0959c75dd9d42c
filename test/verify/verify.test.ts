import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { checkNames, verify } from '../../src/verify/verify.ts'
import { drawTypical, randomFrom } from '../../src/verify/data.ts'
import { instantiate } from '../support/emitted.ts'
import { specs } from '../property/specs/index.ts'
import { differencesOf, load, verified } from './networks.ts'

const spec = 'input: 3\nlayers: [linear: 4, relu, linear: 2]\nloss: mse\ntrain: { batch: 4 }\n'

describe('every way to train and to compute is verified', () => {
  test.each<[string, string]>([
    [
      'masks, running statistics and frozen parts',
      'layers: [linear: 4, batchNorm, dropout: 0.3, { linear: 4, frozen: true }, relu, linear: 2]\nloss: mse',
    ],
    ['start values from data', 'init: lsuv\nlayers: [linear: 4, actNorm, tanh, linear: 3]\nloss: crossEntropy'],
    ['bits', 'layers: [linear: 4, softplus, linear: 2]\nloss: binaryCrossEntropy'],
    ['shares', 'layers: [linear: 4, gelu, linear: 2]\nloss: { crossEntropy: { targets: probabilities } }'],
    [
      'a gradient by the input',
      'layers: [linear: 4, sin, linear: 2]\nloss: poisson\nemit: { inputGradient: true, target: wasm, wasm: file }',
    ],
    [
      'portable mathematics and a budget of memory',
      'layers: [linear: 4, elu, linear: 2]\nloss: logCosh\nemit: { math: portable, memory: { budget: 4000 } }',
    ],
    [
      'a recurrence',
      'layers: [{ reshape: [3, 1] }, { gru: { units: 2, sequences: true } }, flatten, linear: 2]\nloss: huber',
    ],
    [
      'clipping, decay, warmup and a metric',
      'layers: [linear: 4, tanh, linear: 2]\nloss: mae\ntrain: { batch: 4, optimizer: { nadam: { weightDecay: 0.1 } }, clip: { norm: 0.1 }, schedule: { plateau: { patience: 0 }, warmup: { epochs: 2, start: 0.1 } } }',
    ],
  ])('%s', async (_, rest) => {
    const train = rest.includes('train:') ? '' : '\ntrain: { batch: 4 }'
    const verification = await verified(`input: 3\n${rest}${train}\n`, { seed: 3 })
    expect(differencesOf(verification)).toEqual({})
    expect(verification.checks.map(({ check }) => check)).toEqual(checkNames)
  })

  test('equations with several inputs and targets, and whole numbers', async () => {
    const text = `
inputs: { x: 3, z: 3, word: { shape: [2], index: 5 } }
targets: { y: scalar, w: 3 }
parameters: { Ω: [3, 3], β: 3 }
equations:
  - h = sigmoid(Ω * x + β) .* z
  - p = dot(h, x) + sum(word)
  - ℓ = (p - y)^2 + mean(abs(h - w))
output: p
loss: ℓ
train: { batch: 3, optimizer: lion }`
    expect(differencesOf(await verified(text))).toEqual({})
  })
})

describe('several objectives', () => {
  const text = `
inputs: { x: 3, z: 2 }
targets: { y: scalar }
parameters: { a: 3, b: [2, 3], c: 2 }
equations:
  - p = dot(a, x) + sum(b * x .* z + c)
  - ℓ = (p - y)^2
  - k = logCosh(p, y) + mean(abs(c))
output: p
objectives:
  one: { loss: ℓ, trains: [a, c], optimizer: { adamw: { learningRate: 0.01, weightDecay: 0.1 } }, clip: { norm: 0.1 } }
  two: { loss: k, trains: [b, c] }
train: { batch: 3, optimizer: { sgd: { learningRate: 0.05, momentum: 0.9 } }, schedule: { exponential: 0.9 } }`

  test('are looked at each by itself', async () => {
    const { checks, ...verification } = await verified(text)
    expect(differencesOf({ checks, ...verification })).toEqual({})
    expect(checks.find(({ check }) => check === 'differences')!.worst!.quantity).toMatch(/^(one|two): the gradient by$/)
  })

  test('are told apart where one is wrong', async () => {
    const wrong = async (module: string) =>
      instantiate(module.replace(/learningRate: state\.learningRate \* /, '$&1.5 * '))
    const network = await load(text)
    const { checks } = await verify(network, 'test.net.yaml', { instantiate: wrong })
    const found = checks.flatMap(({ differences }) =>
      differences.map(({ quantity, tensor }) => `${quantity} ${tensor}`),
    )
    expect(found.length).toBeGreaterThan(0)
    expect(found.every((one) => /^two: after (a step|2 steps), [bc]$/.test(one))).toBe(true)
  })
})

test('random networks verify, whatever they are made of', async () => {
  const seen: string[] = []
  await fc.assert(
    fc.asyncProperty(specs, fc.nat(), async (random, seed) => {
      const network = await loadNetwork(readSpecText({ file: 'random.net.json', text: JSON.stringify(random) }))
      const verification = await verify(network, 'random.net.json', { instantiate, seed, samples: 3 })
      seen.push(...verification.checks.flatMap(({ compared }) => (compared > 0 ? ['compared'] : [])))
      expect(differencesOf(verification)).toEqual({})
    }),
    { numRuns: 8 },
  )
  expect(seen.length).toBeGreaterThan(70)
}, 600_000)

test('names that objects have anyway are names', async () => {
  const text = `
inputs: { a: 2 }
targets: {}
parameters: { w: scalar, constructor: scalar }
equations: ['l = (w + constructor)^2 + sum(a)']
output: l
loss: l
train: { batch: 4 }`
  expect(differencesOf(await verified(text))).toEqual({})
})

test('samples are at most those of a batch, and at least those that one must have', async () => {
  expect((await verified(spec, { samples: 9 })).samples).toBe(4)
  expect((await verified(spec, { samples: 2 })).samples).toBe(2)
  const normed = spec.replace('relu', 'batchNorm')
  expect((await verified(normed, { samples: 1 })).samples).toBe(2)
})

test('where the mathematics overflows it is a note, with its place', async () => {
  const verification = await verified('input: 2\nlayers: [exp, exp, linear: 1]\nloss: mse\n')
  expect(differencesOf(verification)).toEqual({})
  const { notes } = verification.checks.find(({ check }) => check === 'wide inputs')!
  expect(notes[0]).toMatch(/^with inputs times 10+, .* isn't finite; the first values that aren't are those of exp\d: /)
})

test('the data are of their seed and of what ports take', async () => {
  const network = await load(
    'input: { shape: [2], index: 3 }\nlayers: [embedding: 4, flatten, linear: 3]\nloss: crossEntropy\n',
  )
  const draw = (seed: number) => drawTypical(network, 50, randomFrom(seed))
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
  const { inputs, targets } = draw(1)
  for (const values of [inputs.x!, targets.y!]) expect([...new Set(Array.from(values))].sort()).toEqual([0, 1, 2])
})

test('targets hold what the losses of equations take', async () => {
  const network = await load(`inputs: { x: 3 }
targets: { bit: 3, count: 3, share: 3, class: scalar, number: 3 }
parameters: { w: 3 }
equations:
  - p = x + w
  - l = binaryCrossEntropy(p, bit) + poisson(x, count) + crossEntropy(x, share) + crossEntropy(x, class) + mse(x, number)
output: x
loss: l
`)
  const { targets } = drawTypical(network, 50, randomFrom(1))
  const distinct = (name: string) => [...new Set(Array.from(targets[name]!))].sort()
  expect(distinct('bit')).toEqual([0, 1])
  expect(distinct('count')).toEqual([0, 1, 2, 3, 4])
  expect(distinct('class')).toEqual([0, 1, 2])
  expect(distinct('number').length).toBe(150)
  const [a, b, c] = Array.from(targets.share!)
  expect(a! + b! + c!).toBeCloseTo(1, 6)
})
