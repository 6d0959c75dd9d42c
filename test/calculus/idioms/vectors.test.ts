import { all, create, type BigNumber } from 'mathjs'
import { describe, expect, test } from 'vitest'
import { compile } from '../../../src/compile.ts'
import { loadNetwork } from '../../../src/language/networks/network.ts'
import { readSpecText } from '../../../src/language/text/read.ts'
import { instantiate, type Trainer } from '../../support/emitted.ts'
import { exact, unitsApart } from '../../support/exact.ts'

/*
 * Sums over a vector's elements, as equations and in modules of both targets: v = a + x, so that the gradient by a is that by v.
 */

const math = create(all!, { number: 'BigNumber', precision: 50 })
const big = (x: number): BigNumber => exact(x, math as never)
const exp = (x: BigNumber): BigNumber => math.exp(x)
const log = (x: BigNumber): BigNumber => math.log(x) as BigNumber
const total = (values: readonly BigNumber[]): BigNumber => values.reduce((a, b) => a.plus(b))

const logSumExp = (v: readonly BigNumber[]): BigNumber => log(total(v.map(exp)))
const softmax = (v: readonly BigNumber[]): BigNumber[] => v.map((x) => exp(x.minus(logSumExp(v))))

const probability = (x: BigNumber): BigNumber => math.bignumber(1).div(exp(x.neg()).plus(1))

interface Case {
  readonly equations: readonly (readonly string[])[]
  /** The output's elements. */
  readonly value: (v: readonly BigNumber[]) => readonly BigNumber[]
  /** The gradient of the sum of y times the output, or of the output if it is a scalar. */
  readonly slope: (v: readonly BigNumber[], y: readonly BigNumber[]) => readonly BigNumber[]
}

const crossEntropySlope = (v: readonly BigNumber[], y: readonly BigNumber[]): BigNumber[] =>
  softmax(v).map((p, k) => p.times(total(y)).minus(y[k]!))

const cases: Readonly<Record<string, Case>> = {
  softmax: {
    equations: [
      ['p = exp(v) / sum(exp(v))'],
      ['e0 = exp(v)', 'p = e0 / sum(e0)'],
      ['n = sum(exp(v))', 'p = exp(v) / n'],
      ['p = exp(v) * (1 / sum(exp(v)))'],
      ['p = e^v / sum(e^v)'],
      ['m = max(v)', 'p = exp(v - m) / sum(exp(v - m))'],
      ['p = exp(v - log(sum(exp(v))))'],
      ['p = exp(v) / (3 * mean(exp(v)))'],
    ],
    value: softmax,
    slope: (v, y) => {
      const p = softmax(v)
      const mean = total(p.map((each, k) => each.times(y[k]!)))
      return p.map((each, k) => each.times(y[k]!.minus(mean)))
    },
  },
  'log sum exp': {
    equations: [
      ['p = log(sum(exp(v)))'],
      ['p = log(mean(exp(v))) + log(3)'],
      ['n = sum(exp(v))', 'p = log(n)'],
      ['p = -log(1 / sum(exp(v)))'],
      ['m = max(v)', 'p = m + log(sum(exp(v - m)))'],
      ['p = logSumExp(v)'],
    ],
    value: (v) => [logSumExp(v)],
    slope: softmax,
  },
  'log softmax': {
    equations: [
      ['p = log(softmax(v))'],
      ['p = log(exp(v) / sum(exp(v)))'],
      ['p = v - log(sum(exp(v)))'],
      ['e0 = exp(v)', 'q = e0 / sum(e0)', 'p = log(q)'],
      ['m = max(v)', 'p = log(exp(v - m) / sum(exp(v - m)))'],
      ['p = -log(sum(exp(v)) / exp(v))'],
      ['p = -log(exp(-v) * sum(exp(v)))'],
    ],
    value: (v) => v.map((x) => x.minus(logSumExp(v))),
    slope: (v, y) => crossEntropySlope(v, y).map((x) => x.neg()),
  },
  'cross entropy': {
    equations: [
      ['p = -dot(y, log(softmax(v)))'],
      ['p = -sum(y .* log(exp(v) / sum(exp(v))))'],
      ['p = log(sum(exp(v))) - dot(y, v)'],
      ['p = -dot(y, v) + log(sum(exp(v)))'],
      ['q = softmax(v)', 'p = -log(dot(y, q))'],
      ['q = exp(v) / sum(exp(v))', 'p = -log(dot(q, y))'],
      ['q = exp(v) / sum(exp(v))', 'p = -log(sum(q .* y))'],
    ],
    value: (v) => [logSumExp(v).minus(v[0]!)],
    slope: crossEntropySlope,
  },
  'a contrastive loss': {
    equations: [
      ['p = -log(sum(exp(v)) / (sum(exp(v)) + sum(exp(v / 2))))'],
      ['n = sum(exp(v))', 'm = sum(exp(v / 2))', 'p = -log(n / (n + m))'],
    ],
    value: (v) => [logSumExp([...v, ...v.map((x) => x.div(2))]).minus(logSumExp(v))],
    slope: (v) => {
      const [own, all] = [softmax(v), softmax([...v, ...v.map((x) => x.div(2))])]
      return own.map((p, k) => all[k]!.plus(all[k + 3]!.div(2)).minus(p))
    },
  },
  'a sum of probabilities': {
    equations: [['q = 1 / (1 + exp(-v))', 'p = log(sum(q))'], ['p = log(sum(sigmoid(v)))']],
    value: (v) => [log(total(v.map(probability)))],
    slope: (v) => {
      const q = v.map(probability)
      return q.map((each, k) => each.times(probability(v[k]!.neg())).div(total(q)))
    },
  },
  'a likelihood of classes': {
    equations: [
      ['q = sigmoid(v)', 'r = y .* q + (1 - y) .* (1 - q)', 'p = -mean(log(r))'],
      ['q = 1 / (1 + exp(-v))', 'p = -sum(log(y .* q + (1 - y) .* (1 - q))) / 3'],
    ],
    value: (v) => [total(v.map((x, k) => log(probability(y[k] ? x : x.neg())))).div(-3)],
    slope: (v) => v.map((x, k) => (y[k] ? probability(x.neg()).neg() : probability(x)).div(3)),
  },
}

