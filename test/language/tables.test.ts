import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { broadcast, constant, input, uniform } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { activations, type Activation } from '../../src/language/words/activations.ts'
import { initializers, type InitialValue } from '../../src/language/words/initializers.ts'
import { losses, type Loss } from '../../src/language/formulas/losses.ts'
import type { Schedule, ScheduleCall } from '../../src/language/words/schedules.ts'
import { keys, type Rows } from '../../src/language/words/word.ts'
import { load } from './marked.ts'

interface Answers {
  readonly x: number[]
  readonly activations: Record<string, { value: number[]; derivative: number[] }>
  readonly losses: {
    readonly prediction: number[][]
    readonly classes: number[]
    readonly probabilities: number[][]
    readonly targets: number[][]
    readonly rows: Record<string, { loss: number; gradient: number[] }>
  }
  readonly optimizers: { start: number[]; gradients: number[][]; rows: Record<string, number[][]> }
}

/** PyTorch 1.13's answers in float64, at kinks and far out. */
const pytorch = JSON.parse(readFileSync(new URL('pytorch.json', import.meta.url), 'utf8')) as Answers

const activationRows = Object.entries<Activation>(activations)
const lossRows: Rows<Loss> = losses

function expectClose(actual: ArrayLike<number>, expected: readonly number[], relative = 1e-12, absolute = 1e-15): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, index) => {
    const error = Math.abs(actual[index]! - value)
    if (!(error <= relative * Math.abs(value) + absolute)) expect([index, actual[index]]).toEqual([index, value])
  })
}

/** Where PyTorch's own answer is further off: it takes x for softplus(x) from 20 on, and 1/6 from single precision. */
const tolerances: Readonly<Record<string, number>> = { softplus: 1e-8, mish: 1e-8, hardSigmoid: 1e-7 }

/** A value and the derivative of its sum with respect to x. */
function valueAndDerivative(x: readonly number[], shape: readonly number[], apply: (x: Node) => Node) {
  const node = input(new Interner(), 'x', ['batch', ...shape])
  const y = apply(node)
  const seed = broadcast(constant(node.graph, 1), y.shape, [])
  const derivative = differentiate(y, seed, [node]).get(node)!
  const batch = x.length / shape.reduce((a, b) => a * b, 1)
  return evaluate([y, derivative], { batch, inputs: { x } }) as [Float64Array, Float64Array]
}

/** `elu(0.7)` to the row and its settings. */
function parseCall(call: string): { word: string; settings: number[] } {
  const [, word, numbers] = /^(\w+)(?:\((.*)\))?$/.exec(call)!
  return { word: word!, settings: numbers === undefined ? [] : numbers.split(',').map(Number) }
}

