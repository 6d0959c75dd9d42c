import { beforeAll, describe, expect, test } from 'vitest'
import { encode } from '../../src/runtime/safetensors.ts'
import { contentOf, edited } from '../support/checkpoint.ts'
import { emitted, type Emitted, type Trainer } from '../support/emitted.ts'

/*
 * What a trainer takes from a file of another module: state where it means the same there, tensor by tensor, each with its own count of
 * steps. The reference is PyTorch's formulas, written out below, on the gradients that the trainer shows.
 */

const layers = '«linear: 4», tanh, linear: 3, tanh, linear: 2'
const x = Array.from({ length: 18 }, (_, i) => Math.sin(3 * i))
const y = Array.from({ length: 12 }, (_, i) => Math.cos(5 * i))

interface Variant {
  readonly frozen?: boolean
  readonly target?: string
  readonly precision?: string
}

const compiled = new Map<string, Promise<Emitted>>()

/** A module with this `train`. @param frozen whether the first layer is. */
function moduleOf(train: string, { frozen = false, target = 'typescript', precision = 'f64' }: Variant = {}) {
  const stack = layers.replace(/«(.*?)»/, frozen ? '{ $1, frozen: true }' : '$1')
  const spec = `input: 3
layers: [${stack}]
loss: mse
train: { batch: 6, ${train} }
emit: { target: ${target}, precision: ${precision} }`
  const module = compiled.get(spec) ?? emitted(spec)
  compiled.set(spec, module)
  return module
}

/** A trainer of the module that has taken the file's weights alone: what a file without anything else gives. */
function afresh({ createTrainer }: Emitted, file: Uint8Array): Trainer {
  const trainer = createTrainer()
  trainer.load(edited(file, () => undefined, isState))
  return trainer
}

const isState = (name: string) => name.startsWith('optimizer.')

function afterSteps({ createTrainer }: Emitted, steps: number): Uint8Array {
  const trainer = createTrainer({ seed: 3 })
  for (let step = 0; step < steps; step++) trainer.step(x, y)
  return trainer.save()
}

/** The parameters after each of the next steps. */
function course(trainer: Trainer, steps = 4): object[] {
  return Array.from({ length: steps }, () => {
    trainer.step(x, y)
    return Object.fromEntries(Object.entries(trainer.parameters).map(([name, view]) => [name, Array.from(view)]))
  })
}

/** The magnitudes of the first update, in learning rates. */
function firstUpdate(trainer: Trainer): Record<string, number[]> {
  const before = Object.entries(trainer.parameters).map(([name, view]) => [name, Array.from(view)] as const)
  trainer.step(x, y)
  return Object.fromEntries(
    before.map(([name, values]) => [
      name,
      values.map((value, i) => Math.abs(trainer.parameters[name]![i]! - value) / trainer.learningRate),
    ]),
  )
}

type Update = (tensor: Tensor, gradient: number, i: number) => void

/** One tensor and its state, as PyTorch keeps it. */
class Tensor {
  t = 0
  product = 1
  readonly mean: number[]
  readonly square: number[]
  readonly largest: number[]
  readonly values: number[]

  constructor(values: ArrayLike<number>) {
    this.values = Array.from(values)
    ;[this.mean, this.square, this.largest] = [1, 2, 3].map(() => this.values.map(() => 0)) as [
      number[],
      number[],
      number[],
    ]
  }
}

const [beta1, beta2, epsilon, rate] = [0.9, 0.999, 1e-8, 0.01]

function moments({ mean, square }: Tensor, gradient: number, i: number): void {
  mean[i] = beta1 * mean[i]! + (1 - beta1) * gradient
  square[i] = beta2 * square[i]! + (1 - beta2) * gradient ** 2
}

const adam: Update = (tensor, gradient, i) => {
  const { t, mean, square, values } = tensor
  moments(tensor, gradient, i)
  values[i]! -= ((rate / (1 - beta1 ** t)) * mean[i]!) / (Math.sqrt(square[i]! / (1 - beta2 ** t)) + epsilon)
}

