import { describe, expect, test } from 'vitest'
import { idioms } from '../../../src/calculus/idioms/index.ts'
import { computedForm } from '../../../scripts/docs/idioms.ts'
import { recognisedFormula } from './formula.ts'

type Instance = readonly [formula: string, printed: string]

/**
 * For every idiom formulas that it recognises, and what is computed, as comments of modules have it: x, y and z are numbers, v and w
 * vectors. Formulas have no log1p: that idiom is tested in functions.
 */
const instances: Readonly<Record<string, readonly Instance[]>> = {
  'eᵘ = exp(u)': [
    ['e^x', 'exp(x)'],
    ['2.718281828459045^(x / y)', 'exp(x / y)'],
  ],
  '(eᵘ)ᵖ = e^(p u), for p a power of two': [
    ['exp(x)^2', 'exp(2 x)'],
    ['exp(-x)^-1', 'exp(x)'],
    ['exp(x / 2)^2', 'exp(x)'],
    ['exp(x)^0.5', 'exp(0.5 x)'],
  ],
  '√eᵘ = e^(u/2)': [['sqrt(exp(x))', 'exp(0.5 x)']],
  'eᵘ eᵘ = e^(2u)': [['exp(x) * exp(x)', 'exp(2 x)']],
  'd⁻ᵖ = 1 / dᵖ, where d is a sum of exponentials': [
    ['(1 + exp(x))^-1', 'sigmoid(-x)'],
    ['(1 + exp(x))^-2', 'exp(-s) / (exp(-0.5 s) + exp(x - 0.5 s))²'],
  ],
  'n / (d e) = n / d / e, where d is 1 + eᵘ or eᵘ + e⁻ᵘ': [
    ['x / (y * (1 + exp(z)))', 'x · sigmoid(-z) / y'],
    ['1 / ((1 + exp(x)) * (1 + exp(-x)))', 'sigmoid(-x) · sigmoid(x)'],
  ],
  'n eᵘ / (1 + eᵘ) = n σ(u), and over eᵘ + e⁻ᵘ n σ(2u)': [
    ['exp(x) / (1 + exp(x))', 'sigmoid(x)'],
    ['y * exp(x) / (exp(x) + 1)', 'y · sigmoid(x)'],
    ['-exp(x) * y / (3 + 3 * exp(x))', '-(sigmoid(x) · y / 3)'],
    ['exp(x) / y / (1 + exp(x))', 'sigmoid(x) / y'],
    ['exp(-x) / (exp(x) + exp(-x))', 'sigmoid(-2 x)'],
  ],
  '(eᵘ - eᵛ) / (eᵘ + eᵛ) = tanh((u - v) / 2), also for v = 0': [
    ['(exp(x) - exp(-x)) / (exp(x) + exp(-x))', 'tanh(x)'],
    ['(1 - exp(2 * x)) / (exp(2 * x) + 1)', '-tanh(x)'],
    ['(exp(x) - exp(y)) / (exp(x) + exp(y))', 'tanh(0.5 (x - y))'],
    ['3 * (exp(y) - exp(x)) / (exp(x) + exp(y))', '-3 tanh(0.5 (x - y))'],
  ],
  'n / (1 + eᵘ) = n σ(-u)': [
    ['x / (1 + exp(-x))', 'x · sigmoid(x)'],
    ['1 / (exp(-(x - y) / z) + 1)', 'sigmoid((x - y) / z)'],
    ['y / (2 + 2 * exp(x))', '0.5 (y · sigmoid(-x))'],
    ['exp(y) / (1 + exp(x))', 'exp(y) · sigmoid(-x)'],
  ],
  'σ(u) / σ(-u) = eᵘ': [
    ['sigmoid(x) / (1 - sigmoid(x))', 'exp(x)'],
    ['sigmoid(-2 * x) / sigmoid(2 * x)', 'exp(-2 x)'],
  ],
  'n / eᵘ = n e⁻ᵘ': [
    ['x / exp(x)', 'x · exp(-x)'],
    ['(x - y)^2 / (2 * exp(z))', '0.5 ((x - y)² · exp(-z))'],
  ],
  'n / Σ c eᵘ = n e⁻ˢ / Σ c e^(u - s), where s = max u if that is far from 0, else s = 0': [
    ['1 / (2 + exp(x))', 'exp(-s) / (2 exp(-s) + exp(x - s))'],
    ['2 / (exp(x) + exp(-x))', '2 exp(-s) / (exp(x - s) + exp(-x - s))'],
    ['exp(x) / (exp(x) + exp(y))', 'exp(x - s) / (exp(x - s) + exp(y - s))'],
    ['exp(v) / sum(exp(v))', 'exp(v - s) / sum(exp(v - s))'],
    ['dot(w, exp(v)) / sum(exp(v))', 'wᵀ exp(v - s) / sum(exp(v - s))'],
    ['y * (exp(x) - 2) / (1 + exp(x) * z)', 'y · (exp(x - s) - 2 exp(-s)) / (exp(-s) + exp(x - s) · z)'],
    ['1 / (x < y ? exp(x) : exp(y) + z)', 'exp(-s) / (x < y ? exp(x - s) : exp(y - s) + z · exp(-s))'],
    ['exp(v) / sum(w > 0 ? exp(v) : 0)', 'exp(v - s) / sum(I[w > 0] ⊙ exp(v - s))'],
  ],
  'Σ eᵘ · (1 / Σ eᵛ) = Σ eᵘ / Σ eᵛ': [['exp(x) * (1 / (exp(x) + exp(y)))', 'exp(x - s) / (exp(x - s) + exp(y - s))']],
  'n eᵘ σ(-u) = n σ(u)': [
    ['exp(x) * sigmoid(-x)', 'sigmoid(x)'],
    ['1 / (1 + exp(x)) * (y * exp(x))', 'y · sigmoid(x)'],
  ],
  'eᵘ - 1 = expm1(u)': [
    ['exp(x) - 1', 'expm1(x)'],
    ['1 - exp(-x)', '-expm1(-x)'],
    ['y * (3 * exp(x) - 3)', 'y · (3 expm1(x))'],
  ],
  '1 - σ(u) = σ(-u)': [
    ['1 - sigmoid(x)', 'sigmoid(-x)'],
    ['1 - 1 / (1 + exp(x))', 'sigmoid(x)'],
  ],
  '2 σ(u) - 1 = tanh(u / 2)': [
    ['2 * sigmoid(2 * x) - 1', 'tanh(x)'],
    ['1 - 2 / (1 + exp(x))', 'tanh(0.5 x)'],
    ['0.5 - sigmoid(x)', '-0.5 tanh(0.5 x)'],
  ],
  '1 ± tanh u = 2 σ(±2u)': [
    ['1 + tanh(x)', '2 sigmoid(2 x)'],
    ['1 - tanh(x / 2)', '2 sigmoid(-x)'],
  ],
  '1 ± erf(u / √2) = 2 Φ(±u)': [
    ['1 + erf(x / sqrt(2))', '2 normalCdf(x)'],
    ['3 - 3 * erf(y * sqrt(0.5))', '6 normalCdf(-y)'],
    ['1 + erf(x)', '1 + erf(x)'],
  ],
  'log(1 + eᵘ) - u = log(1 + e⁻ᵘ)': [
    ['x + log(1 + exp(-x))', 'softplus(x)'],
    ['x - y - log(1 + exp(x - y))', '-softplus(y - x)'],
  ],
  '(2 a) (b / 2) = a b, for any power of two': [
    ['x / 2 * (1 + tanh(y))', 'x · sigmoid(2 y)'],
    ['0.5 * (1 + tanh(x))', 'sigmoid(2 x)'],
  ],
  '2 a / 2 = a, for any power of two': [['(1 + tanh(x)) / 2', 'sigmoid(2 x)']],
  'log(1 + eᵘ) = softplus(u)': [
    ['log(1 + exp(x))', 'softplus(x)'],
    ['log(1 + 1 / exp(x))', 'softplus(-x)'],
  ],
  'log σ(u) = -softplus(-u)': [
    ['log(sigmoid(x))', '-softplus(-x)'],
    ['log(1 / (1 + exp(x)))', '-softplus(x)'],
    ['y * log(sigmoid(z)) + (1 - y) * log(1 - sigmoid(z))', '-(y · softplus(-z)) - (1 - y) · softplus(z)'],
  ],
  'log eᵘ = u': [['log(exp(x / y))', 'x / y']],
  'log(eᵘ / Σ c eᵛ) = u - s - log Σ c e^(v - s), where s = max v': [
    ['log(exp(x) / (exp(x) + exp(y)))', 'x - s - log(exp(x - s) + exp(y - s))'],
    ['log(exp(v) / sum(exp(v)))', 'v - s - log(sum(exp(v - s)))'],
    ['log(softmax(v))', 'v - s - log(sum(exp(v - s)))'],
  ],
  'log Σ c (eᵘ / d) = log Σ c e^(u - s) - log(d e⁻ˢ), where d is a sum of exponentials eᵛ and s = max v': [
    ['log(dot(w, exp(v) / sum(exp(v))))', 't - log(sum(exp(v - s))) + log(wᵀ exp(v - s - t))'],
    ['log(sum(softmax(v) .* w))', 't - log(sum(exp(v - s))) + log(sum(exp(v - s - t) ⊙ w))'],
  ],
  'log(a b) = log a + log b, log(a / b) = log a - log b, where both are sums of exponentials above 0, or one has a factor σ(u)':
    [
      ['log(sum(exp(v)) / exp(v))', 's - v + log(sum(exp(v - s)))'],
      ['log(exp(-v) * sum(exp(v)))', 's - v + log(sum(exp(v - s)))'],
      ['log(sigmoid(x) / sigmoid(y))', 'softplus(-y) - softplus(-x)'],
      [
        'log((1 + tanh(x)) * (1 - tanh(x)))',
        '0.6931471805599453 - softplus(-2 x) + (0.6931471805599453 - softplus(2 x))',
      ],
      ['log(2 * sigmoid(x))', '0.6931471805599453 - softplus(-x)'],
      ['log(y * sigmoid(x))', 'log(y) - softplus(-x)'],
    ],
  'log(1 - tanh² u) = -2 log cosh u': [
    [
      'log(1 - tanh(x)^2)',
      'abs(x) < 1 ? log1p(-tanh(I[abs(x) < 1] ⊙ x)²) : 2 (0.6931471805599453 - abs(x) - softplus(-2 abs(x)))',
    ],
  ],
  'log xᵖ = p log x, for even p p log |x|': [
    ['log(x^2)', '2 log(abs(x))'],
    ['log(x * x)', '2 log(abs(x))'],
    ['log(x^3)', '3 log(x)'],
    ['log((x / y)^-0.5)', '-0.5 log(x / y)'],
  ],
  'log Σ c eᵘ = s + log Σ c e^(u - s), where s = max u if that is far from 0, else s = 0': [
    ['log(2 + exp(x))', 's + log(2 exp(-s) + exp(x - s))'],
    ['log(exp(x) + exp(y))', 's + log(exp(x - s) + exp(y - s))'],
    ['log(mean(exp(v)))', 's + log(0.3333333333333333 sum(exp(v - s)))'],
    ['log(y * exp(x))', 's + log(y · exp(x - s))'],
  ],
  'log(1 + x) = log1p(x)': [
    ['log(1 + x)', 'log1p(x)'],
    ['log(1 - x)', 'log1p(-x)'],
    ['log(x - (-1))', 'log1p(x)'],
  ],
  'log1p(eᵘ) = softplus(u), log1p(-σ(u)) = log σ(-u)': [],
  'a ± (s + log b) = (a ± s) ± log b, for the s of a logarithm': [
    ['log(exp(x) + exp(y)) - z', 's - z + log(exp(x - s) + exp(y - s))'],
    ['x - log(exp(x) + exp(y))', 'x - s - log(exp(x - s) + exp(y - s))'],
  ],
  '√x² = |x|': [
    ['sqrt(x^2)', 'abs(x)'],
    ['sqrt((x - y) * (x - y))', 'abs(x - y)'],
    ['(x^2)^0.5', 'abs(x)'],
  ],
  '√Σ c x² = 0 where that is 0, with derivative 0': [
    ['sqrt(dot(v, v))', 'I[vᵀ v ≠ 0] ⊙ sqrt(vᵀ v = 0 ? 1 : vᵀ v)'],
    ['sqrt(3 * x^2)', 'I[3 x² ≠ 0] ⊙ sqrt(3 x² = 0 ? 1 : 3 x²)'],
    ['sqrt(x^2 + y^2)', 'I[x² + y² ≠ 0] ⊙ sqrt(x² + y² = 0 ? 1 : x² + y²)'],
  ],
}

