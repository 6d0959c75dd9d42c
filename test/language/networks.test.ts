import { describe, expect, it, test } from 'vitest'
import { verify } from '../../src/verify/verify.ts'
import { emitted, instantiate, type Trainer } from '../support/emitted.ts'
import { diagnose, expectMarked, load } from './marked.ts'

const samples = 6
const data = (size: number, seed = 1) =>
  Float64Array.from({ length: samples * size }, (_, k) => Math.sin(seed + 1.7 * k) + 0.3 * Math.cos(k * k))

const train = { batch: samples, optimizer: 'adam' }
const emit = { precision: 'f64' }

const bySpec = (spec: object) => emitted(JSON.stringify({ name: 'net', train, emit, ...spec }))

/** A network of layers, as a function of equations. */
const called = (layers: readonly unknown[], input: unknown = 4, init?: string) => ({
  inputs: { x: input },
  targets: { y: 2 },
  networks: { u: { input, layers, ...(init ? { init } : {}) } },
  equations: ['p = u(x)', 'ℓ = mse(p, y)'],
  output: 'p',
  loss: 'ℓ',
})

/** Everything that a trainer has, without the network's name. */
const tensorsOf = ({ parameters, buffers, gradients }: Trainer, prefix = '') =>
  Object.fromEntries(
    Object.entries({ parameters, buffers, gradients }).flatMap(([kind, views]) =>
      Object.entries(views).map(([name, view]) => [`${kind} ${name.replace(prefix, '')}`, [...view]]),
    ),
  )

describe('a network that equations call once', () => {
  const linear = { linear: 2 }
  it.each<[string, unknown[], unknown?, string?]>([
    ['of layers', [{ linear: 5 }, 'tanh', linear]],
    ['with masks', [{ linear: 5 }, { dropout: 0.4 }, 'relu', { dropout: 0.2 }, linear]],
    ['with a start of its own', [{ linear: { units: 5, init: 'glorotNormal' } }, 'tanh', linear]],
    ['with running statistics', [{ linear: 5 }, 'batchNorm', 'tanh', linear]],
    ['that a batch starts', [{ linear: 5 }, 'actNorm', 'tanh', linear]],
    ['whose weights a batch starts', [{ linear: 5 }, 'tanh', linear], 4, 'lsuv'],
    ['whose weights start by their place', [{ residual: [{ linear: 4 }, 'relu', { linear: 4 }] }, linear], 4, 'fixup'],
    ['with other axes', [{ conv1d: { channels: 3, kernel: 2 } }, 'flatten', linear], [2, 4]],
    ['that is recurrent', [{ gru: 3 }, linear], [3, 2]],
    ['frozen in part', [{ linear: 5, frozen: true }, 'tanh', linear]],
  ])('%s is that network of layers', async (_, layers, input = 4, init) => {
    const size = [input].flat().reduce<number>((product, length) => product * (length as number), 1)
    const one = await bySpec(called(layers, input, init))
    const other = await bySpec({ input, layers, loss: 'mse', ...(init ? { init } : {}) })
    const trainers = [one, other].map((module) => module.createTrainer({ seed: 7 }))
    for (const trainer of trainers)
      for (let step = 0; step < 3; step++) trainer.step(data(size, step), data(2, step + 0.5))
    const [ours, theirs] = trainers
    expect(tensorsOf(ours!, 'u.')).toEqual(tensorsOf(theirs!))
    expect([...ours!.predict(data(size))]).toEqual([...theirs!.predict(data(size))])
    expect(ours!.loss(data(size), data(2))).toBe(theirs!.loss(data(size), data(2)))
  })

  it('takes class numbers from an input', async () => {
    const input = { shape: 3, index: 5 }
    const layers = [{ embedding: 4 }, 'flatten', { linear: 2 }]
    const trainer = (await bySpec(called(layers, input))).createTrainer()
    const x = Array.from({ length: samples * 3 }, (_, k) => k % 5)
    const before = trainer.loss(x, data(2))
    for (let step = 0; step < 20; step++) trainer.step(x, data(2))
    expect(trainer.loss(x, data(2))).toBeLessThan(before)
    expect(trainer.parameters['u.embedding0.weight']).toHaveLength(20)
  })

  it('takes one class number where its input is [1]', async () => {
    const layers = [{ embedding: 4 }, 'flatten', { linear: 2 }]
    const { parameters } = await load(
      JSON.stringify({ ...called(layers, { shape: 1, index: 5 }), inputs: { x: { shape: 'scalar', index: 5 } } }),
    )
    expect(parameters.map(({ name, shape }) => [name, shape])).toContainEqual(['u.embedding0.weight', [5, 4]])
  })

  it('gives a scalar where its output is [1], and takes one where its input is', async () => {
    const {
      outputs: [output],
    } = await load(`
inputs: { x: scalar }
targets: { y: scalar }
networks: { u: { input: 1, layers: [{ linear: 3 }, tanh, { linear: 1 }] } }
equations: ['p = u(x) * x', 'ℓ = (p - y)^2']
output: p
loss: ℓ`)
    expect(output.shape).toEqual(['batch'])
  })
})