const amsgrad: Update = (tensor, gradient, i) => {
  const { t, mean, square, largest, values } = tensor
  moments(tensor, gradient, i)
  largest[i] = Math.max(largest[i]!, square[i]!)
  values[i]! -= ((rate / (1 - beta1 ** t)) * mean[i]!) / (Math.sqrt(largest[i]! / (1 - beta2 ** t)) + epsilon)
}

const momentumAt = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * 0.004))

const nadam: Update = (tensor, gradient, i) => {
  const { t, product, mean, square, values } = tensor
  moments(tensor, gradient, i)
  const next = momentumAt(t + 1)
  const direction = ((1 - momentumAt(t)) / (1 - product)) * gradient + (next / (1 - product * next)) * mean[i]!
  values[i]! -= (rate * direction) / (Math.sqrt(square[i]! / (1 - beta2 ** t)) + epsilon)
}

/** Steps of some tensors on the gradients of a trainer, which then makes the same step: they must agree. */
function expectSteps(
  trainer: Trainer,
  tensors: Readonly<Record<string, Tensor>>,
  update: Update,
  steps: number,
  tolerance = 1e-9,
): void {
  for (let step = 0; step < steps; step++) {
    trainer.gradient(x, y)
    for (const [name, tensor] of Object.entries(tensors)) {
      tensor.t++
      tensor.product *= momentumAt(tensor.t)
      trainer.gradients[name]!.forEach((gradient, i) => update(tensor, gradient, i))
    }
    trainer.step(x, y)
    for (const [name, { values }] of Object.entries(tensors))
      values.forEach((value, i) => {
        expect(Math.abs(trainer.parameters[name]![i]! - value)).toBeLessThan(tolerance)
        values[i] = trainer.parameters[name]![i]!
      })
  }
}

function tensorsOf(trainer: Trainer): Record<string, Tensor> {
  return Object.fromEntries(Object.keys(trainer.gradients).map((name) => [name, new Tensor(trainer.parameters[name]!)]))
}

const all = {
  sgd: 'optimizer: { sgd: 0.01 }',
  momentum: 'optimizer: { sgd: { learningRate: 0.01, momentum: 0.9 } }',
  adam: 'optimizer: { adam: 0.01 }',
  slower: 'optimizer: { adam: { learningRate: 0.01, beta2: 0.9999 } }',
  adamw: 'optimizer: { adamw: 0.01 }',
  nadam: 'optimizer: { nadam: 0.01 }',
  rmsprop: 'optimizer: { rmsprop: { learningRate: 0.01, momentum: 0.9, centered: true } }',
  adagrad: 'optimizer: { adagrad: 0.01 }',
  adadelta: 'optimizer: { adadelta: 0.01 }',
  lion: 'optimizer: { lion: 0.01 }',
}

describe('a file of another optimizer', () => {
  const modules: Record<string, Emitted> = {}
  const files: Record<string, Uint8Array> = {}
  beforeAll(async () => {
    for (const [name, train] of Object.entries(all)) {
      modules[name] = await moduleOf(train)
      files[name] = afterSteps(modules[name], 1000)
    }
  }, 120_000)

  const pairs = Object.keys(all).flatMap((from) => Object.keys(all).flatMap((to) => (from === to ? [] : [[from, to]])))
  // Those of one word whose states mean the same.
  const alike = ['sgd,momentum', 'momentum,sgd']

  test.each(pairs.filter((pair) => !alike.includes(String(pair))) as [string, string][])(
    '%s into %s: weights, epoch, seed and count of all steps; no state',
    (from, to) => {
      const trainer = modules[to]!.createTrainer()
      trainer.load(files[from]!)
      const { numbers } = contentOf(trainer.save())
      expect([numbers.epoch, numbers.seed, numbers.steps]).toEqual([0, 3, 1000])
      expect(course(trainer)).toEqual(course(afresh(modules[to]!, files[from]!)))
    },
  )

  test.each(['adam', 'slower', 'adamw', 'lion'])(
    'sgd into %s: the first update is a learning rate for each element',
    (to) => {
      const trainer = modules[to]!.createTrainer()
      trainer.load(files['sgd']!)
      for (const magnitudes of Object.values(firstUpdate(trainer)))
        for (const magnitude of magnitudes) expect(Math.abs(magnitude - 1)).toBeLessThan(0.02)
    },
  )

  test.each(Object.keys(all))('of %s itself goes on bit by bit', (name) => {
    const [trainer, resumed] = [modules[name]!.createTrainer({ seed: 3 }), modules[name]!.createTrainer()]
    for (let step = 0; step < 1000; step++) trainer.step(x, y)
    resumed.load(files[name]!)
    expect(course(resumed)).toEqual(course(trainer))
    expect(resumed.save()).toEqual(trainer.save())
  })
})