const offsets = [-1e4, -300, -100, -20, 0, 0.3, 30, 85, 90, 1000, 1e4]
const shapes = [
  [0, 0, 0],
  [0, -1, 0.5],
  [0, 3, -7.5],
  [-2.25, 40, 0.125],
  [0, -60, -15],
]
const vectors = [
  ...offsets.flatMap((offset) => shapes.map((v) => v.map((x) => Math.fround(x + offset)))),
  [1e4, -1e4, 0],
]
const y = [1, 0, 0]

async function trainerOf(equations: readonly string[], target: 'typescript' | 'wasm', isVector: boolean) {
  const spec = {
    inputs: { x: 3, y: 3 },
    targets: { t: 'scalar' },
    parameters: { a: 3 },
    equations: ['v = a + x', ...equations, isVector ? 'ℓ = dot(y, p) + 0 * t' : 'ℓ = p + 0 * (sum(y) + t)'],
    output: 'p',
    loss: 'ℓ',
    train: { batch: 2 },
    emit: { target },
  }
  const network = await loadNetwork(readSpecText({ file: 'case.net.json', text: JSON.stringify(spec) }))
  const { text } = await compile(network, 'case.net.json')
  return (await instantiate(text)).createTrainer() as Trainer
}

describe.each(Object.entries(cases))('%s', (what, { equations, value, slope }) => {
  const isVector = what.includes('softmax')
  const known = vectors.map((v) => ({ expected: value(v.map(big)), slopes: slope(v.map(big), y.map(big)) }))

  describe.each(equations.map((list) => [list.join('; '), list] as const))('%s', (_, list) => {
    test.each(['typescript', 'wasm'] as const)('%s', async (target) => {
      const trainer = await trainerOf(list, target, isVector)
      const faults = vectors.flatMap((v, at) => {
        const { expected, slopes } = known[at]!
        const predicted = trainer.predict({ x: v, y })
        trainer.gradient({ x: v, y }, [0])
        // What is computed from v, whose unit is its largest element's, can't be nearer than that.
        const scale = Math.max(1, ...v.map(Math.abs))
        return [
          ...expected.map((known, k) => {
            const near = unitsApart(predicted[k]!, known, 'f32') <= 4
            const isNear =
              near || Math.abs(predicted[k]! - math.number(known as never)) < 2 ** -23 * Math.min(scale, 60)
            return isNear ? '' : `${String(v)}: ${predicted[k]} isn't ${known.toPrecision(9)}`
          }),
          ...slopes.map((known, k) => {
            const found = trainer.gradients.a![k]!
            const isNear = Math.abs(found - Number(known.toString())) < 1e-5
            return isNear ? '' : `${String(v)}: the derivative ${found} isn't ${known.toPrecision(9)}`
          }),
        ]
      })
      expect(faults.filter(Boolean).slice(0, 9)).toEqual([])
    })
  })
})

describe('the length of a vector', () => {
  test.each(['sqrt(sum(v^2))', 'sqrt(sum(v .* v))', 'sqrt(dot(v, v))', 'sum(v^2)^0.5', 'sqrt(4 * sum(v^2 / 2) / 2)'])(
    '%s',
    async (formula) => {
      const trainer = await trainerOf([`p = ${formula}`], 'typescript', false)
      const slopesAt = (v: readonly number[]): number[] => {
        trainer.gradient({ x: v, y }, [0])
        return [...trainer.gradients.a!]
      }
      expect([...trainer.predict({ x: [0, 3, 4, 0, 0, 0], y: [...y, ...y] })]).toEqual([5, 0])
      expect(slopesAt([0, 3, 4])).toEqual([0, 3 / 5, 4 / 5].map(Math.fround))
      expect(slopesAt([0, 0, 0])).toEqual([0, 0, 0])
    },
  )

  test('and that of a mean of squares', async () => {
    const trainer = await trainerOf(['p = sqrt(mean(v^2))'], 'typescript', false)
    trainer.gradient({ x: [0, 0, 0], y }, [0])
    expect([...trainer.gradients.a!]).toEqual([0, 0, 0])
    expect(trainer.predict({ x: [2, 2, 2], y })[0]).toBe(2)
  })
})