describe('a network that is called twice', () => {
  const twice = (layers: readonly unknown[], more: object = {}) => ({
    inputs: { a: 4, b: 4 },
    targets: { y: scalar },
    networks: { u: { input: 4, layers } },
    equations: ['p = u(a)', 'q = u(b)', 'd = sum((p - q)^2)', 'ℓ = (d - y)^2'],
    output: 'd',
    loss: 'ℓ',
    ...more,
  })
  const scalar = 'scalar'
  const inputs = { a: data(4, 1), b: data(4, 2) }

  test('has each weight once, and its gradient from both calls', async () => {
    const text = JSON.stringify({ name: 'twins', train, ...twice([{ linear: 5 }, 'tanh', { linear: 2 }]) })
    const network = await load(text)
    expect(network.parameters.map(({ name }) => name)).toEqual([
      'u.linear0.weight',
      'u.linear0.bias',
      'u.linear1.weight',
      'u.linear1.bias',
    ])
    const { checks } = await verify(network, 'twins.net.json', { instantiate })
    expect(checks.filter(({ differences }) => differences.length > 0)).toEqual([])
  })

  test('draws masks of its own for each call', async () => {
    const trainer = (await bySpec(twice([{ dropout: 0.5 }]))).createTrainer()
    const same = { a: inputs.a, b: inputs.a }
    expect([...trainer.predict(same)]).toEqual(Array.from({ length: samples }, () => 0))
    // Where both masks were one, d would be 0.
    expect(trainer.gradient(same, new Float64Array(samples))).toBeGreaterThan(0)
  })

  test('has running statistics take the calls in order', async () => {
    const { createTrainer } = await bySpec(twice(['batchNorm']))
    const trainer = createTrainer()
    trainer.step(inputs, new Float64Array(samples))
    const meanOf = (values: Float64Array, k: number) => {
      const own = values.filter((_, index) => index % 4 === k)
      return own.reduce((sum, value) => sum + value, 0) / samples
    }
    const expected = [0, 1, 2, 3].map((k) => 0.9 * (0.1 * meanOf(inputs.a, k)) + 0.1 * meanOf(inputs.b, k))
    trainer.buffers['u.batchNorm0.running_mean']!.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 14))
  })

  test.each(['actNorm', 'lsuv'])('starts by the first call: %s', async (word) => {
    const layers = word === 'lsuv' ? [{ linear: 3 }, 'tanh', { linear: 2 }] : ['actNorm', { linear: 2 }]
    const init = word === 'lsuv' ? 'lsuv' : 'heUniform'
    const networks = { u: { input: 4, layers, init } }
    const trainer = (await bySpec(twice(layers, { networks }))).createTrainer({ seed: 3 })
    const alone = (await bySpec({ ...called(layers), networks })).createTrainer({ seed: 3 })
    trainer.initialize(inputs)
    alone.initialize(inputs.a)
    expect(tensorsOf(trainer)).toEqual(tensorsOf(alone))
  })

  test('starts another network by what the second call gives', async () => {
    const trainer = (
      await bySpec(
        twice([], {
          networks: { u: { input: 4, layers: ['actNorm', 'tanh'] }, k: { input: 4, layers: ['actNorm'] } },
          equations: ['p = u(a)', 'q = k(u(b))', 'd = sum((p - q)^2)', 'ℓ = (d - y)^2'],
        }),
      )
    ).createTrainer()
    trainer.initialize(inputs)
    const of = (name: string) => trainer.parameters[name]!
    const hidden = inputs.b.map((value, index) =>
      Math.tanh(of('u.actNorm0.weight')[index % 4]! * value + of('u.actNorm0.bias')[index % 4]!),
    )
    for (let k = 0; k < 4; k++) {
      const result = hidden
        .filter((_, index) => index % 4 === k)
        .map((value) => of('k.actNorm0.weight')[k]! * value + of('k.actNorm0.bias')[k]!)
      const mean = result.reduce((sum, value) => sum + value, 0) / samples
      const square = result.reduce((sum, value) => sum + value * value, 0) / samples
      expect(mean).toBeCloseTo(0, 12)
      expect(square).toBeCloseTo(1, 12)
    }
  })
})