describe('a file of the same optimizer under other settings', () => {
  test('adam without amsgrad, into one with it: moments go on, their maximum starts with the next', async () => {
    const [from, to] = [
      await moduleOf(all.adam),
      await moduleOf('optimizer: { adam: { learningRate: 0.01, amsgrad: true } }'),
    ]
    const first = from.createTrainer({ seed: 3 })
    const tensors = tensorsOf(first)
    expectSteps(first, tensors, adam, 50)
    const second = to.createTrainer()
    second.load(first.save())
    expectSteps(second, tensors, amsgrad, 50)
  })

  test('adam with amsgrad, into one without', async () => {
    const [from, to] = [
      await moduleOf('optimizer: { adam: { learningRate: 0.01, amsgrad: true } }'),
      await moduleOf(all.adam),
    ]
    const first = from.createTrainer({ seed: 3 })
    const tensors = tensorsOf(first)
    expectSteps(first, tensors, amsgrad, 50)
    const second = to.createTrainer()
    second.load(first.save())
    expectSteps(second, tensors, adam, 50)
  })

  test.each([
    ['sgd with a momentum', all.sgd, all.momentum],
    ['sgd with Nesterov’s', all.momentum, 'optimizer: { sgd: { learningRate: 0.01, momentum: 0.8, nesterov: true } }'],
    ['rmsprop, centered and with a momentum', 'optimizer: { rmsprop: 0.01 }', all.rmsprop],
    ['rmsprop without either', all.rmsprop, 'optimizer: { rmsprop: { learningRate: 0.01, decay: 0.9 } }'],
    [
      'adamw with a weight decay for weights',
      all.adamw,
      'optimizer: { adamw: { learningRate: 0.01, weightDecay: { weights: 0.1 } } }',
    ],
    ['adam with a larger epsilon', all.adam, 'optimizer: { adam: { learningRate: 0.01, epsilon: 0.001 } }'],
  ])('%s: states of the same names are taken, others start at 0', async (_, before, after) => {
    const [from, to] = [await moduleOf(before), await moduleOf(after)]
    const file = afterSteps(from, 50)
    const trainer = to.createTrainer()
    trainer.load(file)
    const [given, taken] = [contentOf(file).tensors, contentOf(trainer.save()).tensors]
    for (const name of Object.keys(taken)) expect(taken[name]).toEqual(given[name] ?? taken[name]!.map(() => 0))
  })

  test('of the other precision: moments and counts go on', async () => {
    const single = await moduleOf(all.adam, { precision: 'f32' })
    const double = await moduleOf(all.adam)
    for (const [from, to] of [
      [single, double],
      [double, single],
    ] as const) {
      const first = from.createTrainer({ seed: 3 })
      const tensors = tensorsOf(first)
      expectSteps(first, tensors, adam, 20, 1e-6)
      const second = to.createTrainer()
      second.load(first.save())
      expectSteps(second, tensors, adam, 20, 1e-6)
    }
  })
})

