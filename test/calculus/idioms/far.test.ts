import { describe, expect, test } from 'vitest'
import { differentiate } from '../../../src/calculus/differentiate.ts'
import { constant } from '../../../src/graph/build.ts'
import { evaluate } from '../../../src/graph/evaluate.ts'
import { portably } from '../../../src/verify/portable.ts'
import { recognisedFormula } from '../../../scripts/docs/idioms.ts'

/*
 * Formulas of exponentials that overflow or vanish, as they are written, and what they are, with their derivatives: on paper, and in both
 * precisions.
 */

type Numbers = Readonly<Partial<Record<'x' | 'y' | 'z' | 'v' | 'w', number | readonly number[]>>>

/** At some values of variables, all others of which are 0, a formula's value, and its derivatives, or the sums of them. */
type Row = readonly [formula: string, at: Numbers, value: number | readonly number[], slopes: Numbers]

const third = 1 / 3
const thirds = [third, third, third]
const thousand = [1000, 1000, 1000]
const log3 = Math.log(3)
const [inexact, triple] = [Math.fround(1000.1), Math.fround(3000.3)]
const excess = Math.exp(triple - 3 * inexact)

const rows: Readonly<Record<string, readonly Row[]>> = {
  'sums and quotients': [
    ['exp(x) / (exp(x) - 1)', { x: 1000 }, 1, { x: 0 }],
    ['x / (exp(x) - 1)', { x: 1e-9 }, 1 - 5e-10, {}],
    ['exp(x) / (exp(x) + y)', { x: -1000, y: -1 }, 0, { x: 0 }],
    // Far from overflow itself, but not what adds up to more.
    ['exp(v) / sum(exp(v) + exp(v) + exp(v) + exp(v))', { v: [86.5, 86.5, 86.5] }, thirds.map((p) => p / 4), {}],
    ['log(exp(x) / (exp(x) + exp(y)))', { x: 31, y: 1 }, -Math.log1p(Math.exp(-30)), { y: -Math.exp(-30) }],
    ['log(dot(w, exp(v) / sum(exp(v))))', { v: [1000, 1000, 0], w: [0, 1, 0] }, -Math.LN2, { v: [-0.5, 0.5, 0] }],
    ['log(dot(w, v / sum(exp(v))))', { v: thousand, w: [1, 1, 1] }, Math.log(1000) - 1000, {}],
    [
      'log(sum(exp(v) / sum(exp(v)) / w))',
      { v: thousand, w: [1, 2, 2] },
      Math.log(2 / 3),
      { v: [1 / 6, -1 / 12, -1 / 12] },
    ],
    ['log(sum(exp(v) / sum(exp(v)) - w))', { v: thousand, w: [0.25, 0.125, 0.125] }, -Math.LN2, { w: [-2, -2, -2] }],
    ['v * exp(x) / (1 + exp(x))', { v: [1, 2, 3], x: 1000 }, [1, 2, 3], { v: [1, 1, 1], x: 0 }],
  ],
  'powers and roots of sums': [
    ['exp(x) / sqrt(sum(exp(v)))', { x: 1000, v: [2000, 2000, 2000] }, Math.sqrt(third), { x: Math.sqrt(third) }],
    ['exp(x) / sqrt(sum(exp(v)))', { x: 400, v: [800, 800, 800] }, Math.sqrt(third), { x: Math.sqrt(third) }],
    ['exp(x) / sqrt(exp(y) + 2)', { x: 60, y: 120 }, 1, { x: 1, y: -0.5 }],
    ['exp(x) / (3 + sqrt(exp(y) + 2))', { x: 60, y: 120 }, 1, { x: 1, y: -0.5 }],
    ['log(sqrt(sqrt(2 + exp(x))))', { x: 1000 }, 250, { x: 0.25 }],
    ['log(sqrt(sqrt(2 + exp(x))))', { x: 100 }, 25, { x: 0.25 }],
    ['sum(exp(2 * v)) / sum(exp(v))^2', { v: thousand }, third, { v: [0, 0, 0] }],
    ['log(sqrt(sum(exp(v))))', { v: thousand }, 500 + log3 / 2, { v: thirds.map((p) => p / 2) }],
    ['log(1 + sum(exp(v))^2)', { v: thousand }, 2000 + 2 * log3, { v: thirds.map((p) => 2 * p) }],
    ['log(exp(x) / (exp(x) + exp(y))^2)', { x: 1000, y: 1000 }, -1000 - 2 * Math.LN2, { x: 0, y: -1 }],
    ['log(dot(w, exp(v) / sum(exp(v))^2))', { v: thousand, w: [1, 1, 1] }, -1000 - log3, { w: thirds }],
  ],
  'choices between exponentials': [
    ['exp(y) / (x < y ? exp(x) : exp(y) + 2)', { x: 1001, y: 1000 }, 1, { x: 0, y: 0 }],
    ['log(x < y ? exp(x) : exp(y) + 2)', { x: 1000, y: 2000 }, 1000, { x: 1, y: 0 }],
    ['log(x < y ? z : exp(y) + 2)', { x: 2001, y: 2000 }, 2000, { x: 0, y: 1, z: 0 }],
    ['log(x < y ? z : exp(y) + 2)', { x: 1000, y: 2000, z: 2 }, Math.LN2, { x: 0, y: 0, z: 0.5 }],
    ['log(sum(w > 0 ? exp(v) : 0))', { v: [1000, 1000, 3000], w: [1, 1, 0] }, 1000 + Math.LN2, { v: [0.5, 0.5, 0] }],
    ['log(sum(w > 0 ? exp(v) : 0))', { v: [-1000, -1000, 5], w: [1, 1, 0] }, Math.LN2 - 1000, { v: [0.5, 0.5, 0] }],
    [
      '(w > 0 ? exp(v) : 0) / sum(w > 0 ? exp(v) : 0)',
      { v: [1000, 1000, 3000], w: [1, 1, 0] },
      [0.5, 0.5, 0],
      { v: [0, 0, 0] },
    ],
  ],
  'sums of nothing': [
    ['log(sum(w > 0 ? exp(v) : 0))', { v: thousand }, -Infinity, {}],
    ['1 / sum(w > 0 ? exp(v) : 0)', { v: thousand }, Infinity, {}],
    ['log(dot(w, exp(v)))', { v: thousand }, -Infinity, {}],
  ],
  // One-hot targets: 0 · ∞ where the target isn't what a network is sure of.
  'weights of 0': [
    ['-log(dot(w, softmax(v)))', { v: [0, 1000, 0], w: [1, 0, 0] }, 1000, { v: [-1, 1, 0] }],
    ['-log(dot(softmax(v), w))', { v: [0, 100, 0], w: [1, 0, 0] }, 100, { v: [-1, 1, 0] }],
    ['-log(sum(w .* softmax(v)))', { v: [0, 100, 100], w: [1, 0, 0] }, 100 + Math.LN2, { v: [-1, 0.5, 0.5] }],
    ['log(dot(w, exp(v)))', { v: [-1000, -1000, 5], w: [1, 1, 0] }, Math.LN2 - 1000, { v: [0.5, 0.5, 0] }],
    ['log(dot(exp(v), w))', { v: [1000, 1000, 3000], w: [1, 1, 0] }, 1000 + Math.LN2, { v: [0.5, 0.5, 0] }],
    ['log(x * exp(y) + exp(z))', { x: 0, y: 1000, z: -1000 }, -1000, { y: 0, z: 1 }],
    [
      'log(dot(w, exp(v)))',
      { v: [0, 0, 50], w: [1, 1, 0] },
      Math.LN2,
      { v: [0.5, 0.5, 0], w: [0.5, 0.5, Math.exp(50) / 2] },
    ],
    [
      'dot(w, exp(v)) / sum(exp(v))',
      { v: [1000, 1000, -1000], w: [0, 1, 0] },
      0.5,
      { v: [-0.25, 0.25, 0], w: [0.5, 0.5, 0] },
    ],
    ['1 / dot(w, exp(v))', { v: [0, 0, 1000], w: [1, 1, 0] }, 0.5, { v: [-0.25, -0.25, 0] }],
    [
      '1 / dot(w, exp(v))',
      { v: [0, 0, 60], w: [1, 1, 0] },
      0.5,
      { v: [-0.25, -0.25, 0], w: [-0.25, -0.25, -Math.exp(60) / 4] },
    ],
    ['log(dot(w, sqrt(exp(v) + 1)))', { v: [-1000, -1000, 1000], w: [1, 1, 0] }, Math.LN2, { v: [0, 0, 0] }],
  ],
  'likelihoods of a class': [
    ['-log(y * sigmoid(x) + (1 - y) * (1 - sigmoid(x)))', { x: -1000, y: 1 }, 1000, { x: -1 }],
    ['-log(y * sigmoid(x) + (1 - y) * (1 - sigmoid(x)))', { x: 1000, y: 0 }, 1000, { x: 1 }],
    ['-log(y * sigmoid(x) + (1 - y) * (1 - sigmoid(x)))', { x: 1000, y: 1 }, 0, { x: 0 }],
    ['-log(y > 0 ? sigmoid(x) : 1 - sigmoid(x))', { x: -1000, y: 1 }, 1000, { x: -1 }],
    ['log(sum(sigmoid(v)))', { v: [-1000, -1000, -1000] }, log3 - 1000, { v: thirds }],
    ['log(sum(1 / (1 + exp(-v))))', { v: [-1000, -1000, -1000] }, log3 - 1000, { v: thirds }],
  ],
  'shares of sums': [
    [
      'log(sum(exp(v)) / (sum(exp(v)) + sum(exp(w))))',
      { v: [-1000, -1000, -1000] },
      -1000,
      { v: thirds, w: thirds.map((p) => -p) },
    ],
    ['log(sum(exp(v)) / (sum(exp(v)) + sum(exp(w))))', { w: thousand }, -1000, { v: thirds, w: thirds.map((p) => -p) }],
    ['log(sum(w .* exp(v)) / sum(exp(v)))', { v: [0, 1000, 3], w: [1, 0, 0] }, -1000, { v: [1, -1, 0] }],
    ['log((2 + exp(x)) / (exp(y) + 2))', { x: 1000 }, 1000 - log3, { x: 1, y: -third }],
    [
      'log(sqrt(exp(x) + exp(y)) / (exp(x) + exp(y)))',
      { x: 1800, y: 1800 },
      -900 - Math.LN2 / 2,
      { x: -0.25, y: -0.25 },
    ],
    ['sqrt(sum(exp(2 * v))) / sum(exp(v))', { v: [70, 70, 70] }, Math.sqrt(third), { v: [0, 0, 0] }],
    ['sqrt(sum(exp(2 * v))) / sum(exp(v))', { v: thousand }, Math.sqrt(third), { v: [0, 0, 0] }],
    ['sum(sqrt(softmax(v)))', { v: [0, 0, -1000] }, Math.SQRT2, { v: [0, 0, 0] }],
  ],
  'powers far out': [
    ['exp(3 * x) / (1 + exp(x))^3', { x: 1000 }, 1, { x: 0 }],
    // A third of the larger exponent is rounded.
    ['exp(y) / (2 + exp(x))^3', { x: inexact, y: triple }, excess, { x: -3 * excess, y: excess }],
    ['exp(x)^3 / (2 + exp(y))', { x: inexact, y: triple }, 1 / excess, { x: 3 / excess, y: -1 / excess }],
    ['exp(-x)^3 / (1 + exp(-x)^3)', { x: -1000 }, 1, { x: 0 }],
    ['log(1 + exp(x)^3)', { x: 1000 }, 3000, { x: 3 }],
    ['1 / exp(x)^3', { x: 1000 }, 0, { x: 0 }],
    ['exp(x)^0.3', { x: -1000 }, Math.exp(-300), { x: 0.3 * Math.exp(-300) }],
    ['exp(x)^-0.25', { x: 200 }, Math.exp(-50), { x: -0.25 * Math.exp(-50) }],
    ['sqrt(sum(exp(v)))', { v: [-1000, -1000, -1000] }, Math.sqrt(3) * Math.exp(-500), {}],
    // Single exponentials are finite in single precision, and three of them aren't.
    ['sqrt(sum(exp(v))) / exp(44)', { v: [88.5, 88.5, 88.5] }, Math.sqrt(3) * Math.exp(0.25), {}],
    ['exp(x) / (3 + exp(y))^0.5', { x: 60, y: 120 }, 1, { x: 1, y: -0.5 }],
    ['1 / (1 + 10^(-x))', { x: -1000 }, 0, { x: 0 }],
    ['2^x / (2^x + 2^y)', { x: 3000, y: 3000 }, 0.5, { x: Math.LN2 / 4, y: -Math.LN2 / 4 }],
    ['log(2^x + 2^y)', { x: 3000, y: 3000 }, 3001 * Math.LN2, { x: Math.LN2 / 2, y: Math.LN2 / 2 }],
    ['2^v / sum(2^v)', { v: [-3000, -3000, -3000] }, thirds, { v: [0, 0, 0] }],
  ],
  'exponentials of exponentials': [
    ['exp(-(x + exp(-x)))', { x: -1000 }, 0, { x: 0 }],
    ['exp(-y * exp(x))', { x: 1000, y: 2 }, 0, { x: 0, y: 0 }],
    ['exp(-(x - 1)^2 * exp(y) / 2)', { x: 3, y: 1000 }, 0, { x: 0, y: 0 }],
    ['exp(-sum(exp(v)))', { v: [1000, 0, 0] }, 0, { v: [0, 0, 0] }],
    ['log(1 - exp(-exp(x)))', { x: -1000 }, -1000, { x: 1 }],
    ['log(-log(sigmoid(x)))', { x: 1000 }, -1000, { x: -1 }],
    ['log(0.5 * (1 + erf(x / sqrt(2))))', { x: -30 }, -454.3212439563432, { x: 30.033259667433676 }],
    ['log(1 - 0.5 * (1 + erf(x / sqrt(2))))', { x: 1000 }, -500007.82669481216, { x: -1000.000999998 }],
  ],
}

