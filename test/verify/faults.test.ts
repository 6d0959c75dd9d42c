import { afterEach, describe, expect, test } from 'vitest'
import { algebra } from '../../src/calculus/algebra.ts'
import { adjointRules } from '../../src/calculus/adjoint.ts'
import { multiply } from '../../src/graph/build.ts'
import { imaginary } from '../../src/verify/complex.ts'
import type { Trainer } from '../../src/emit/emitted.ts'
import { instantiate } from '../support/emitted.ts'
import { differencesOf, tensorsIn, verified } from './networks.ts'

/* A check that finds nothing must have been able to: each finds the fault that it is for, and says where. */

const spec = `
input: 3
layers: [linear: 4, tanh, batchNorm, linear: 2]
loss: mse
train: { batch: 4, optimizer: { sgd: { learningRate: 0.1, momentum: 0.9 } }, schedule: { exponential: { factor: 0.5 } } }`

const undo: (() => void)[] = []
afterEach(() => undo.splice(0).forEach((action) => action()))

/** Replaces a part of a table, until the test ends. */
function replaced<T extends object, K extends keyof T>(table: T, key: K, value: T[K]): void {
  const before = table[key]
  undo.push(() => Object.assign(table, { [key]: before }))
  Object.assign(table, { [key]: value })
}

/** Modules of TypeScript in double precision whose text is another. */
const corrupted = (from: RegExp, to: string) => (text: string) => {
  const isChosen = text.includes('return new Float64Array(') && !text.includes('wasmBase64')
  const changed = isChosen ? text.replace(from, to) : text
  if (isChosen && changed === text) throw new Error(`${from} isn't in the module`)
  return instantiate(changed)
}

/** Modules whose trainers are others. */
const withTrainers = (change: (trainer: Trainer, count: number) => Partial<Trainer>) => async (text: string) => {
  const module = await instantiate(text)
  let count = 0
  return {
    ...module,
    createTrainer: (options?: object): Trainer => {
      const trainer = module.createTrainer(options)
      return Object.assign(
        Object.create(Object.getPrototypeOf(trainer) as object, Object.getOwnPropertyDescriptors(trainer)) as Trainer,
        change(trainer, count++),
      )
    },
  }
}

test('nothing differs where nothing is wrong, and everything was looked at', async () => {
  const verification = await verified(spec)
  expect(differencesOf(verification)).toEqual({})
  for (const { check, compared } of verification.checks) expect(compared, check).toBeGreaterThan(10)
})

describe('a fault in a module is found by the check of its target and precision', () => {
  test('in a kernel of the gradient', async () => {
    // The adjoint of tanh, 1 - h².
    const verification = await verified(spec, { instantiate: corrupted(/\(1 - (h0 \* h0|\w+ \* \w+)\)/, '(1 + $1)') })
    const found = differencesOf(verification)
    expect(Object.keys(found)).toEqual(['typescript f64', 'complex step', 'differences'])
    expect(tensorsIn(found['typescript f64'])).toContain('linear0.weight')
    expect(tensorsIn(found['complex step'])).toEqual(['linear0.weight', 'linear0.bias'])
    expect(tensorsIn(found['differences'])).toEqual(['linear0.weight', 'linear0.bias'])
  })

  test('in the update', async () => {
    const found = differencesOf(
      await verified(spec, { instantiate: corrupted(/(const t\d+ = )0\.9 \* arena/, '$10.8 * arena') }),
    )
    expect(Object.keys(found)).toEqual(['typescript f64'])
    expect(found['typescript f64']![0]).toMatchObject({ quantity: 'after 2 steps,', tensor: 'linear0.weight' })
  })

  test.each([
    ['a metric', /(sums\[1\]! \+= )divisor \?\? elements/, '$1elements + 1', 'the metric r'],
    [
      'the Hessian times a direction',
      /run\(x, y\)\n/,
      'run(x, y)\nproducts["linear0.weight"][1] += 1e-9\n',
      'the Hessian product of',
    ],
  ])('in %s', async (_, from, to, quantity) => {
    const told = `inputs: { x: 3 }
targets: { y: scalar }
networks: { u: { input: 3, layers: [linear: 4, tanh, linear: 1] } }
equations: ['p = u(x)', 'ℓ = (p - y)^2', 'q = abs(p)']
output: p
loss: ℓ
metrics: { r: q }
emit: { hessianProduct: true }
train: { batch: 4 }`
    const found = differencesOf(
      await verified(told, { instantiate: corrupted(from, to.replace('"linear0', '"u.linear0')) }),
    )
    expect(Object.keys(found)).toEqual(['typescript f64'])
    expect(found['typescript f64']!.every((one) => one.quantity === quantity)).toBe(true)
  })

  test('in the schedule', async () => {
    const found = differencesOf(
      await verified(spec, { instantiate: corrupted(/step\(epoch, 1, 0\.5\)/, 'step(epoch, 1, 0.6)') }),
    )
    expect(found['typescript f64']![0]).toMatchObject({ quantity: 'the learning rate of epoch 1', expected: 0.05 })
  })

  test('in start values', async () => {
    const found = differencesOf(await verified(spec, { instantiate: corrupted(/, seed, 4\)/, ', seed, 7)') }))
    expect(found['typescript f64']!.map(({ quantity }) => quantity)).toContain('the start of')
  })

  test('in running statistics', async () => {
    const found = differencesOf(
      await verified(spec, { instantiate: corrupted(/= 0\.9 \* arena\[i0/, '= 0.7 * arena[i0') }),
    )
    expect(tensorsIn(found['typescript f64'])[0]).toBe('batchNorm0.running_mean')
  })
})