/** Sums of exponentials from which people have taken the maximum already. */
const stable = [
  '1 / (exp(x - max(x, y)) + exp(y - max(x, y)))',
  '1 / (exp(x - max(x, 0)) + exp(-max(x, 0)))',
  '1 / (2 + exp(x * y - max(x * y, z)))',
  '1 / (2 + exp(x - (x > y ? x : y)))',
  '1 / (exp(x - max(z, max(y, x))) + exp(y - max(z, max(y, x))))',
]

/** Formulas that look like idioms and are none: what would be put in their place is something else. */
const strangers = [
  ...[
    '2 + exp(x)',
    '1 + exp(x)',
    'exp(x) + exp(y)',
    'exp(x) - 2',
    '2 - 3 * exp(x)',
    'exp(x) * exp(-x)',
    'exp(x) * exp(y)',
  ],
  ...[
    '2^x',
    '2^-x',
    '1 / (1 + 2^-x)',
    'exp(x)^3',
    'exp(x)^y',
    'x^2',
    'sqrt(x)^2',
    'sqrt(x^3)',
    'sqrt(x^2 + 1)',
    'sqrt(x^2 - y^2)',
  ],
  ...[
    '1 / (1 + x)',
    'x / (1 + abs(x))',
    'log(x)',
    'log(2 + x)',
    'log(x + y)',
    'log(1 / x)',
    'log(x^y)',
    'log(abs(x))',
    'exp(log(x))',
  ],
  ...[
    '2 - sigmoid(x)',
    '1 + sigmoid(x)',
    '2 + tanh(x)',
    '1 + 2 * tanh(x)',
    '1 - tanh(x)^2',
    'x - softplus(y)',
    '2 * x - softplus(x)',
  ],
  ...[
    'exp(x) * sigmoid(x)',
    'exp(y) * sigmoid(-x)',
    'x / 2 * (y / 2)',
    '2 * x * (y / 4)',
    '1 + erf(x)',
    'sigmoid(x) * sigmoid(x)',
  ],
]

const table = idioms('f64')

test('every idiom has instances, and there are none of others', () => {
  expect(Object.keys(instances)).toEqual(table.map(({ equation }) => equation))
})

describe.each(Object.entries(instances).filter(([, list]) => list.length > 0))('%s', (_, list) => {
  test.each(list)('%s', async (formula, expected) => {
    expect(await computedForm(formula)).toBe(expected)
  })
})

test.each([...strangers, ...stable])('%s stays as it is', async (formula) => {
  const { written, recognised } = await recognisedFormula(formula)
  expect(recognised).toBe(written)
})
