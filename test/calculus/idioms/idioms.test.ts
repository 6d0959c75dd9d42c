import { describe, expect, test } from 'vitest'
import { idioms, recognise } from '../../../src/calculus/idioms/index.ts'
import { argument, scan } from '../../../src/graph/scan.ts'
import { computedForm, recognisedFormula } from '../../../scripts/docs/idioms.ts'
import {
  add,
  broadcast,
  contract,
  detach,
  divide,
  exp,
  input,
  less,
  lessEqual,
  log,
  log1p,
  max,
  maximum,
  multiply,
  negate,
  power,
  reshape,
  select,
  sigmoid,
  softplus,
  sqrt,
  subtract,
  sum,
  tanh,
} from '../../../src/graph/build.ts'
import { Interner, topologicalOrder, type Node } from '../../../src/graph/node.ts'

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
  'e^(v - c eᵘ) = e^(v - c e^min(u, m)), where e^m is as good as infinite': [
    ['exp(-exp(x))', 'exp(-exp(minimum(x, 88.72)))'],
    ['exp(x - 2 * exp(-y))', 'exp(x - 2 exp(minimum(-y, 88.72)))'],
    ['exp(-sum(exp(v)))', 'exp(-sum(exp(minimum(v, 88.72))))'],
    ['exp(-(y * exp(x) / z + 1))', 'exp(-(y · exp(minimum(x, 88.72)) / z + 1))'],
    ['exp(-3 * exp(x))', 'exp(-3 exp(minimum(x, 88.72)))'],
    ['exp(exp(x) / -2)', 'exp(-0.5 exp(minimum(x, 88.72)))'],
    ['exp(y * -exp(x))', 'exp(-(y · exp(minimum(x, 88.72))))'],
    ['exp(-(x - 1)^2 * exp(-y) / 2)', 'exp(-0.5 ((x - 1)² · exp(minimum(-y, 88.72))))'],
    ['exp(-1 / exp(x))', 'exp(-exp(minimum(-x, 88.72)))'],
    ['1 - exp(-exp(-x))', '-expm1(-exp(minimum(-x, 88.72)))'],
    ['exp(exp(x) / -y)', 'exp(exp(minimum(x, 88.72)) / -y)'],
    ['exp(exp(x) * (y * -2))', 'exp(exp(minimum(x, 88.72)) · (-2 y))'],
    ['exp(exp(x) * (y / -2))', 'exp(exp(minimum(x, 88.72)) · (-0.5 y))'],
    ['exp(-(exp(x) - exp(y)))', 'exp(exp(y) - exp(minimum(x, 88.72)))'],
    ['exp(-(exp(x) + v))', 'exp(-(exp(minimum(x, 88.72)) + v))'],
    ['exp(-exp(min(x, y)))', 'exp(-exp(minimum(minimum(x, y), 88.72)))'],
  ],
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
    ['3 * (exp(x) * 2) / (1 + exp(x))', '3 (2 sigmoid(x))'],
    ['exp(x) * exp(2 * x) / (1 + exp(2 * x))', 'exp(x) · sigmoid(2 x)'],
    ['y * -exp(x) / (1 + exp(x))', '-(y · sigmoid(x))'],
    ['exp(x) / (2 * exp(x) + 2)', '0.5 sigmoid(x)'],
    ['v * -exp(x) / (1 + exp(x))', 'v · -sigmoid(x)'],
    ['exp(x) * y / (exp(x) + exp(-x))', 'sigmoid(2 x) · y'],
  ],
  '(eᵘ - eᵛ) / (eᵘ + eᵛ) = tanh((u - v) / 2), also for v = 0': [
    ['(exp(x) - exp(-x)) / (exp(x) + exp(-x))', 'tanh(x)'],
    ['(1 - exp(2 * x)) / (exp(2 * x) + 1)', '-tanh(x)'],
    ['(exp(x) - exp(y)) / (exp(x) + exp(y))', 'tanh(0.5 (x - y))'],
    ['3 * (exp(y) - exp(x)) / (exp(x) + exp(y))', '-3 tanh(0.5 (x - y))'],
    ['(exp(x) - exp(y)) / (2 * exp(x) + 2 * exp(y))', '0.5 tanh(0.5 (x - y))'],
    ['(6 * exp(x) - 6) / (2 * exp(x) + 2)', '3 tanh(0.5 x)'],
  ],
  'n / (1 + eᵘ) = n σ(-u)': [
    ['x / (1 + exp(-x))', 'x · sigmoid(x)'],
    ['1 / (exp(-(x - y) / z) + 1)', 'sigmoid((x - y) / z)'],
    ['y / (2 + 2 * exp(x))', '0.5 (y · sigmoid(-x))'],
    ['exp(y) / (1 + exp(x))', 'exp(y) · sigmoid(-x)'],
    ['v / (1 + exp(x))', 'v · sigmoid(-x)'],
    ['(exp(y) + 2) / (1 + exp(x))', '(exp(y) + 2) · sigmoid(-x)'],
    ['log(exp(x) + 2) / (1 + exp(x))', '(s + log(exp(x - s) + 2 exp(-s))) · sigmoid(-x)'],
  ],
  'σ(u) / σ(-u) = eᵘ': [
    ['sigmoid(x) / (1 - sigmoid(x))', 'exp(x)'],
    ['sigmoid(-2 * x) / sigmoid(2 * x)', 'exp(-2 x)'],
  ],
  'n / eᵘ = n e⁻ᵘ': [
    ['x / exp(x)', 'x · exp(-x)'],
    ['(x - y)^2 / (2 * exp(z))', '0.5 ((x - y)² · exp(-z))'],
    ['x / -exp(y)', '-(x · exp(-y))'],
    ['x / (exp(y) + exp(z) - exp(z))', 'x · exp(-y)'],
  ],
  'n / Σ c eᵘ = n e⁻ˢ / Σ c e^(u - s), where s = max u if that is far from 0, else s = 0': [
    ['1 / (2 + exp(x))', 'exp(-s) / (2 exp(-s) + exp(x - s))'],
    ['2 / (exp(x) + exp(-x))', '2 exp(-s) / (exp(x - s) + exp(-x - s))'],
    ['exp(x) / (exp(x) + exp(y))', 'exp(x - s) / (exp(x - s) + exp(y - s))'],
    ['(v + exp(x)) / (1 + exp(x))', '(v · exp(-s) + exp(x - s)) / (exp(-s) + exp(x - s))'],
    ['exp(v) / sum(exp(v))', 'exp(v - s) / sum(exp(v - s))'],
    ['dot(w, exp(v)) / sum(exp(v))', 'wᵀ exp(v - s) / sum(exp(v - s))'],
    ['y * (exp(x) - 2) / (1 + exp(x) * z)', 'y · (exp(x - s) - 2 exp(-s)) / (exp(-s) + exp(x - s) · z)'],
    ['1 / (x < y ? exp(x) : exp(y) + z)', 'exp(-s) / (x < y ? exp(x - s) : exp(y - s) + z · exp(-s))'],
    ['exp(v) / sum(w > 0 ? exp(v) : 0)', 'exp(v - s) / sum(I[w > 0] ⊙ exp(v - s))'],
    [
      '(exp(2 * x) - 1) / (1 + exp(x))',
      '(s = 0 ? expm1(I[s = 0] ⊙ (2 x)) : exp(2 x - s) - exp(-s)) / (exp(-s) + exp(x - s))',
    ],
    ['(exp(-x) + 2) / (1 + exp(x))', '(exp(-x - s) + 2 exp(-s)) / (exp(-s) + exp(x - s))'],
    ['(y - exp(x)) / (1 + exp(x))', '(y · exp(-s) - exp(x - s)) / (exp(-s) + exp(x - s))'],
    ['(2 + exp(x))^2 / (1 + exp(x))', '(2 exp(-0.5 s) + exp(x - 0.5 s))² / (exp(-s) + exp(x - s))'],
    ['(2 + 3 / exp(x)) / (1 + exp(x))', '(2 exp(-s) + 3 exp(-x - s)) / (exp(-s) + exp(x - s))'],
    ['exp(x) / (exp(y) + exp(-y))', 'exp(x - s) / (exp(y - s) + exp(-y - s))'],
    ['1 / (exp(x) + exp(-y))', 'exp(-s) / (exp(x - s) + exp(-y - s))'],
    ['exp(x) / (1 - exp(x))', 'exp(x - s) / -(s = 0 ? expm1(I[s = 0] ⊙ x) : exp(x - s) - exp(-s))'],
    ['(exp(x) + 1) / (exp(x) - 1)', '(exp(x - s) + exp(-s)) / (s = 0 ? expm1(I[s = 0] ⊙ x) : exp(x - s) - exp(-s))'],
    [
      '(exp(x) - 1) / (exp(x) - 1)',
      '(s = 0 ? expm1(I[s = 0] ⊙ x) : exp(x - s) - exp(-s)) / (s = 0 ? expm1(I[s = 0] ⊙ x) : exp(x - s) - exp(-s))',
    ],
    ['(exp(x) - exp(y)) / (exp(x) + exp(z))', '(exp(x - s) - exp(y - s)) / (exp(x - s) + exp(z - s))'],
    ['(exp(x) - exp(y)) / (exp(z) + exp(y))', '(exp(x - s) - exp(y - s)) / (exp(z - s) + exp(y - s))'],
    ['(exp(x) - exp(y)) / (exp(z) + exp(x))', '(exp(x - s) - exp(y - s)) / (exp(z - s) + exp(x - s))'],
    ['(exp(z) - exp(y)) / (exp(y) + exp(x))', '(exp(z - s) - exp(y - s)) / (exp(y - s) + exp(x - s))'],
    ['(exp(x) - 1) / (2 + exp(x))', '(s = 0 ? expm1(I[s = 0] ⊙ x) : exp(x - s) - exp(-s)) / (2 exp(-s) + exp(x - s))'],
    ['x / (exp(y) * z)', 'x · exp(-s) / (exp(y - s) · z)'],
    ['1 / (-exp(x) - exp(y))', 'exp(-s) / (-exp(x - s) - exp(y - s))'],
    ['1 / (exp(x) / z + 2)', 'exp(-s) / (exp(x - s) / z + 2 exp(-s))'],
    ['exp(z) / sqrt(exp(x) + 2)', 'exp(z - s) / sqrt(exp(x - 2 s) + 2 exp(-2 s))'],
    ['1 / ((exp(x) + exp(y)) * (exp(x) + exp(y)))', 'exp(-s) / (exp(x - 0.5 s) + exp(y - 0.5 s))²'],
    ['1 / (exp(x) + exp(y))^2', 'exp(-s) / (exp(x - 0.5 s) + exp(y - 0.5 s))²'],
    ['1 / (exp(x) + exp(y))^0.5', 'exp(-s) / sqrt(exp(x - 2 s) + exp(y - 2 s))'],
    ['1 / sum(v + exp(x))', 'exp(-s) / sum(v · exp(-s) + exp(x - s))'],
    ['1 / (2 + exp(x - y))', 'exp(-s) / (2 exp(-s) + exp(x - y - s))'],
    ['1 / (2 + exp(x - (x + y)))', 'exp(-s) / (2 exp(-s) + exp(x - (x + y) - s))'],
    ['(y + -exp(x)) / (1 + exp(x))', '(y · exp(-s) - exp(x - s)) / (exp(-s) + exp(x - s))'],
    ['(y + exp(x) / z) / (1 + exp(x))', '(y · exp(-s) + exp(x - s) / z) / (exp(-s) + exp(x - s))'],
    ['1 / ((1 + exp(x)) * (1 + exp(x)))', 'exp(-s) / (exp(-0.5 s) + exp(x - 0.5 s))²'],
    ['1 / (exp(x) + exp(y))^3', 'exp(-s) / (exp(x - s / 3) + exp(y - s / 3))³'],
    ['1 / (2 + exp(x)^3)', 'exp(-s) / (2 exp(-s) + exp(x - s / 3)³)'],
    ['1 / (exp(-x) + 1)^0.25', 'exp(-s) / (exp(-x - 4 s) + exp(-4 s))^0.25'],
    ['exp(x) / sum(exp(v))^1.5', 'exp(x - s) / sum(exp(v - s / 1.5))^1.5'],
    ['sqrt(sum(exp(2 * v))) / sum(exp(v))', 'sqrt(sum(exp(2 v - 2 s))) / sum(exp(v - s))'],
    ['1 / (2 + exp(x - min(x, y)))', 'exp(-s) / (2 exp(-s) + exp(x - minimum(x, y) - s))'],
    ['1 / (2 + exp(x - 2 * max(x, y)))', 'exp(-s) / (2 exp(-s) + exp(x - 2 maximum(x, y) - s))'],
    ['1 / (2 + exp(x - max(y, z)))', 'exp(-s) / (2 exp(-s) + exp(x - maximum(y, z) - s))'],
    ['1 / (1 + 2^-x)', 'exp(-s) / (exp(-s) + 2^(-x - s / 0.6931471805599453))'],
    ['2^x / (2^x + y)', '2^(x - s / 0.6931471805599453) / (2^(x - s / 0.6931471805599453) + y · exp(-s))'],
  ],
  'Σ eᵘ · (1 / Σ eᵛ) = Σ eᵘ / Σ eᵛ': [
    ['exp(x) * (1 / (exp(x) + exp(y)))', 'exp(x - s) / (exp(x - s) + exp(y - s))'],
    ['1 / (exp(z) + exp(x)) * exp(x)', 'exp(x - s) / (exp(z - s) + exp(x - s))'],
    ['exp(v) * (1 / sum(exp(v)))', 'exp(v - s) / sum(exp(v - s))'],
  ],
  'n eᵘ σ(-u) = n σ(u)': [
    ['exp(x) * sigmoid(-x)', 'sigmoid(x)'],
    ['1 / (1 + exp(x)) * (y * exp(x))', 'y · sigmoid(x)'],
    ['sigmoid(x) * exp(-x)', 'sigmoid(-x)'],
  ],
  'eᵘ - 1 = expm1(u)': [
    ['exp(x) - 1', 'expm1(x)'],
    ['-1 + exp(x)', 'expm1(x)'],
    ['1 - exp(-x)', '-expm1(-x)'],
    ['y * (3 * exp(x) - 3)', 'y · (3 expm1(x))'],
    ['log(1 - exp(x))', 'log(-expm1(x))'],
    ['log(1 - exp(exp(x)))', 'log(-expm1(exp(x)))'],
    ['log(1 - exp(-y))', 'log(-expm1(-y))'],
  ],
  '1 - σ(u) = σ(-u)': [
    ['1 - sigmoid(x)', 'sigmoid(-x)'],
    ['-1 + sigmoid(x)', '-sigmoid(-x)'],
    ['1 - 1 / (1 + exp(x))', 'sigmoid(x)'],
    ['sigmoid(x) - 1', '-sigmoid(-x)'],
    ['2 - 2 * sigmoid(x)', '2 sigmoid(-x)'],
  ],
  '2 σ(u) - 1 = tanh(u / 2)': [
    ['2 * sigmoid(2 * x) - 1', 'tanh(x)'],
    ['-1 + 2 * sigmoid(2 * x)', 'tanh(x)'],
    ['1 - 2 / (1 + exp(x))', 'tanh(0.5 x)'],
    ['0.5 - sigmoid(x)', '-0.5 tanh(0.5 x)'],
    ['sigmoid(x) - 0.5', '0.5 tanh(0.5 x)'],
    ['0.25 - 0.5 * sigmoid(x)', '-0.25 tanh(0.5 x)'],
  ],
  '1 ± tanh u = 2 σ(±2u)': [
    ['1 + tanh(x)', '2 sigmoid(2 x)'],
    ['1 - tanh(x / 2)', '2 sigmoid(-x)'],
    ['2 * tanh(x) - 2', '-4 sigmoid(-2 x)'],
    ['0.25 * tanh(x) + 0.25', '0.5 sigmoid(2 x)'],
    ['-2 - 2 * tanh(x)', '-4 sigmoid(2 x)'],
  ],
  '1 ± erf(u / √2) = 2 Φ(±u)': [
    ['1 + erf(x / sqrt(2))', '2 normalCdf(x)'],
    ['3 - 3 * erf(y * sqrt(0.5))', '6 normalCdf(-y)'],
    ['1 + erf(x)', '1 + erf(x)'],
    ['0.25 * erf(x / sqrt(2)) - 0.25', '-0.5 normalCdf(-x)'],
    ['2 - 2 * erf(-x / sqrt(2))', '4 normalCdf(x)'],
    ['1 + erf((x + y) / sqrt(2))', '2 normalCdf(x + y)'],
    ['1 - erf((x - y) * sqrt(0.5))', '2 normalCdf(y - x)'],
    ['1 + erf(-((x + 1) / sqrt(2)))', '2 normalCdf(-(x + 1))'],
    ['1 + erf(x * 2 * 0.3535533905932738)', '2 normalCdf(x)'],
    ['1 + erf(0.7071067811865474 * x)', '2 normalCdf(x)'],
  ],
  '1 - Φ(u) = Φ(-u)': [
    ['1 - 0.5 * (1 + erf(x / sqrt(2)))', 'normalCdf(-x)'],
    ['-1 + (1 + erf(x / sqrt(2))) / 2', '-normalCdf(-x)'],
    ['2 - 0.5 * (1 + erf(x / sqrt(2)))', '2 - normalCdf(x)'],
    ['3 - 3 * (1 + erf(x / sqrt(2))) / 2', '3 normalCdf(-x)'],
    ['(1 + erf(x / sqrt(2))) / 2 - 1', '-normalCdf(-x)'],
  ],
  'log(1 + eᵘ) - u = log(1 + e⁻ᵘ)': [
    ['x + log(1 + exp(-x))', 'softplus(x)'],
    ['x - y - log(1 + exp(x - y))', '-softplus(y - x)'],
    ['3 * log(1 + exp(2 * x)) - 6 * x', '3 softplus(-2 x)'],
    ['log(1 + exp(x + 1)) - x - 1', 'softplus(-(x + 1))'],
    ['y - log(1 + exp(y - 3 * x)) - 3 * x', '-softplus(3 x - y)'],
  ],
  '(2 a) (b / 2) = a b, for any power of two': [
    ['x / 2 * (1 + tanh(y))', 'x · sigmoid(2 y)'],
    ['0.5 * (1 + tanh(x))', 'sigmoid(2 x)'],
    ['x * 2 * 0.5', 'x'],
    ['x / 4 * 4', 'x'],
    ['-2 * x * (y / -2)', 'x · y'],
  ],
  '2 a / 2 = a, for any power of two': [['(1 + tanh(x)) / 2', 'sigmoid(2 x)']],
  'log(1 + eᵘ) = softplus(u)': [
    ['log(1 + exp(x)) - y', 'softplus(x) - y'],
    ['log(1 + exp(x + y)) - x', 'softplus(x + y) - x'],
    ['log(1 + exp(x + y)) - x - 2 * y', 'softplus(x + y) - x - 2 y'],
    ['log(1 + exp(x + 1)) - x', 'softplus(x + 1) - x'],
    ['log(1 + exp(2 * x)) - x', 'softplus(2 x) - x'],
    ['log(1 + exp(x + 2 * y)) - x - y', 'softplus(x + 2 y) - x - y'],
    ['log(1 + exp(x + 2 * y)) - 2 * x - 2 * y', 'softplus(x + 2 y) - 2 x - 2 y'],
    ['2 * log(1 + exp(x + y)) - x - y', '2 softplus(x + y) - x - y'],

    ['log(1 + exp(x))', 'softplus(x)'],
    ['log(1 + 1 / exp(x))', 'softplus(-x)'],
  ],
  'log σ(u) = -softplus(-u)': [
    ['log(sigmoid(x))', '-softplus(-x)'],
    ['log(1 / (1 + exp(x)))', '-softplus(x)'],
    ['y * log(sigmoid(z)) + (1 - y) * log(1 - sigmoid(z))', '-(y · softplus(-z)) - (1 - y) · softplus(z)'],
  ],
  'log eᵘ = u, log cᵘ = u log c': [
    ['log(exp(x / y))', 'x / y'],
    ['log(3^(x - y))', '1.0986122886681096 (x - y)'],
  ],
  'log(eᵘ / Σ c eᵛ) = u - s - log Σ c e^(v - s), where s = max v': [
    ['log(exp(x) / (exp(x) + exp(y)))', 'x - s - log(exp(x - s) + exp(y - s))'],
    ['log(exp(v) / sum(exp(v)))', 'v - s - log(sum(exp(v - s)))'],
    ['log(softmax(v))', 'v - s - log(sum(exp(v - s)))'],
    ['log(exp(v - max(v)) / sum(exp(v - max(v))))', 'v - max(v) - log(sum(exp(v - max(v))))'],
  ],
  'log(a / b) = (r - s) + log(a e⁻ʳ) - log(b e⁻ˢ), where both are sums of exponentials, and b above 0': [
    ['log(sum(w .* exp(v)) / sum(exp(v)))', 's - t + log(sum(w ⊙ exp(v - s))) - log(sum(exp(v - t)))'],
    [
      'log(sum(exp(v)) / (sum(exp(v)) + sum(exp(w))))',
      's - t + log(sum(exp(v - s))) - log(sum(exp(v - t)) + sum(exp(w - t)))',
    ],
    [
      'log(sum(w .* exp(v - max(v))) / sum(exp(v - max(v))))',
      's - log(sum(exp(v - max(v)))) + log(sum(w ⊙ exp(v - max(v) - s)))',
    ],
    ['log((2 + exp(x)) / (exp(y) + 2))', 's - t + log(2 exp(-s) + exp(x - s)) - log(exp(y - t) + 2 exp(-t))'],
    ['log((exp(x) - 2) / (exp(x) + exp(y)))', 's - t + log(exp(x - s) - 2 exp(-s)) - log(exp(x - t) + exp(y - t))'],
  ],
  'log Σ c (eᵘ / d) = log Σ c e^(u - s) - log(d e⁻ˢ), where d is a sum of exponentials eᵛ and s = max v': [
    ['log(dot(w, exp(v) / sum(exp(v))))', 't - log(sum(exp(v - s))) + log(wᵀ exp(v - s - t))'],
    ['log(sum(softmax(v) .* w))', 't - log(sum(exp(v - s))) + log(sum(exp(v - s - t) ⊙ w))'],
    [
      'log(dot(w, exp(v - max(v)) / sum(exp(v - max(v)))))',
      's - log(sum(exp(v - max(v)))) + log(wᵀ exp(v - max(v) - s))',
    ],
    ['log(dot(exp(v) / sum(exp(v)), w))', 't - log(sum(exp(v - s))) + log(exp(v - s - t)ᵀ w)'],
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

      ['log(exp(x) * (exp(x) + exp(y)))', 'x + s + log(exp(x - s) + exp(y - s))'],
      [
        'log((2 + exp(x)) * sqrt(exp(y) + 2))',
        '0.5 s + log(sqrt(exp(y - s) + 2 exp(-s))) + t + log(2 exp(-t) + exp(x - t))',
      ],
      ['log((2 + exp(x)) * (exp(y) + 2)^2)', '2 (t + log(exp(y - t) + 2 exp(-t))) + s + log(2 exp(-s) + exp(x - s))'],
      ['log((2 + exp(x)) * sum(exp(v)))', 't + s + log(2 exp(-s) + exp(x - s)) + log(sum(exp(v - t)))'],
      ['log(2 * sigmoid(y) * sigmoid(x))', '0.6931471805599453 - softplus(-y) - softplus(-x)'],
      ['log(x * sigmoid(y) * sigmoid(x))', 'log(x) - softplus(-y) - softplus(-x)'],
      ['log(x * (2 * sigmoid(y)))', 'log(x) + (0.6931471805599453 - softplus(-y))'],
      ['log(sigmoid(x) / y)', '-softplus(-x) - log(y)'],
    ],
  'log(1 - tanh² u) = -2 log cosh u': [
    [
      'log(1 - tanh(x)^2)',
      'abs(x) < 1 ? log1p(-tanh(I[abs(x) < 1] ⊙ x)²) : 2 (0.6931471805599453 - abs(x) - softplus(-2 abs(x)))',
    ],
    ['log((2 + exp(x) / 3) * (2 + exp(y)))', 't + s + log(2 exp(-s) + exp(x - s) / 3) + log(2 exp(-t) + exp(y - t))'],
    ['log(2 * exp(x) * sigmoid(y))', 's - softplus(-y) + log(2 exp(x - s))'],
  ],
  'log xᵖ = p log x, for even p p log |x|': [
    ['log(x^2)', '2 log(abs(x))'],
    ['log(x * x)', '2 log(abs(x))'],
    ['log(x^3)', '3 log(x)'],
    ['log((x / y)^-0.5)', '-0.5 log(x / y)'],
    ['log((2 + exp(x))^2)', '2 (s + log(2 exp(-s) + exp(x - s)))'],
    ['log((y / 2 + exp(x))^2)', '2 log(abs(0.5 y + exp(x)))'],
    ['log(x^-2)', '-2 log(abs(x))'],
  ],
  'log Σ c eᵘ = s + log Σ c e^(u - s), where s = max u if that is far from 0, else s = 0': [
    ['log(2 + exp(x))', 's + log(2 exp(-s) + exp(x - s))'],
    ['log(2 - 3 * exp(-exp(x)))', 's + log(2 exp(-s) - 3 exp(-exp(minimum(x, 88.72)) - s))'],
    ['log(2 + 2 * exp(x))', 's + log(2 exp(-s) + 2 exp(x - s))'],
    ['log((2 + exp(x)) / 3)', 's + log((2 exp(-s) + exp(x - s)) / 3)'],
    ['log(exp(x) + exp(y))', 's + log(exp(x - s) + exp(y - s))'],
    ['log(mean(exp(v)))', 's + log(0.3333333333333333 sum(exp(v - s)))'],
    ['log(y * exp(x))', 's + log(y · exp(x - s))'],
    ['log(exp(x) - 1)', 's + log(s = 0 ? expm1(I[s = 0] ⊙ x) : exp(x - s) - exp(-s))'],
    ['log(exp(y) - exp(x))', 's + log(exp(y - s) - exp(x - s))'],
    ['log(2 - exp(x))', 's + log(2 exp(-s) - exp(x - s))'],
    ['log(y * (2 + exp(x)))', 's + log(y · (2 exp(-s) + exp(x - s)))'],
    ['log(dot(exp(v), w))', 's + log(exp(v - s)ᵀ w)'],
    ['log(dot(w, exp(v - max(v))))', 's + log(wᵀ exp(v - max(v) - s))'],
    ['log(sum(v * exp(x)))', 's + log(sum(v ⊙ exp(x - s)))'],
    ['log(sum(v * exp(x)) + 2)', 's + log(sum(v ⊙ exp(x - s)) + 2 exp(-s))'],
    ['log(sum(exp(v)) / x)', 's + log(sum(exp(v - s)) / x)'],
    ['log(sum(w .* exp(v)) - y)', 's + log(sum(w ⊙ exp(v - s)) - y · exp(-s))'],
    ['log(2 * exp(x) * z)', 's + log(2 exp(x - s) · z)'],
    ['log(dot(w, v / sum(exp(v - max(v)))))', 'log(wᵀ (v / sum(exp(v - max(v)))))'],
    ['log(dot(w, exp(v) / (exp(v) + exp(w))))', 'log(wᵀ (exp(v - s) / (exp(v - s) + exp(w - s))))'],
    ['log(2 + 2^x)', 's + log(2 exp(-s) + 2^(x - s / 0.6931471805599453))'],
    ['log(1 + 2^x)', 's + log1p(2^(x - s / 0.6931471805599453) + expm1(-s))'],
    ['log(exp(x)^3 + 1)', 's + log1p(exp(x - s / 3)³ + expm1(-s))'],
    ['log(1 - exp(x)^3)', 's + log1p(expm1(-s) - exp(x - s / 3)³)'],
    ['log(1 + sum(exp(v)))', 's + log1p(sum(exp(v - s)) + expm1(-s))'],
    ['log(sqrt(sqrt(2 + exp(x))))', '0.5 s + log(sqrt(sqrt(2 exp(-2 s) + exp(x - 2 s))))'],
  ],
  'log Σ c σ(u) = s + log Σ c e^(log σ(u) - s), where s = max log σ(u) if that is far from 0, else s = 0': [
    [
      'log(y * sigmoid(x) + (1 - y) * (1 - sigmoid(x)))',
      's + log(y · (s = 0 ? sigmoid(x) : exp(-softplus(-x) - s)) + (1 - y) · (s = 0 ? sigmoid(-x) : exp(-softplus(x) - s)))',
    ],
    ['log(sum(sigmoid(v)))', 's + log(sum(s = 0 ? sigmoid(v) : exp(-softplus(-v) - s)))'],
    ['log(dot(w, sigmoid(v)))', 's + log(wᵀ (s = 0 ? sigmoid(v) : exp(-softplus(-v) - s)))'],
    ['log(x * sigmoid(y) * z)', 's + log(x · (s = 0 ? sigmoid(y) : exp(-softplus(-y) - s)) · z)'],
    ['log(-2 * sigmoid(y) * z)', 's + log(-2 (s = 0 ? sigmoid(y) : exp(-softplus(-y) - s)) · z)'],
    [
      'log(x < y ? sigmoid(x) : 1 - sigmoid(x))',
      's + log(x < y ? (s = 0 ? sigmoid(x) : exp(-softplus(-x) - s)) : s = 0 ? sigmoid(-x) : exp(-softplus(x) - s))',
    ],
  ],
  'log f(u) = u, where f(u) = log(1 + eᵘ) or 1 - e^(-eᵘ) and that is eᵘ to all digits': [
    ['log(log(1 + exp(x)))', 'x ≤ -40 ? x : log(x ≤ -40 ? 1 : softplus(x))'],
    ['log(-log(sigmoid(x)))', '-x ≤ -40 ? -x : log(-x ≤ -40 ? 1 : softplus(-x))'],
    ['log(softplus(x))', 'x ≤ -40 ? x : log(x ≤ -40 ? 1 : 40 < x ? x : softplus(x))'],
    ['log(0 < x ? x : log(1 + exp(x)))', 'x ≤ -40 ? x : log(x ≤ -40 ? 1 : 0 < x ? x : softplus(x))'],
    ['log(1 - exp(-exp(x)))', 'x ≤ -40 ? x : log(-expm1(-exp(minimum(maximum(x, -40), 88.72))))'],
  ],
  'log Φ(u) = -u²/2 - log(-u √(2π)) + log(1 - u⁻² + 3 u⁻⁴ - 15 u⁻⁶ …) for u far below 0': [
    [
      'log(0.5 * (1 + erf(x / sqrt(2))))',
      'x < -12 ? -0.5 minimum(x, -12)² + (log1p(-((1 - 3 / minimum(x, -12)² · (1 - 5 / minimum(x, -12)² · (1 - 7 / minimum(x, -12)² · (1 - 9 / minimum(x, -12)² · (1 - 11 / minimum(x, -12)²))))) / minimum(x, -12)²)) - log(-2.5066282746310002 minimum(x, -12))) : log(x < -12 ? 1 : normalCdf(x))',
    ],
  ],
  'log(1 + x) = log1p(x)': [
    ['log(1 + x)', 'log1p(x)'],
    ['log(1 - x)', 'log1p(-x)'],
    ['log(x - (-1))', 'log1p(x)'],
    ['log(1 - (x - y))', 'log1p(y - x)'],
    ['log(1 - x^2)', 'log1p(-x²)'],
    ['log(1 + tanh(x)^2)', 'log1p(tanh(x)²)'],
    ['log(1 - 2 * tanh(x)^2)', 'log1p(-2 tanh(x)²)'],
    ['log(1 - tanh(x) * tanh(y))', 'log1p(-(tanh(x) · tanh(y)))'],
    ['log(x + 1)', 'log1p(x)'],
  ],
  'log1p(eᵘ) = softplus(u), log1p(-σ(u)) = log σ(-u)': [],
  'a ± (s + log b) = (a ± s) ± log b, for the s of a logarithm': [
    ['log(exp(x) + exp(y)) - z', 's - z + log(exp(x - s) + exp(y - s))'],
    ['x - log(exp(x) + exp(y))', 'x - s - log(exp(x - s) + exp(y - s))'],
    ['log(exp(x) + exp(y)) + z', 'z + s + log(exp(x - s) + exp(y - s))'],
    ['z - 2 + log(exp(x) + exp(y))', 'z - 2 + s + log(exp(x - s) + exp(y - s))'],
    ['w - log(sum(exp(v)))', 'w - s - log(sum(exp(v - s)))'],
    ['log(sum(exp(v))) - w', 's - w + log(sum(exp(v - s)))'],
  ],
  '√x² = |x|': [
    ['sqrt(x^2)', 'abs(x)'],
    ['sqrt((x - y) * (x - y))', 'abs(x - y)'],
    ['(x^2)^0.5', 'abs(x)'],
  ],
  '√(eᵘ / d) = e^(u/2) / √d, where d is a sum of exponentials': [
    ['sqrt(softmax(v))', 'exp(0.5 (v - s)) / sqrt(sum(exp(v - s)))'],
    ['sqrt(y / (2 + exp(x)))', 'sqrt(y · exp(-s) / (2 exp(-s) + exp(x - s)))'],
    ['sqrt(exp(x) / (exp(y) - 2))', 'sqrt(exp(x - s) / (exp(y - s) - 2 exp(-s)))'],
    ['(exp(x) / (exp(x) + exp(y)))^0.5', 'exp(0.5 (x - s)) / sqrt(exp(x - s) + exp(y - s))'],
  ],
  '(Σ c eᵘ)ᵖ = e^(p s) (Σ c e^(u - s))ᵖ, for 0 < p < 1, also for σ(u), where s = max u if that is far from 0, else s = 0':
    [
      ['sqrt(sum(exp(v)))', 'exp(0.5 s) · sqrt(sum(exp(v - s)))'],
      ['(1 + exp(2 * x))^0.5', 'exp(0.5 s) · sqrt(exp(-s) + exp(2 x - s))'],
      ['sqrt(exp(x) / 3)', 'exp(0.5 s) · sqrt(exp(x - s) / 3)'],
      ['exp(x)^0.3', 'exp(0.3 s) · exp(x - s)^0.3'],
      ['sqrt(2^x)', 'exp(0.5 s) · sqrt(2^(x - s / 0.6931471805599453))'],
      ['sqrt(sigmoid(x))', 'exp(0.5 s) · sqrt(s = 0 ? sigmoid(x) : exp(-softplus(-x) - s))'],
      ['sqrt(1 + sqrt(2 + exp(x)))', 'exp(0.5 s) · sqrt(exp(-s) + sqrt(2 exp(-2 s) + exp(x - 2 s)))'],
    ],
  '√Σ c x² = 0 where that is 0, with derivative 0': [
    ['sqrt(dot(v, v))', 'I[vᵀ v ≠ 0] ⊙ sqrt(vᵀ v = 0 ? 1 : vᵀ v)'],
    ['sqrt(3 * x^2)', 'I[3 x² ≠ 0] ⊙ sqrt(3 x² = 0 ? 1 : 3 x²)'],
    ['sqrt(x^2 + y^2)', 'I[x² + y² ≠ 0] ⊙ sqrt(x² + y² = 0 ? 1 : x² + y²)'],
    ['sqrt(x^2 / 2)', 'I[0.5 x² ≠ 0] ⊙ sqrt(0.5 x² = 0 ? 1 : 0.5 x²)'],
    ['sqrt(y^2 * 3 + 2 * x^2)', 'I[3 y² + 2 x² ≠ 0] ⊙ sqrt(3 y² + 2 x² = 0 ? 1 : 3 y² + 2 x²)'],
    ['sqrt(sum(v^2 + w^2))', 'I[sum(v² + w²) ≠ 0] ⊙ sqrt(sum(v² + w²) = 0 ? 1 : sum(v² + w²))'],
    ['(x^2 + y^2)^0.5', 'I[x² + y² ≠ 0] ⊙ sqrt(x² + y² = 0 ? 1 : x² + y²)'],
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
  ...['exp(exp(x))', 'exp(3 * exp(x) - y)', 'exp(-y)', 'exp(-1 / y)', 'log(y + sigmoid(x))'],
  ...[
    '1^x',
    'x^0.3',
    'sigmoid(x)^3',
    'log((1 + erf(x / 2)) / 2)',
    'exp(x * y)',
    'log(x < 1 ? x : y)',
    'log((2 + sigmoid(x)) * y)',
    'log(x^0)',
    '(2 + exp(x))^1',
    'log((-2)^x)',
    'log(0^x)',
    'exp(0 * exp(x))',
    '1 / (2 + 1^x)',
    '1 / (2 + 0^x)',
    '1 / (2 + (-2)^x)',
    '1 / (2 + exp(x)^0)',
    '1 / (2 + exp(x)^y)',
    'exp(y * exp(x))',
    'exp(-(y - exp(x)))',
    'exp(-(-y * exp(x)))',
    'exp(exp(x) / (y * 2))',
    'exp(-exp(min(x, 3)))',
    'exp(-abs(exp(x)))',
  ],
  ...['sqrt(exp(x - max(x, y)) + exp(y - max(x, y)))', 'sqrt(x / (2 + abs(y)))', 'sqrt(y + sigmoid(x))'],
  ...['1 + erf(0.7071067811865476 + x)', '1 + erf(x + 0.7071067811865476)', '1 + erf(x - 1.4142135623730951)'],
  ...['1 / (x < y ? x : y)', 'log(x < y ? x : y)', 'log(dot(exp(v), exp(w)))'],
  ...[
    '2 + exp(x)',
    '1 + exp(x)',
    'exp(x) + exp(y)',
    'exp(x) - 2',
    '2 - 3 * exp(x)',
    'exp(x) * exp(-x)',
    'exp(x) * exp(y)',
  ],
  ...['2^x', '2^-x', 'exp(x)^3', 'exp(x)^y', 'x^2', 'sqrt(x)^2', 'sqrt(x^3)', 'sqrt(x^2 + 1)', 'sqrt(x^2 - y^2)'],
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
  ...[
    'log(x - 1)',
    'log(x + 1 + y)',
    'log(-1 + x)',
    'log(x * y)',
    'log(2 - tanh(x)^2)',
    'log(1 - tanh(x)^2 - y)',
    'log(exp(x) * (exp(x) - exp(y)))',
    'log(dot(w, v))',
    'log(dot(v / w, w))',
    'log(exp(x) * (exp(y) + z))',
  ],
  ...[
    'sqrt(x^2 / y)',
    'sqrt(2 / x^2)',
    'sqrt(x / 2)',
    'sqrt(y * x^2)',
    'sqrt(x^2 * y^2)',
    'sqrt(2 * y)',
    'sqrt(x^2 / -2 + y^2)',
    'sqrt(-2 * x^2 + y^2)',
    'sqrt(x^2 + y)',
    'sqrt(x^2 - -2)',
    '(x^2 + y^2)^0.25',
    'sqrt(dot(v, w))',
    'sqrt(sum(v))',
  ],
  ...[
    '1 / ((exp(x) + exp(y)) * (exp(x) + 2))',
    '1 / (y * z)',
    'x^-2',
    '(2 + exp(x))^2',
    'sigmoid(x) / sigmoid(x)',
    'sigmoid(x) / sigmoid(y)',
    'sigmoid(x) / tanh(-x)',
    'tanh(x) / sigmoid(-x)',
    'tanh(x) * exp(-x)',
    'exp(x) * (exp(-y) / z)',
    'exp(x) * sigmoid(-y)',
    'x * (1 / (2 + y))',
    'exp(x) - exp(y) - 1',
    'exp(x) + y - 1',
    'tanh(x) + y',
    '1 + y + tanh(x)',
    'y - sigmoid(x)',
    'sigmoid(x) - sigmoid(y)',
    '2 + erf(x / sqrt(2))',
    '1 + erf(x / sqrt(2) + 1)',
    '1 + erf(x / 1.4142)',
    'erf(x / sqrt(2)) + y',
    'x / 3 / 3',
    '3 * (x / 3)',
    '2 * x / 4',
    '1 + x + log(y)',
  ],
]