describe('activations', () => {
  for (const [call, { value, derivative }] of Object.entries(pytorch.activations))
    it(`${call} has PyTorch's values and derivatives, kinks included`, () => {
      const { word, settings } = parseCall(call)
      const row = activationRows.find(([name]) => name === word)![1]
      const given = row.arguments.parse(row.first && settings.length > 0 ? { [row.first]: settings[0] } : {})
      const [y, slope] = valueAndDerivative(pytorch.x, [], (x) => row.apply(x, given))
      expectClose(y, value, tolerances[word], 1e-14)
      // PyTorch says 3/2 or 1 there, depending on the position in the tensor.
      const unclear = word === 'hardSwish' ? pytorch.x.indexOf(3) : -1
      if (unclear >= 0) expect(slope[unclear]).toBe(1.5)
      expectClose(
        slope.filter((_, index) => index !== unclear),
        derivative.filter((_, index) => index !== unclear),
        tolerances[word],
        1e-14,
      )
    })

  it('are all compared with PyTorch, but for those of other shapes', () => {
    const compared = new Set(Object.keys(pytorch.activations).map((call) => parseCall(call).word))
    expect(activationRows.map(([word]) => word).filter((word) => !compared.has(word))).toEqual([
      'exp',
      'softmax',
      'logSoftmax',
    ])
  })

  it('hide no NaN', () => {
    for (const [word, row] of activationRows) {
      const shape = row.pointwise ? [] : [1]
      const [y] = valueAndDerivative([NaN], shape, (x) => row.apply(x, row.arguments.parse({})))
      expect(y[0], word).toBeNaN()
    }
  })

  it('are finite with their derivatives anywhere up to 1e4', () => {
    const magnitude = fc.double({ min: -1e4, max: 1e4, noNaN: true })
    for (const [word, row] of activationRows.filter(([word]) => word !== 'exp'))
      fc.assert(
        fc.property(fc.array(magnitude, { minLength: 3, maxLength: 3 }), (x) => {
          const [y, slope] = valueAndDerivative(x, [3], (node) => row.apply(node, row.arguments.parse({})))
          for (const number of [...y, ...slope]) if (!Number.isFinite(number)) throw new Error(`${word}(${String(x)})`)
        }),
        { numRuns: 50 },
      )
  })

  it('softmax sums to 1 and logSoftmax is its logarithm', () => {
    const [y] = valueAndDerivative([1e4, -1e4, 9999, 0.1, 0.2, 0.3], [3], (x) => activations.softmax.apply(x))
    const [log] = valueAndDerivative([1e4, -1e4, 9999, 0.1, 0.2, 0.3], [3], (x) => activations.logSoftmax.apply(x))
    expectClose(y.slice(0, 3), [1 / (1 + Math.exp(-1)), 0, Math.exp(-1) / (1 + Math.exp(-1))])
    expect(y[3]! + y[4]! + y[5]!).toBeCloseTo(1, 14)
    expectClose(log.slice(3), [...y.slice(3)].map(Math.log))
    expect(log[1]).toBeLessThan(-19000)
  })
})

describe('losses', () => {
  const { prediction, classes, probabilities, targets, rows } = pytorch.losses
  const samples = prediction.length

  function lossAndGradient(
    loss: Loss,
    settings: Record<string, unknown>,
    p: readonly number[],
    y: readonly number[],
    row: number[],
  ) {
    const graph = new Interner()
    const given = loss.arguments.parse(settings)
    const form = loss.target(row, given)
    const z = input(graph, 'p', ['batch', ...row])
    const perSample = loss.apply(z, input(graph, 'y', ['batch', ...form.shape]), given)
    expect(perSample.shape).toEqual(['batch'])
    const seed = broadcast(constant(graph, 1 / samples), ['batch'], [])
    const gradient = differentiate(perSample, seed, [z]).get(z)!
    const [each, slope] = evaluate([perSample, gradient], { batch: samples, inputs: { p, y } })
    return { loss: each!.reduce((a, b) => a + b) / samples, gradient: slope! }
  }

  for (const [call, answer] of Object.entries(rows))
    it(`${call} has PyTorch's value and gradient at logits of ±1e4 too`, () => {
      const { word } = parseCall(call)
      const ofProbabilities = call.includes('probabilities')
      const settings = {
        ...(word === 'crossEntropy' && call.includes('0.1') ? { labelSmoothing: 0.1 } : {}),
        ...(ofProbabilities ? { targets: 'probabilities' } : {}),
        ...(call === 'huber(0.3)' ? { delta: 0.3 } : {}),
      }
      const y = ofProbabilities ? probabilities.flat() : word === 'crossEntropy' ? classes : targets.flat()
      const { loss, gradient } = lossAndGradient(lossRows[word]!, settings, prediction.flat(), y, [3])
      expectClose([loss], [answer.loss])
      expectClose(gradient, answer.gradient, 1e-12, 1e-16)
    })

  describe.each([
    ['f32', 1e-6],
    ['f64', 1e-14],
  ] as const)('logCosh in %s', (precision, tolerance) => {
    const sizes = [0, 1e-18, 3.3e-8, 1e-6, 1e-3, 0.3, 0.999, 1, 1.001, 2, 8, 20, 1e4]
    const differences = [...sizes, ...sizes.map((d) => -d)].map(precision === 'f32' ? Math.fround : Number)
    const graph = new Interner()
    const d = input(graph, 'd', ['batch'])
    const loss = losses.logCosh.apply(d, constant(graph, 0, ['batch']))
    const slope = differentiate(loss, constant(graph, 1, ['batch']), [d]).get(d)!
    const at = (d: readonly number[]) => evaluate([loss, slope], { batch: d.length, inputs: { d }, precision })

    it('has its digits, and the slope tanh d, from tiny to huge differences', () => {
      const [values, slopes] = at(differences)
      const logCosh = (d: number) => Math.abs(d) + Math.log((1 + Math.exp(-2 * Math.abs(d))) / 2)
      const expected = differences.map((d) =>
        Math.abs(d) < 0.01 ? (d * d) / 2 - d ** 4 / 12 + d ** 6 / 45 : logCosh(d),
      )
      expectClose(values!, expected, tolerance, 1e-45)
      expectClose(slopes!, differences.map(Math.tanh), tolerance)
    })

    it('goes on to infinity', () => {
      const [values, slopes] = at([-Infinity, Infinity, NaN])
      expect([...values!]).toEqual([Infinity, Infinity, NaN])
      expect([...slopes!]).toEqual([-1, 1, NaN])
    })
  })

  it('poisson is exp(p) - y p', () => {
    const { loss } = lossAndGradient(losses.poisson, {}, [0.1, 0.2, -1, 2], [1, 0, 3, 2], [])
    expectClose([loss], [(Math.exp(0.1) - 0.1 + Math.exp(0.2) + Math.exp(-1) + 3 + Math.exp(2) - 4) / 4])
  })

  it('take the mean over rows: crossEntropy of [2, 3] has two class numbers a sample', () => {
    expect(lossRows.crossEntropy!.target([2, 3], { targets: 'classes' })).toEqual({ shape: [2], below: 3 })
    expect(lossRows.crossEntropy!.target([2, 3], { targets: 'probabilities' })).toEqual({
      shape: [2, 3],
      values: 'shares',
    })
    expect(lossRows.mse!.target([2, 3], {})).toEqual({ shape: [2, 3] })
  })
})

