import { describe, expect, it, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { expectMarked, load } from '../language/marked.ts'
import { emitted, type Trainer } from '../support/emitted.ts'
import { contentOf } from '../support/checkpoint.ts'
import { strictMistakes } from '../support/strict.ts'

type Given = Readonly<Record<string, ArrayLike<number>>>
type Report = ReturnType<Trainer['fit']>[number] & { readonly losses: Readonly<Record<string, number>> }

/** A trainer of several objectives. */
interface Several extends Omit<Trainer, 'fit'> {
  loss(x: Given, y: Given, objective?: string): number
  gradient(x: Given, y: Given, objective?: string): number
  step(x: Given, y: Given, objective?: string): number
  evaluate(x: Given, y: Given, objective?: string): Readonly<Record<string, number>>
  hessianProduct(x: Given, y: Given, direction: Given, objective?: string): Given
  fit(x: Given, y: Given, options?: Parameters<Trainer['fit']>[2]): Report[]
}

const equations = `
equations:
  - fake = G(noise)
  - a = D(real)
  - b = D(fake)
  - d = softplus(-a) + softplus(b)
  - g = softplus(-b)
output: fake`

/** A generator and a discriminator, each of which may be frozen. */
const rivals = (frozen: string, rest: string) => `
name: rivals
inputs: { real: 2, noise: 3 }
targets: {}
networks:
  G: { input: 3, layers: [{ linear: 5${frozen === 'G' ? ', frozen: true' : ''} }, tanh, { linear: 2${frozen === 'G' ? ', frozen: true' : ''} }] }
  D: { input: 2, layers: [{ linear: 6${frozen === 'D' ? ', frozen: true' : ''} }, silu, { linear: 1${frozen === 'D' ? ', frozen: true' : ''} }] }
${equations}
${rest}`

const objectives = `
objectives:
  critic: { loss: d, trains: [D], optimizer: { adam: 0.01 }, clip: { norm: 0.5 } }
  forger: { loss: g, trains: [G] }
`
const train = 'train: { batch: 4, optimizer: { sgd: { learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 } } }'

const wave = (length: number, k: number) => Float64Array.from({ length }, (_, i) => Math.sin(1.3 * i + k))
const real = wave(8, 1)
const noise = wave(12, 2)
const x = { real, noise }

const severalOf = async (spec: string, options: Parameters<typeof emitted>[1] = { precision: 'f64' }) => {
  const module = await emitted(spec, options)
  return (given = {}) => module.createTrainer(given) as unknown as Several
}

const parametersOf = ({ parameters }: Pick<Trainer, 'parameters'>) =>
  Object.fromEntries(Object.entries(parameters).map(([name, view]) => [name, [...view]]))

describe('each objective', () => {
  it.each(['typescript', 'wasm'] as const)(
    'trains as a network with that loss alone, in which all else is frozen: %s',
    async (target) => {
      const own = (await severalOf(rivals('', objectives + train), { target, precision: 'f64' }))({ seed: 3 })
      const alone = {
        critic: await emitted(
          rivals('G', 'loss: d\ntrain: { batch: 4, optimizer: { adam: 0.01 }, clip: { norm: 0.5 } }'),
          {
            ...{ target, precision: 'f64' },
          },
        ),
        forger: await emitted(rivals('D', `loss: g\n${train}`), { target, precision: 'f64' }),
      }
      const trainers = Object.entries(alone).map(
        ([name, module]) => [name, module.createTrainer({ seed: 3 }) as unknown as Several] as const,
      )
      for (let step = 0; step < 6; step++)
        for (const [name, other] of trainers) {
          for (const [tensor, view] of Object.entries(own.parameters)) other.parameters[tensor]!.set(view)
          expect(own.loss(x, {}, name)).toBe(other.loss(x, {}))
          expect(own.gradient(x, {}, name)).toBe(other.gradient(x, {}))
          for (const [tensor, gradient] of Object.entries(other.gradients))
            expect([...own.gradients[tensor]!], tensor).toEqual([...gradient])
          expect(own.step(x, {}, name)).toBe(other.step(x, {}))
          // The learning rate of the second is a multiple of the first one's, which rounds.
          for (const [tensor, values] of Object.entries(parametersOf(other)))
            values.forEach((value, at) => expect(own.parameters[tensor]![at]).toBeCloseTo(value, 14))
        }
    },
  )

  it('fills the gradients that it trains, and leaves the rest', async () => {
    const trainer = (await severalOf(rivals('', objectives + train)))()
    for (const view of Object.values(trainer.gradients)) view.fill(7)
    trainer.gradient(x, {}, 'forger')
    for (const [name, view] of Object.entries(trainer.gradients))
      expect(new Set(view).has(7), name).toBe(name.startsWith('D.'))
  })

  it('needs of a record what it reads; the first one runs unless told', async () => {
    const trainer = (await severalOf(rivals('', objectives + train)))()
    const start = trainer.loss({ noise }, {}, 'forger')
    expect(trainer.step({ noise }, {}, 'forger')).toBeCloseTo(start, 12)
    expect(trainer.loss(x, {})).toBe(trainer.loss(x, {}, 'critic'))
    expect(() => trainer.step({ noise }, {})).toThrow(/^rivals: expected real: a flat array, 2 numbers a sample/)
    expect(() => trainer.step(x, {}, 'painter')).toThrow(
      new RangeError("rivals: expected an objective: critic or forger, got 'painter'"),
    )
    expect(() => trainer.step({ ...x, other: [1] }, {}, 'forger')).toThrow(/got other$/)
    expect(() => trainer.fit({ noise }, {})).toThrow(/real: a flat array/)
    expect(trainer.fit({ real, noise }, {}, { epochs: 1 })).toHaveLength(1)
  })

  it('has the Hessian of its own loss', async () => {
    const trainer = (await severalOf(rivals('', `${objectives}${train}\nemit: { hessianProduct: true }`)))()
    const direction = { 'G.linear0.weight': wave(15, 5), 'D.linear1.weight': wave(6, 4) }
    trainer.hessianProduct(x, {}, direction, 'critic')
    const product = trainer.hessianProduct({ noise }, {}, direction, 'forger')
    const products = Array.from(product['G.linear0.weight']!)
    expect(new Set(product['D.linear1.weight'] as Float64Array)).toEqual(new Set([0]))
    const view = trainer.parameters['G.linear0.weight']!
    const start = [...view]
    const slopes = [1e-5, -1e-5].map((step) => {
      start.forEach((value, at) => (view[at] = value + step * direction['G.linear0.weight'][at]!))
      trainer.gradient({ noise }, {}, 'forger')
      return [...trainer.gradients['G.linear0.weight']!]
    })
    products.forEach((value, at) => expect(value).toBeCloseTo((slopes[0]![at]! - slopes[1]![at]!) / 2e-5, 8))
  })
})

describe('fit', () => {
  it('takes a step of each on every batch, in order, and reports all losses', async () => {
    const create = await severalOf(rivals('', objectives + train))
    const [one, other] = [create({ seed: 2 }), create({ seed: 2 })]
    const many = { real: wave(24, 1), noise: wave(36, 2) }
    const reports = one.fit(many, {}, { epochs: 2, shuffle: false })
    for (const { loss, losses } of reports) {
      const sums = { critic: 0, forger: 0 }
      for (let batch = 0; batch < 3; batch++) {
        const part = {
          real: many.real.subarray(8 * batch, 8 * batch + 8),
          noise: many.noise.subarray(12 * batch, 12 * batch + 12),
        }
        for (const name of ['critic', 'forger'] as const) sums[name] += other.step(part, {}, name)
      }
      expect(Object.keys(losses)).toEqual(['critic', 'forger'])
      expect(loss).toBe(losses.critic)
      expect(losses.critic).toBeCloseTo(sums.critic / 3, 12)
      expect(losses.forger).toBeCloseTo(sums.forger / 3, 12)
    }
    expect(parametersOf(one)).toEqual(parametersOf(other))
  })

  it('validates the first, and patience goes by that', async () => {
    const create = await severalOf(rivals('', `${objectives}${train.replace('batch: 4', 'batch: 4, patience: 2')}`))
    const trainer = create()
    const validation = { x: { real: wave(4, 7), noise: wave(6, 8) }, y: {} }
    const reports = trainer.fit(x, {}, { epochs: 30, validation } as never)
    expect(reports.length).toBeLessThan(30)
    expect(Math.min(...reports.map(({ validationLoss }) => validationLoss!))).toBe(
      trainer.loss(validation.x, {}, 'critic'),
    )
  })

  it('draws new noise in each step, by the count of all', async () => {
    const spec = `
name: noisy
inputs: { a: 3 }
targets: {}
parameters: { v: 3, w: 3 }
equations:
  - ℓ = sum((a + normal(a) - v)^2)
  - k = sum((a + normal(a) - w)^2)
output: a
objectives: { first: { loss: ℓ, trains: [v] }, second: { loss: k, trains: [w] } }
train: { batch: 2, optimizer: { sgd: 1.0e-9 } }`
    const create = await severalOf(spec)
    const [one, other] = [create({ seed: 1 }), create({ seed: 1 })]
    const a = wave(6, 3)
    const [report] = one.fit(a as never, {}, { epochs: 1, shuffle: false })
    const steps = ['first', 'second'].map((name) => other.step(a as never, {}, name))
    expect(Object.values(report!.losses)).toEqual(steps)
    expect(other.step(a as never, {}, 'second')).not.toBe(steps[1])
  })
})

describe('learning rates', () => {
  it('are multiplied by one factor: by the schedule, and by whoever sets the first', async () => {
    const spec = (schedule: string) => `
inputs: { a: scalar }
targets: {}
parameters: { v: scalar, w: scalar }
equations: ['ℓ = v + 0 * a', 'k = w + 0 * a']
output: a
objectives:
  first: { loss: ℓ, trains: [v], optimizer: { sgd: 0.5 } }
  second: { loss: k, trains: [w], optimizer: { sgd: 0.125 } }
train: { batch: 1, ${schedule} }`
    const trainer = (await severalOf(`name: rates${spec('schedule: { exponential: 0.5 }')}`))()
    const moved = (name: string, objective: string) => {
      const before = trainer.parameters[name]![0]!
      trainer.step([0] as never, {}, objective)
      return before - trainer.parameters[name]![0]!
    }
    expect(trainer.learningRate).toBe(0.5)
    expect(moved('v', 'first')).toBeCloseTo(0.5, 14)
    expect(moved('w', 'second')).toBeCloseTo(0.125, 14)
    trainer.nextEpoch()
    expect(moved('v', 'first')).toBeCloseTo(0.25, 14)
    expect(moved('w', 'second')).toBeCloseTo(0.0625, 14)
    trainer.learningRate = 2
    expect(moved('w', 'second')).toBeCloseTo(0.5, 14)
  })

  it('of 0 can be no measure of others', async () => {
    await expectMarked(
      `name: zero
inputs: { a: 1 }
targets: {}
parameters: { v: 1, w: 1 }
equations: ['ℓ = sum(v .* a)', 'k = sum(w .* a)']
output: a
objectives:
  first: «{ loss: ℓ, trains: [v], optimizer: { sgd: 0 } }»
  second: { loss: k, trains: [w] }
`,
      ['out-of-range', 'has a learning rate of 0'],
    )
  })
})

describe('what is trained twice, and lies apart', () => {
  const spec = `
name: apart
inputs: { a: 3 }
targets: { y: 3 }
parameters: { u: 3, v: [3, 3], w: 3 }
equations:
  - p = u .* a + v * a + w
  - ℓ = mean((p - y)^2)
  - k = mean(abs(p - y))
output: p
objectives:
  outer: { loss: ℓ, trains: [u, w], optimizer: { adamw: { learningRate: 0.02, weightDecay: 0.1 } }, clip: { norm: 0.3 } }
  inner: { loss: k, trains: [v, w], optimizer: { nadam: { learningRate: 0.01, weightDecay: { weights: 0.2 } } } }
train: { batch: 4 }`
  const data = [{ a: wave(12, 1) }, { y: wave(12, 6) }].map((record) => Object.values(record)[0]!) as never[]

  it('has a state of its own for each, in files by its name', async () => {
    const trainer = (await severalOf(spec))()
    for (let k = 0; k < 3; k++) {
      trainer.step(data[0]!, data[1]!, 'outer')
      if (k > 0) trainer.step(data[0]!, data[1]!, 'inner')
    }
    const { tensors } = contentOf(trainer.save())
    const names = Object.keys(tensors).filter((name) => name.startsWith('optimizer.'))
    expect(names.filter((name) => !name.startsWith('optimizer.inner')).map((name) => name.slice(16))).toEqual([
      'mean.u',
      'mean.w',
      'square.u',
      'square.w',
      't.u',
      't.w',
    ])
    expect(names).toContain('optimizer.inner.momentumProduct.v')
    expect([...tensors['optimizer.outer.t.w']!, ...tensors['optimizer.inner.t.w']!]).toEqual([3, 2])
  })

  it('goes on to the same bits after load', async () => {
    const create = await severalOf(spec)
    const [one, other] = [create({ seed: 5 }), create({ seed: 9 })]
    one.fit(data[0]!, data[1]!, { epochs: 3 })
    other.load(one.save())
    one.fit(data[0]!, data[1]!, { epochs: 3 })
    other.fit(data[0]!, data[1]!, { epochs: 3 })
    expect(other.save()).toEqual(one.save())
  })

  it('takes the state of objectives with the same optimizer alone, and the rate if the first has it', async () => {
    const one = (await severalOf(spec))()
    one.fit(data[0]!, data[1]!, { epochs: 3 })
    one.learningRate = 0.5
    const state = (trainer: Several, name: string) =>
      Object.entries(contentOf(trainer.save()).tensors)
        .filter(([tensor]) => tensor.startsWith(`optimizer.${name}.`))
        .map(([, values]) => [...values])
    for (const [from, to, kept, lost] of [
      ['nadam', 'adam', 'outer', 'inner'],
      ['adamw', 'radam', 'inner', 'outer'],
    ] as const) {
      const word = to === 'radam' ? 'rmsprop' : to
      const other = (await severalOf(spec.replace(from, word)))()
      other.load(one.save())
      expect(state(other, kept)).toEqual(state(one, kept))
      expect(new Set(state(other, lost).flat())).toEqual(new Set([0]))
      expect(other.learningRate).toBe(kept === 'outer' ? 0.5 : 0.02)
    }
  })
})

test('what goes by the first objective starts afresh where a file has another first', async () => {
  const spec = (objectives: string) => `
name: waiting
inputs: { a: 2 }
targets: {}
networks: { N: { input: 2, layers: [linear: 3, tanh, linear: 1] } }
equations: ['p = N(a)', 'l = (p - sum(a))^2', 'k = 0.001 * l']
output: p
${objectives}
train: { batch: 8, optimizer: { sgd: 0.05 }, patience: 3, epochs: 2 }`
  const small = 'small: { loss: k, trains: [N], optimizer: { adam: 0.001 } }'
  const big = 'big: { loss: l, trains: [N] }'
  const a = wave(16, 1) as never
  const [one] = (await Promise.all(
    [`objectives: { ${small}, ${big} }`, `objectives: { ${big}, ${small} }`].map((text) => severalOf(spec(text))),
  )) as [Awaited<ReturnType<typeof severalOf>>]
  const trainer = one()
  trainer.fit(a, {}, { epochs: 2 })
  const file = trainer.save()
  for (const text of [
    `objectives: { ${big}, ${small} }`,
    `objectives: { ${big} }`,
    `objectives: { ${small} }`,
    'loss: l',
  ]) {
    const other = (await severalOf(spec(text)))()
    other.load(file)
    const { numbers, tensors } = contentOf(other.save())
    const isSame = text === `objectives: { ${small} }`
    expect(Number.isFinite(numbers.bestLoss), text).toBe(isSame)
    expect(tensors['best.N.linear0.weight']!.some(Boolean), text).toBe(isSame)
  }
})

test('a first learning rate of 0 can be set', async () => {
  const trainer = (
    await severalOf(`
name: still
inputs: { a: 2 }
targets: {}
parameters: { v: 2 }
equations: ['l = sum((v - a)^2)']
output: a
objectives: { one: { loss: l, trains: [v], optimizer: { sgd: 0 } } }
train: { batch: 2 }`)
  )()
  const a = wave(4, 1) as never
  const start = trainer.step(a, {})
  expect(trainer.loss(a, {})).toBe(start)
  trainer.learningRate = 0.1
  trainer.step(a, {})
  expect(trainer.loss(a, {})).toBeLessThan(start)
})

test('statistics of a network follow the steps of the objectives that train it', async () => {
  const trainer = (
    await severalOf(`
name: norms
inputs: { a: 3 }
targets: {}
networks:
  F: { input: 3, layers: [{ linear: 2 }, batchNorm] }
  H: { input: 3, layers: [{ linear: 2 }, batchNorm] }
equations: ['ℓ = sum(F(a)^3)', 'k = sum((H(a) - F(a))^2)']
output: a
objectives: { first: { loss: ℓ, trains: [F] }, second: { loss: k, trains: [H] } }
train: { batch: 4 }`)
  )()
  const before = (name: string) => [...trainer.buffers[`${name}.batchNorm0.running_mean`]!]
  const [F, H] = [before('F'), before('H')]
  trainer.step(wave(12, 1) as never, {}, 'first')
  expect(before('F')).not.toEqual(F)
  expect(before('H')).toEqual(H)
  const after = before('F')
  trainer.step(wave(12, 2) as never, {}, 'second')
  expect(before('F')).toEqual(after)
  expect(before('H')).not.toEqual(H)
})

test('metrics are told of any, and losses without what they read', async () => {
  const trainer = (
    await severalOf(`
name: told
inputs: { a: 2, b: 2 }
targets: {}
parameters: { v: 2, w: 2 }
equations: ['ℓ = sum((v - a)^2)', 'k = sum((w - b)^2)', 's = sum(b)']
output: a
objectives: { first: { loss: ℓ, trains: [v] }, second: { loss: k, trains: [w] } }
metrics: { e: s }
train: { batch: 4 }`)
  )()
  const [a, b] = [wave(4, 1), wave(4, 2)]
  expect(trainer.loss({ a }, {})).toBeGreaterThan(0)
  expect(() => trainer.evaluate({ a }, {})).toThrow(/b: a flat array/)
  const mean = (b[0]! + b[1]! + b[2]! + b[3]!) / 2
  for (const name of ['first', 'second']) {
    const { loss, e } = trainer.evaluate({ a, b }, {}, name)
    expect(loss).toBe(trainer.loss({ a, b }, {}, name))
    expect(e).toBeCloseTo(mean, 14)
  }
  expect(trainer.fit({ a, b }, {}, { epochs: 1 })[0]).toMatchObject({ metrics: { e: expect.closeTo(mean, 14) } })
})

test('where one has a normalizer the others are divided by the number of samples', async () => {
  const trainer = (
    await severalOf(`
name: divided
inputs: { a: 2, m: scalar }
targets: {}
parameters: { v: 2, w: 2 }
equations: ['d = sum((v - a)^2)', 'ℓ = m * d', 'k = sum((w - a)^2)']
output: a
objectives:
  first: { loss: ℓ, normalizer: m, trains: [v] }
  second: { loss: k, trains: [w] }
train: { batch: 2 }`)
  )()
  const a = wave(6, 1)
  const m = [0, 3, 1]
  const of = (name: 'v' | 'w') =>
    m.map((_, k) => [0, 1].reduce((sum, at) => sum + (trainer.parameters[name]![at]! - a[2 * k + at]!) ** 2, 0))
  const [d, k] = [of('v'), of('w')]
  expect(trainer.loss({ a, m }, {})).toBeCloseTo((3 * d[1]! + d[2]!) / 4, 12)
  expect(trainer.loss({ a }, {}, 'second')).toBeCloseTo((k[0]! + k[1]! + k[2]!) / 3, 12)
  const [report] = trainer.fit({ a, m }, {}, { epochs: 1, shuffle: false })
  expect(report!.losses.first).toBe(report!.loss)
})

test('the module says what a trainer takes, and passes the strictest check', async () => {
  const network = await load(rivals('', objectives + train))
  const { text } = await compile(network, 'rivals.net.yaml')
  expect(text).toContain('step(x: Inputs, y: Targets, objective?: ObjectiveName): number')
  expect(text).toContain("objectives: ['critic', 'forger']")
  expect(text).toContain(
    [
      'type Inputs = {',
      '  /** 2 numbers a sample. */',
      '  readonly real?: ArrayLike<number> | undefined',
      '  /** 3 numbers a sample. */',
      '  readonly noise: ArrayLike<number>',
      '}',
    ].join('\n'),
  )
  expect(strictMistakes([['rivals.ts', text]])).toBe('')
})

test('a parameter that no objective trains is warned of, and isn’t trained', async () => {
  const spec = rivals('', `objectives: { critic: { loss: d, trains: [D] } }\n${train}`)
  const { warnings } = await load(spec)
  expect(warnings.map(({ message }) => message)).toEqual([
    "G isn't trained: none of the objectives that depend on it trains it",
    'nothing uses g: neither the output nor the loss depends on it',
  ])
  const trainer = (await severalOf(spec))()
  expect(Object.keys(trainer.gradients).every((name) => name.startsWith('D.'))).toBe(true)
})

test('a mistake in an optimizer is told once', async () => {
  await expectMarked(
    `name: twice
inputs: { a: 2 }
targets: {}
parameters: { v: 2 }
equations: ['l = sum((v - a)^2)']
output: a
objectives: { one: { loss: l, trains: [v], optimizer: { «sgd»: { nesterov: true } } } }`,
    ['out-of-range', 'takes nesterov only with a momentum over 0'],
  )
})

describe('mistakes are told where they are', () => {
  const parts = `name: wrong
inputs: { a: 1 }
targets: {}
parameters: { v: 1, w: 1 }
equations: ['ℓ = sum(v .* w .* a)']
output: a
`
  const z = 'objectives: { one: { loss: ℓ, trains: [v]'
  it.each([
    ['objectives: { «1st»: { loss: ℓ, trains: [v, w] } }', 'invalid-name'],
    ['objectives: { one: { loss: «k», trains: [v] } }', 'unknown-name'],
    ['objectives: { one: { loss: ℓ, trains: [v, «v»] } }', 'name-clash'],
    ['objectives: { one: { loss: ℓ, trains: [«z»] } }', 'unknown-name'],
    ['objectives: { one: { loss: «v», trains: [v] } }', 'shape'],
    ['objectives: { one: { loss: ℓ, trains: «[]» } }', 'out-of-range'],
    [`${z}, normalizer: «v» } }`, 'shape'],
    [`${z}, optimizer: { «adm»: 0.1 } } }`, 'unknown-word'],
    ['objectives: «{}»', 'missing-key'],
    [`${z} } }\n«loss»: ℓ`, 'unknown-key'],
    ['objectives: { α: { loss: ℓ, trains: [v, w] }, «alpha»: { loss: ℓ, trains: [v] } }', 'name-clash'],
  ] as const)('%s', async (text, code) => {
    await expectMarked(parts + text, [code])
  })
})