const table = idioms('f64')

test('every idiom has instances, and there are none of others', () => {
  expect(Object.keys(instances)).toEqual(table.map(({ equation }) => equation))
})

test('every idiom says why it is there', () => {
  for (const { reason } of table) expect(reason).not.toBe('')
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

test.each(Object.values(instances).flat())('%s, once recognised, has no more of them', async (formula) => {
  const { recognised } = await recognisedFormula(formula)
  expect(recognise([recognised], 'f32').get(recognised)).toBe(recognised)
})

const graph = new Interner()
const leaf = (name: string, ...shape: readonly number[]): Node => input(graph, name, ['batch', ...shape])
const [x, y, A] = [leaf('x'), leaf('y'), leaf('A', 2, 3)]
const recognised = (node: Node): Node => recognise([node], 'f64').get(node)!

describe('nodes that no formula has', () => {
  test.each<[what: string, node: Node, expected: Node]>([
    ['log1p(eˣ)', log1p(exp(x)), softplus(x)],
    ['log1p(-σ(x))', log1p(negate(sigmoid(x))), negate(softplus(x))],
  ])('%s', (_, node, expected) => {
    expect(recognised(node)).toBe(expected)
  })

  /** A formula's softplus is itself a choice: these have the op alone. */
  test.each<[what: string, node: Node]>([
    ['log(x < y ? x : log(1 + eˣ))', log(select(less(x, y), x, softplus(x)))],
    ['log(y < x ? x : log(1 + eˣ))', log(select(less(y, x), x, softplus(x)))],
    ['log(x < 5 ? x : log(1 + eˣ))', log(select(less(x, 5), x, softplus(x)))],
    ['log(-5 < x ? x : log(1 + eˣ))', log(select(less(-5, x), x, softplus(x)))],
    ['log(5 ≤ x ? x : log(1 + eˣ))', log(select(lessEqual(5, x), x, softplus(x)))],
    ['log(5 < y ? x : log(1 + eˣ))', log(select(less(5, y), x, softplus(x)))],
    ['log(5 < x ? y : log(1 + eˣ))', log(select(less(5, x), y, softplus(x)))],
    ['log(5 < x ? x : log(1 + eʸ))', log(select(less(5, x), x, softplus(y)))],
    ['log(5 < x ? x : 2 log(1 + eˣ))', log(select(less(5, x), x, multiply(2, softplus(x))))],
    ['log(5 < x ? x : log(1 + eˣ) + 1)', log(select(less(5, x), x, add(softplus(x), 1)))],
    ['log(5 < x ? x : log(1 + eˣ) + y)', log(select(less(5, x), x, add(softplus(x), y)))],
    ['log(5 < x ? x : tanh x)', log(select(less(5, x), x, tanh(x)))],
    ['log(2 + log(1 + eˣ))', log(add(2, softplus(x)))],
    ['log(2 log(1 + eˣ))', log(multiply(2, softplus(x)))],
    ['log(log(1 + eˣ) + log(1 + eʸ))', log(add(softplus(x), softplus(y)))],
    ['log(log(1 + eˣ) + y)', log(add(softplus(x), y))],
  ])('%s stays as it is', (_, node) => {
    expect(recognised(node)).toBe(node)
  })

  const overSamples = sum(exp(x), [0])
  const v = leaf('v', 3)
  const row = leaf('B', 1, 3)
  const most = broadcast(reshape(max(row, [2]), ['batch']), row.shape, [0])
  test.each<[what: string, node: Node]>([
    ['log1p(x)', log1p(x)],
    ['log1p(σ(x))', log1p(sigmoid(x))],
    ['log1p(-2 σ(x))', log1p(multiply(-2, sigmoid(x)))],
    ['log1p(-x)', log1p(negate(x))],
    ['log1p(2 - σ(x))', log1p(subtract(2, sigmoid(x)))],
    ['log1p(0.5 - σ(y) σ(x))', log1p(subtract(0.5, multiply(sigmoid(x), sigmoid(y))))],
    ['log1p(-σ(x) - σ(y))', log1p(subtract(negate(sigmoid(x)), sigmoid(y)))],
    ['a sum over samples', log(overSamples)],
    ['a sum over samples and elements', log(sum(exp(v), [0, 1]))],
    ['a product of a matrix and a vector', log(contract(exp(A), 'bij', v, 'bj', 'bi'))],
    ['a product of matrices', log(contract(exp(A), 'bij', A, 'bkj', 'bik'))],
    ['a product along another axis', log(contract(exp(A), 'bij', A, 'bij', 'bj'))],
    ['a maximum taken away as a constant', divide(1, add(2, exp(subtract(x, detach(maximum(x, y))))))],
    ['a maximum taken away in another shape', log(sum(exp(subtract(row, most)), [1, 2]))],
    ['a root of a product of matrices', sqrt(contract(A, 'bij', A, 'bkj', 'bik'))],
  ])('%s stays as it is', (_, node) => {
    expect(recognised(node)).toBe(node)
  })
})

test('what a scan does at each time stays as it is', () => {
  const [carry, now] = ['h', 'x'].map((name) => argument(graph, 'running', name, ['batch'])) as [Node, Node]
  const region = { carries: [carry], elements: [now], captured: [], next: [log(add(1, exp(now)))] }
  const node = scan(region, { initial: [x], sequences: [leaf('xs', 3)], captured: [] }, carry, false)
  expect(recognised(node)).toBe(node)
})

describe('graphs that are large', () => {
  const repeatedly = (times: number, first: Node, step: (node: Node, k: number) => Node): Node =>
    Array.from({ length: times }).reduce<Node>((node, _, k) => step(node, k), first)
  const doubled = (first: Node): Node => repeatedly(40, first, (node) => add(node, node))
  const squared = (first: Node): Node => repeatedly(40, first, (node) => multiply(node, node))

  const products = repeatedly(14, exp(x), (node) => multiply(node, y))
  const below = divide(1, repeatedly(40, add(2, exp(x)), negate))
  const factor = log(
    multiply(
      exp(y),
      repeatedly(14, exp(x), (node) => add(2, node)),
    ),
  )
  const decay = exp(repeatedly(11, exp(x), negate))
  const faded = exp(multiply(exp(x), repeatedly(11, y, negate)))
  test.each<[what: string, node: Node, expected: Node]>([
    ['sum of exponentials', below, below],
    ['sum above 0', factor, factor],
    ['decay', decay, decay],
    ['sign', faded, faded],
    ['exponential', divide(products, add(1, exp(x))), multiply(products, sigmoid(negate(x)))],
  ])('a %s that is too deep to be looked at', (_, node, expected) => {
    expect(recognised(node)).toBe(expected)
  })

  test.each<[what: string, node: Node]>([
    ['√(x² + x² + …)', sqrt(doubled(power(x, 2)))],
    ['log(x + x + …)', log(doubled(x))],
    ['log(eˣ (eʸ + eʸ + …))', log(multiply(exp(x), doubled(exp(y))))],
    ['x x … / (1 + eʸ)', divide(squared(x), add(1, exp(y)))],
    [
      'e^(x - max(x, …))',
      divide(
        1,
        add(
          2,
          exp(
            subtract(
              x,
              repeatedly(40, y, (z) => maximum(maximum(z, x), z)),
            ),
          ),
        ),
      ),
    ],
  ])('%s, in 2⁴⁰ ways', (_, node) => {
    expect(recognised(node)).toBeDefined()
  })

  test('a logarithm of many probabilities', () => {
    const factors = repeatedly(100, sigmoid(x), (node, k) => multiply(node, sigmoid(leaf(`u${k}`))))
    expect(topologicalOrder([recognised(log(factors))]).filter(({ op }) => op === 'log')).toEqual([])
  })

  test.each<[what: string, node: () => Node]>([
    ['squares', () => sqrt(repeatedly(10_000, power(x, 2), (node, k) => add(node, power(leaf(`a${k}`), 2))))],
    [
      'factors',
      () =>
        divide(
          repeatedly(10_000, x, (node, k) => multiply(node, leaf(`b${k}`))),
          add(1, exp(x)),
        ),
    ],
    [
      'maxima',
      () =>
        exp(
          subtract(
            x,
            repeatedly(10_000, x, (node, k) => maximum(node, leaf(`c${k}`))),
          ),
        ),
    ],
  ])('%s, 10,000 nodes deep', (_, node) => {
    expect(recognised(node())).toBeDefined()
  })
})