describe('optimizers', () => {
  const { start, gradients, rows } = pytorch.optimizers
  for (const [text, expected] of Object.entries(rows))
    it(`{ ${text} } steps as PyTorch's`, async () => {
      const { train, parameters } = await load(
        `input: 2\nlayers: [linear: 2]\nloss: mse\ntrain: { optimizer: { ${text} } }`,
      )
      const { row, settings, states } = train.optimizer
      const graph = new Interner()
      const region = (name: string) => input(graph, name, ['batch'])
      const update = row.update(
        {
          parameter: region('parameter'),
          gradient: region('gradient'),
          states: Object.fromEntries(states.map((name) => [name, region(name)])),
          learningRate: uniform(graph, 'learningRate'),
          scalars: { t: uniform(graph, 't') },
          weightDecay: parameters[0]!.weightDecay,
        },
        settings,
      )
      let parameter: ArrayLike<number> = start
      let kept: Record<string, ArrayLike<number>> = Object.fromEntries(
        states.map((name) => [name, new Float64Array(start.length)]),
      )
      gradients.forEach((gradient, index) => {
        const [next, ...others] = evaluate([update.parameter, ...states.map((name) => update.states[name]!)], {
          batch: start.length,
          inputs: { parameter, gradient, ...kept },
          uniforms: { learningRate: train.learningRate, t: index + 1 },
        })
        expectClose(next!, expected[index]!, 1e-12)
        parameter = next!
        kept = Object.fromEntries(states.map((name, position) => [name, others[position]!]))
      })
    })

  it('decay all parameters, or weights alone', async () => {
    const decays = async (weightDecay: string) => {
      const { parameters } = await load(
        `input: 2\nlayers: [linear: 2]\nloss: mse\ntrain: { optimizer: { adam: { weightDecay: ${weightDecay} } } }`,
      )
      return parameters.map(({ name, weightDecay }) => [name, weightDecay])
    }
    expect(await decays('0.1')).toEqual([
      ['linear0.weight', 0.1],
      ['linear0.bias', 0.1],
    ])
    expect(await decays('{ weights: 0.1 }')).toEqual([
      ['linear0.weight', 0.1],
      ['linear0.bias', 0],
    ])
  })
})