describe.each([
  ['adam', all.adam, adam],
  ['nadam', all.nadam, nadam],
  [
    'adam with a weight decay of 0 for weights, in pieces',
    'optimizer: { adam: { learningRate: 0.01, weightDecay: { weights: 1e-300 } } }',
    adam,
  ],
] as const)('a layer that was frozen, under %s', (_, train, update) => {
  describe.each([
    ['typescript', 'f64', 1e-9],
    ['wasm', 'f64', 1e-9],
    ['typescript', 'f32', 2e-6],
    ['wasm', 'f32', 2e-6],
  ] as const)('%s %s', (target, precision, tolerance) => {
    let part: Emitted
    let whole: Emitted
    beforeAll(async () => {
      part = await moduleOf(train, { frozen: true, target, precision })
      whole = await moduleOf(train, { target, precision })
    }, 60_000)

    test('starts afresh, at step 1; the others go on, and so does all after one more file', () => {
      const first = part.createTrainer({ seed: 3 })
      const known = tensorsOf(first)
      expectSteps(first, known, update, 300, tolerance)
      const second = whole.createTrainer()
      second.load(first.save())
      const tensors = { ...tensorsOf(second), ...known }
      expectSteps(second, tensors, update, 20, tolerance)

      const { tensors: saved } = contentOf(second.save())
      expect(Object.keys(tensors).map((name) => saved[`optimizer.t.${name}`]![0])).toEqual([20, 20, 320, 320, 320, 320])
      const third = whole.createTrainer()
      third.load(second.save())
      expect(course(third)).toEqual(course(second))
      expect(third.save()).toEqual(second.save())
    })

    test('frozen again, keeps what the others have', () => {
      const first = whole.createTrainer({ seed: 3 })
      for (let step = 0; step < 10; step++) first.step(x, y)
      const second = part.createTrainer()
      second.load(first.save())
      const [given, taken] = [contentOf(first.save()).tensors, contentOf(second.save()).tensors]
      for (const name of Object.keys(taken)) expect(taken[name]).toEqual(given[name])
      expect(taken['optimizer.t.linear1.weight']).toEqual(Float64Array.of(10))
    })
  })
})

describe('every order of counts', () => {
  test.each([
    ['typescript', ''],
    ['wasm', ''],
    ['wasm', ', clip: { norm: 0.01 }'],
  ])('gives each tensor the update of its own count: %s%s', async (target, clip) => {
    const optimizer = 'optimizer: { adamw: { learningRate: 0.01, weightDecay: { weights: 0.1 } } }'
    const { createTrainer, network } = await moduleOf(`${optimizer}${clip}`, { target, precision: 'f32' })
    const names = network.parameters.map(({ name }) => name)
    const file = afterSteps({ createTrainer } as Emitted, 7)
    const counts = [0, 7]
    /** What each tensor becomes, if all have made as many steps. */
    const alike = counts.map((count) => {
      const trainer = createTrainer()
      trainer.load(counted(() => count))
      trainer.step(x, y)
      return trainer
    })
    for (let mask = 0; mask < 2 ** names.length; mask++) {
      const trainer = createTrainer()
      trainer.load(counted((k) => counts[(mask >> k) & 1]!))
      trainer.step(x, y)
      names.forEach((name, k) => {
        expect(trainer.parameters[name]).toEqual(alike[(mask >> k) & 1]!.parameters[name])
      })
    }

    /** The file with other counts of steps. */
    function counted(countOf: (k: number) => number): Uint8Array {
      const kept = edited(
        file,
        (numbers) => numbers,
        (name) => name.startsWith('optimizer.t.'),
      )
      const { numbers, tensors } = contentOf(kept)
      const shapes = new Map(network.parameters.map(({ name, shape }) => [name, shape]))
      const plain = Object.entries(tensors).map(([name, view]) => ({
        ...{ name, view, optional: false },
        shape: shapes.get(name.replace(/^optimizer\.\w+\./, ''))!,
      }))
      const own = names.map((name, k) => ({
        ...{ name: `optimizer.t.${name}`, shape: [], view: Float64Array.of(countOf(k)), optional: false },
      }))
      return encode([...plain, ...own], numbers)
    }
  })
})