test('a wrong rule of the chain rule, which modules and interpreter share, is found by slopes', async () => {
  const { tanh } = adjointRules
  replaced(adjointRules as { tanh: typeof tanh }, 'tanh', (δ, h, pullBack) => [
    multiply(1.001, tanh(δ, h, pullBack)[0]!),
  ])
  const found = differencesOf(await verified(spec))
  expect(Object.keys(found)).toEqual(['complex step', 'differences'])
  expect(tensorsIn(found['complex step'])).toEqual(['linear0.weight', 'linear0.bias'])
  const [first] = found['complex step']!
  expect(first!.actual / first!.expected).toBeCloseTo(1.001, 9)
  expect(first!.index).toHaveLength(2)
})

test('so it is in a network of many parameters, to the number', async () => {
  const { sigmoid } = adjointRules
  replaced(adjointRules as { sigmoid: typeof sigmoid }, 'sigmoid', (δ, h, pullBack) => [
    multiply(0.5, sigmoid(δ, h, pullBack)[0]!),
  ])
  const found = differencesOf(
    await verified('input: 12\nlayers: [linear: 15, sigmoid, linear: 9]\nloss: mse\ntrain: { batch: 4 }'),
  )
  expect(tensorsIn(found['complex step'])).toEqual(['linear0.weight', 'linear0.bias'])
  const [first] = found['complex step']!
  expect(first).toMatchObject({ quantity: 'the gradient by', tensor: 'linear0.weight' })
  expect(first!.actual / first!.expected).toBeCloseTo(0.5, 9)
})

test('a wrong rule of the simplifier is found beside the graph as built', async () => {
  const rules = algebra as { equation: string; apply: (typeof algebra)[number]['apply'] }[]
  const wrong = {
    equation: 'x - a b = x',
    apply: (node: Parameters<(typeof algebra)[number]['apply']>[0]) =>
      node.op === 'subtract' && node.inputs[1].op === 'multiply' ? node.inputs[0] : null,
  }
  rules.push(wrong)
  undo.push(() => void rules.splice(rules.indexOf(wrong), 1))
  const found = differencesOf(await verified(spec))
  expect(Object.keys(found)).toContain('simplification')
  expect(Object.keys(found)).toContain('typescript f64')
})

test('a wrong complex function is no fault of differences', async () => {
  replaced(imaginary as { tanh: typeof imaginary.tanh }, 'tanh', () => 0)
  expect(Object.keys(differencesOf(await verified(spec)))).toEqual(['complex step'])
})

test('training that depends on more than its seed is found', async () => {
  const instantiate = withTrainers(({ fit, parameters }, count) => ({
    fit: (...given) => {
      const reports = fit(...given)
      parameters['linear1.bias']![1]! += count % 2 ? 1e-6 : 0
      return reports
    },
  }))
  const found = differencesOf(await verified(spec, { instantiate }))
  expect(found['determinism']!.find(({ tensor }) => tensor)).toMatchObject({ tensor: 'linear1.bias', index: [1] })
})

test('what a saved file lacks is found', async () => {
  const instantiate = withTrainers(({ load }) => ({
    load: (bytes) => {
      // Under other names it isn't found: the momentum begins again.
      const text = Buffer.from(bytes as Uint8Array).toString('latin1')
      expect(text).toContain('optimizer.')
      load(Buffer.from(text.replaceAll('optimizer.', 'forgotten.'), 'latin1'))
    },
  }))
  const found = differencesOf(await verified(spec, { instantiate }))
  expect(Object.keys(found)).toEqual(['resuming'])
  expect(found['resuming']!.map(({ quantity }) => quantity)).toContain('resumed, the prediction')
})

test('a value that only a module has as infinite is found', async () => {
  const instantiate = withTrainers(({ predict }) => ({
    predict: (x) => predict(x).map((value) => (Math.abs(value) > 1 ? Infinity : value)),
  }))
  const found = differencesOf(await verified('input: 3\nlayers: [linear: 4, linear: 2]\nloss: mse', { instantiate }))
  expect(found['wide inputs']![0]).toMatchObject({ actual: Infinity })
  expect(found['wide inputs']![0]!.quantity).toMatch(/^with inputs times 1, the prediction$/)
})