describe('initializers', () => {
  // [out, in] = [40, 10]
  const expected: Record<string, [string, number]> = {
    zeros: ['constant', 0],
    ones: ['constant', 1],
    'constant: 0.5': ['constant', 0.5],
    uniform: ['uniform', 0.05],
    'uniform: 0.1': ['uniform', 0.1],
    normal: ['normal', 0.05],
    'normal: 2': ['normal', 2],
    truncatedNormal: ['truncatedNormal', 0.05],
    'truncatedNormal: 2': ['truncatedNormal', 2],
    heNormal: ['normal', Math.sqrt(2 / 10)],
    'heNormal: fanOut': ['normal', Math.sqrt(2 / 40)],
    'heNormal: fanAverage': ['normal', Math.sqrt(4 / (10 + 40))],
    heUniform: ['uniform', Math.sqrt(6 / 10)],
    'heUniform: { mode: fanOut }': ['uniform', Math.sqrt(6 / 40)],
    lecunNormal: ['normal', Math.sqrt(1 / 10)],
    lecunUniform: ['uniform', Math.sqrt(3 / 10)],
    glorotNormal: ['normal', Math.sqrt(2 / 50)],
    glorotUniform: ['uniform', Math.sqrt(6 / 50)],
    identity: ['identity', 10],
    orthogonal: ['orthogonal', 10],
  }
  for (const [text, [name, argument]] of Object.entries(expected))
    it(`${text} gives ${name}(${argument})`, async () => {
      const init = text.includes(':') ? `{ ${text} }` : text
      const { parameters } = await load(`input: 10\nlayers: [linear: { units: 40, init: ${init} }]\nloss: mse`)
      expect(parameters[0]!.initial.function).toBe(name)
      expect(parameters[0]!.initial.arguments[0]).toBeCloseTo(argument, 15)
      expect(parameters[1]!.initial).toEqual({ function: 'constant', arguments: [0] })
    })

  it('are all tried', () => {
    // deltaOrthogonal is for kernels: test/language/initializers.test.ts.
    const tried = new Set([...Object.keys(expected).map((text) => text.split(':')[0]), 'deltaOrthogonal'])
    expect(Object.keys(initializers).filter((word) => !tried.has(word))).toEqual([])
  })
})

describe('schedules', () => {
  it('name a run-time function and its arguments', async () => {
    const scheduled = async (text: string) =>
      (await load(`input: 2\nlayers: [linear: 2]\nloss: mse\ntrain: { schedule: ${text} }`)).train.schedule
    expect(await scheduled('{ step: { every: 10, factor: 0.5 } }')).toEqual({ function: 'step', arguments: [10, 0.5] })
    expect(await scheduled('{ step: 3 }')).toEqual({ function: 'step', arguments: [3, 0.1] })
  })

  it('take the rest of the epochs unless told', async () => {
    const scheduled = async (schedule: string) =>
      (await load(`input: 2\nlayers: [linear: 2]\nloss: mse\ntrain: { epochs: 20, schedule: ${schedule} }`)).train
        .schedule
    expect(await scheduled('polynomial')).toEqual({ function: 'polynomial', arguments: [20, 1] })
    expect(await scheduled('{ polynomial: 7 }')).toEqual({ function: 'polynomial', arguments: [7, 1] })
    const warmup = { epochs: 5, start: 0.1 }
    expect(await scheduled('{ polynomial: {}, warmup: { epochs: 5, start: 0.1 } }')).toEqual({
      ...{ function: 'polynomial', arguments: [15, 1], warmup },
    })
    expect(await scheduled('{ warmup: { epochs: 30, start: 0.1 }, oneCycle: {} }')).toMatchObject({ arguments: [1] })
  })
})

describe('rows name functions that the runtime has', () => {
  it('in schedules and initializers, or the type checker says so', () => {
    // @ts-expect-error there is no such schedule
    const call: ScheduleCall['function'] = 'triangular'
    // @ts-expect-error what the runtime keeps of the best metric is no schedule
    const other: ScheduleCall['function'] = 'isBestMetric'
    // @ts-expect-error there is no such initializer
    const initial: InitialValue['function'] = 'cauchy'
    const schedule: Schedule = {
      arguments: keys({}),
      // @ts-expect-error nor may a row of the table name one
      call: () => ({ function: 'triangular', arguments: [] }),
    }
    expect([call, other, initial, schedule]).toHaveLength(4)
  })
})