describe('derivatives through networks', () => {
  const layersOf: readonly (readonly [string, readonly unknown[], unknown?])[] = [
    ['linear layers', [{ linear: 4 }, 'tanh', { linear: 4 }, 'silu', { linear: 1 }]],
    ['masks', [{ linear: 6 }, 'tanh', { dropout: 0.5 }, { linear: 1 }]],
    ['what a batch starts', [{ linear: 4 }, 'actNorm', 'tanh', { linear: 1 }]],
    ['layerNorm', [{ linear: 4 }, 'layerNorm', { linear: 1 }]],
    ['a recurrence', [{ reshape: [2, 1] }, { gru: 1 }, { linear: 1 }]],
    ['residual layers', [{ residual: [{ linear: 2 }, 'sin'] }, { linear: 1 }]],
  ]
  test.each(layersOf)('through %s, checked by differences', async (_, layers) => {
    const network = await load(
      JSON.stringify({
        name: 'pde',
        inputs: { x: 'scalar', t: 'scalar' },
        targets: {},
        networks: { u: { input: 2, layers } },
        equations: [
          's = x * 2',
          'v = u(concat(s, t))',
          'vx = derivative(v, x)',
          'vs = derivative(v, s)',
          'vxx = derivative(vx, x)',
          'ℓ = (vxx + vs)^2 + derivative(v, t)^2',
        ],
        output: 'v',
        loss: 'ℓ',
      }),
    )
    const { checks } = await verify(network, 'pde.net.json', { instantiate })
    expect(checks.filter(({ differences }) => differences.length > 0)).toEqual([])
  })

  const own = (layers: readonly unknown[], equations: readonly string[], more: object = {}) => ({
    inputs: { x: 3 },
    targets: {},
    networks: { u: { input: 3, layers } },
    equations,
    output: 'p',
    loss: 'ℓ',
    ...more,
  })

  test('has the masks of its forward pass', async () => {
    // A linear function of w: v = w ∂v/∂w, with one mask on both sides.
    const module = await bySpec(
      own(
        [{ dropout: 0.5 }, { linear: 1 }],
        ['w = 1 * x', 'p = sum(x)', 'v = u(w)', 'b = u(0 * w)', 'ℓ = (v - dot(derivative(v, w), w))^2'],
      ),
    )
    const trainer = module.createTrainer()
    trainer.parameters['u.linear0.bias']!.fill(0)
    expect(trainer.gradient(data(3), [])).toBeLessThan(1e-28)
  })

  test('is refused through the mean of a batch, at its place', async () => {
    await expectMarked(
      `
inputs: { x: 3 }
targets: {}
networks: { u: { input: 3, layers: [batchNorm, { linear: 1 }] } }
equations:
  - v = u(x)
  - g = «derivative(v, x)»
  - ℓ = dot(g, g)
output: v
loss: ℓ`,
      ['formula', 'it would run through the mean of a batch', 'layerNorm'],
    )
  })

  test('warns of what has no second derivative', async () => {
    const { warnings } = await load(`
inputs: { x: scalar }
targets: {}
networks: { u: { input: 1, layers: [{ linear: 4 }, relu, { linear: 1 }] } }
equations: ['v = u(x)', 'd = derivative(v, x)', 'dd = derivative(d, x)', 'ℓ = dd^2 + v^2']
output: v
loss: ℓ`)
    expect(warnings.map(({ message }) => message)).toEqual([
      "the second derivative of relu is 0, so a derivative of this order doesn't see it",
    ])
  })
})