describe('the learning rate after load', () => {
  const scheduled = 'schedule: { step: { every: 2, factor: 0.5 } }'
  const file = async (train: string, epochs: number, rate?: number) => {
    const trainer = (await moduleOf(train)).createTrainer({ seed: 3 })
    for (let epoch = 0; epoch < epochs; epoch++) trainer.nextEpoch(1)
    if (rate !== undefined) trainer.learningRate = rate
    return trainer.save()
  }
  const after = async (train: string, bytes: Uint8Array) => {
    const trainer = (await moduleOf(train)).createTrainer()
    trainer.load(bytes)
    const { epoch, learningRate } = trainer
    trainer.nextEpoch(1)
    return [epoch, learningRate, trainer.learningRate]
  }

  test.each([
    // Of the same optimizer and base rate: the file's.
    ['adam: 0.01', '', 'adam: 0.01', '', undefined, [5, 0.01, 0.01]],
    ['adam: 0.01', '', 'adam: 0.01', '', 0.123, [5, 0.123, 0.123]],
    ['adam: 0.01', scheduled, 'adam: 0.01', scheduled, 0.123, [5, 0.123, 0.00125]],
    ['adam: 0.01', scheduled, 'adam: 0.01', '', undefined, [5, 0.0025, 0.0025]],
    // Of another base rate or optimizer: the spec's, in the epoch that comes.
    ['adam: 0.01', '', 'adam: 0.02', '', undefined, [5, 0.02, 0.02]],
    ['adam: 0.01', '', 'adam: 0.02', '', 0.123, [5, 0.02, 0.02]],
    ['adam: 0.01', '', 'nadam: 0.01', '', 0.123, [5, 0.01, 0.01]],
    ['adam: 0.01', scheduled, 'adam: 0.04', scheduled, undefined, [5, 0.01, 0.005]],
    ['sgd: 0.04', '', 'adam: 0.04', scheduled, 0.123, [5, 0.01, 0.005]],
    ['sgd: 0.04', scheduled, 'sgd: 0.02', 'schedule: { plateau: { patience: 9 } }', undefined, [5, 0.02, 0.02]],
    [
      'sgd: 0.04',
      scheduled,
      'sgd: 0.02',
      'schedule: { plateau: { patience: 9 }, warmup: { epochs: 10, start: 0 } }',
      undefined,
      [5, 0.01, 0.012],
    ],
  ] as const)('of { %s } %s, in { %s } %s, set to %s', async (from, before, to, behind, rate, expected) => {
    const bytes = await file(`optimizer: { ${from} }, ${before}`, 5, rate)
    const rates = await after(`optimizer: { ${to} }, ${behind}`, bytes)
    rates.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 14))
  })

  test('plateau’s counts go on under any optimizer, rate and patience; other schedules leave them', async () => {
    const plateau = (patience: number) => `schedule: { plateau: { patience: ${patience}, factor: 0.5 } }`
    const bytes = await file(`optimizer: { sgd: 0.08 }, ${plateau(9)}`, 4)
    expect(contentOf(bytes).numbers).toMatchObject({ best: 1, badEpochs: 3 })
    expect(await after(`optimizer: { adam: 0.04 }, ${plateau(3)}`, bytes)).toEqual([4, 0.04, 0.02])
    const other = (await moduleOf(`optimizer: { adam: 0.04 }, ${scheduled}`)).createTrainer()
    other.load(bytes)
    expect(contentOf(other.save()).numbers).not.toHaveProperty('best')
  })
})

describe('files of others', () => {
  test.each([
    { format: 'pt' },
    { tapeless: 'of another' },
    { tapeless: 3 },
    { steps: '1000', epoch: 'best', seed: '-1', learningRate: 'none', optimizer: 'adam', baseRate: '0.01' },
    // As this module's own files were before they named their optimizer.
    { epoch: '5', seed: '3', steps: '1000', learningRate: '0.5' },
  ])('with the metadata %o give weights alone', async (metadata) => {
    const module = await moduleOf(all.adam)
    const file = afterSteps(module, 20)
    const text = new TextDecoder().decode(file.subarray(8, 8 + headerLength(file)))
    const header = JSON.stringify({ ...(JSON.parse(text) as object), __metadata__: metadata })
    const foreign = new Uint8Array([
      ...lengthOf(header),
      ...new TextEncoder().encode(header),
      ...file.subarray(8 + headerLength(file)),
    ])
    const trainer = module.createTrainer({ seed: 7 })
    trainer.load(foreign)
    expect(contentOf(trainer.save()).numbers).toEqual(contentOf(module.createTrainer({ seed: 7 }).save()).numbers)
    expect(course(trainer)).toEqual(course(afresh(module, file)))
  })

  const headerLength = (file: Uint8Array) => new DataView(file.buffer, file.byteOffset).getUint32(0, true)
  const lengthOf = (text: string) => new Uint8Array(BigUint64Array.of(BigInt(text.length)).buffer)
})