const machines = {
  f64: { run: evaluate, tolerance: 1e-15 },
  f32: { run: portably('f32'), tolerance: 1e-6 },
} as const

describe.each(Object.entries(rows))('%s', (_, list) => {
  describe.each(list)('%s at %j', (formula, at, value, slopes) => {
    test.each(['f64', 'f32'] as const)('in %s', async (precision) => {
      const { run, tolerance } = machines[precision]
      const { leaves, recognised } = await recognisedFormula(formula, precision)
      const variables = Object.keys(slopes).map((name) => leaves.get(name)!)
      const seed = constant(recognised.graph, 1, recognised.shape)
      const adjoints = differentiate(recognised, seed, variables)
      const inputs = Object.fromEntries(
        [...leaves].map(([name, { shape }]) => [
          name,
          [at[name as keyof Numbers] ?? new Array<number>(shape.length === 1 ? 1 : 3).fill(0)].flat(),
        ]),
      )
      const results = run([recognised, ...variables.map((variable) => adjoints.get(variable)!)], { batch: 1, inputs })
      const expected = [value, ...Object.values(slopes)].map((numbers) => [numbers].flat())
      const faults = expected.flatMap((numbers, k) =>
        numbers.flatMap((number, i) => {
          const result = results[k]![i]!
          const isNear = result === number || Math.abs(result - number) <= tolerance * Math.max(1, Math.abs(number))
          return isNear ? [] : [`${k === 0 ? 'the value' : Object.keys(slopes)[k - 1]!} ${result} isn't ${number}`]
        }),
      )
      expect(faults).toEqual([])
    })
  })
})

test.each([
  'sqrt(2 + exp(x))',
  'log(sigmoid(x) + sigmoid(2 * x))',
  '1 / (2 + exp(x))',
  'log(2 + exp(x))',
  'exp(v) / sum(exp(v))',
  'log(sum(exp(v)))',
])('%s is to the last bit what it was, where that is finite', async (formula) => {
  const { written, recognised } = await recognisedFormula(formula, 'f64')
  const x = [-20, -3.3, -0.7, 0.1, 1.9, 3.7, 7.7, 12.3, 19.9, 30.2]
  const inputs = { x, v: x.flatMap((number) => [number, -1.1, 0.3 * number]) }
  const [before, after] = evaluate([written, recognised], { batch: x.length, inputs })
  expect(after).toEqual(before)
})