describe('names', () => {
  const spec = (networks: string, equations: string, rest = '') => `
inputs: { x: 2 }
targets: { y: scalar }
networks: ${networks}
equations: ${equations}
output: p
loss: ℓ${rest}`
  const u = '{ u: { input: 2, layers: [{ linear: 1 }] } }'

  test('of networks are no values', () =>
    expectMarked(spec(u, '\n  - «u» = sum(x)\n  - p = u(x)\n  - ℓ = (p - y)^2'), [
      'name-clash',
      "'u' is already defined",
    ]))
  test('of networks are functions alone', () =>
    expectMarked(spec(u, '\n  - p = «u» * 2\n  - ℓ = (p - y)^2'), ['unknown-name', "no value is called 'u'"]))
  test('of networks are no words of formulas', () =>
    expectMarked(
      spec('{ «tanh»: { input: 2, layers: [{ linear: 1 }] } }', "['p = sum(x)', 'ℓ = (p - y)^2']", '\nparameters: {}'),
      ['invalid-name'],
    ))
  test('are those of the networks alone', () =>
    expectMarked(spec('{ u: { input: 2, layers: [{ linear: 1 }], «loss»: mse } }', "['p = u(x)', 'ℓ = (p - y)^2']"), [
      'unknown-key',
    ]))
  test('of shapes', () =>
    expectMarked(spec(u, '\n  - p = «u(sum(x))»\n  - ℓ = (p - y)^2'), ['shape', 'u takes [2], got []', 'concat']))
  test('of counts', () =>
    expectMarked(spec(u, '\n  - p = «u(x, x)»\n  - ℓ = (p - y)^2'), ['formula', 'u takes 1 argument, got 2']))
  test('of layers that don’t fit, told once', () =>
    expectMarked(
      spec(
        '{ u: { input: 2, layers: [{ «conv2d»: { channels: 1, kernel: 2 } }] } }',
        "['p = sum(u(x)) + sum(u(x))', 'ℓ = (p - y)^2']",
      ),
      ['shape', 'conv2d'],
    ))
  test('of layers that are misspelt, without what follows from it', () =>
    expectMarked(spec('{ u: { input: 2, layers: [{ «linaer»: 1 }] } }', "['p = u(x)', 'ℓ = (p - y)^2']"), [
      'unknown-word',
    ]))

  test('of what nothing calls or trains, warned of', async () => {
    const one = '{ input: 2, layers: [{ linear: 1 }] }'
    const equations = "['p = u(x) + g(x)', 'ℓ = (u(x) - y)^2']"
    const { warnings } = await load(spec(`{ u: ${one}, k: ${one}, g: ${one} }`, equations))
    expect(warnings.map(({ message }) => message)).toEqual([
      'nothing calls k',
      "g isn't trained: the loss doesn't depend on it",
    ])
  })
  test('of what is frozen altogether', async () => {
    const found = await diagnose(
      spec('{ u: { input: 2, layers: [{ linear: 1, frozen: true }] } }', "['p = u(x)', 'ℓ = (p - y)^2']"),
    )
    expect(found.map(({ message }) => message)).toEqual(['every parameter is frozen, so that nothing is left to train'])
  })
})
