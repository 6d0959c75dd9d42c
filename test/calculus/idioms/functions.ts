/*
 * Textbook functions of x as people spell them, and what they are exactly: in a form whose digits none cancels, and its derivative.
 */

/** A function, the ways to write it in a formula, and where it is defined. */
export interface Spelled {
  readonly spellings: readonly string[]
  /** In mathjs's language, with those of the normal distribution besides, for both signs of x: near 0 a form that doesn't cancel at 100 digits. */
  readonly exact: string
  readonly derivative: string
  readonly isDefined?: (x: number) => boolean
  /** Spellings that lose digits near some x, as written and as recognised: their own error counts there. */
  readonly isLossy?: true
  /** How far from the exact value it may be, in units of the last place: 2 unless it is a product of several functions. */
  readonly units?: number
}

const σ = '(x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)))'
const σ1 = '(exp(-abs(x)) / (1 + exp(-abs(x)))^2)'
const softplus = '(x < -90 ? exp(x) - exp(2 x) / 2 : x > 90 ? x + exp(-x) : log(1 + exp(x)))'
const tanh = '(x > 0 ? (1 - exp(-2 x)) / (1 + exp(-2 x)) : (exp(2 x) - 1) / (exp(2 x) + 1))'
const sech = '(2 exp(-abs(x)) / (1 + exp(-2 abs(x))))'

export const functions: Readonly<Record<string, Spelled>> = {
  'the logistic function': {
    spellings: [
      '1 / (1 + exp(-x))',
      '1 / (exp(-x) + 1)',
      '(1 + exp(-x))^-1',
      '(1 + exp(-x))^(-1)',
      'exp(x) / (1 + exp(x))',
      'exp(x) / (exp(x) + 1)',
      '1 - 1 / (1 + exp(x))',
      '1 / (1 + 1 / exp(x))',
      '0.5 * (1 + tanh(x / 2))',
      '(tanh(0.5 * x) + 1) / 2',
      '0.5 + 0.5 * tanh(x / 2)',
      '1 / (1 + e^-x)',
      '1 / (1 + e^(-1 * x))',
      'e^x / (e^x + 1)',
      '2 / (2 + 2 * exp(-x))',
      'exp(x) * (1 / (1 + exp(x)))',
      'exp(x / 2) / (exp(x / 2) + exp(-x / 2))',
      '1 - exp(-x) / (1 + exp(-x))',
      'x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))',
    ],
    exact: σ,
    derivative: σ1,
  },
  silu: {
    spellings: [
      'x / (1 + exp(-x))',
      'x / (exp(-x) + 1)',
      'x * 1 / (1 + exp(-x))',
      'x * (1 / (1 + exp(-x)))',
      'x * exp(x) / (1 + exp(x))',
      'exp(x) * x / (exp(x) + 1)',
      'x / (1 + e^-x)',
      'x * sigmoid(x)',
      'x / 2 * (1 + tanh(x / 2))',
      '0.5 * x * (1 + tanh(x / 2))',
    ],
    exact: `x * ${σ}`,
    derivative: `${σ} + x * ${σ1}`,
    isLossy: true,
  },
  'a falling logistic function with a numerator': {
    spellings: ['3 / (1 + exp(2 * x))', '3 / (exp(x * 2) + 1)', '3 / (1 + exp(x)^2)', '3 / (1 + exp(x) * exp(x))'],
    exact: '(x > 0 ? 3 exp(-2 x) / (1 + exp(-2 x)) : 3 / (1 + exp(2 x)))',
    derivative: '-6 exp(-2 abs(x)) / (1 + exp(-2 abs(x)))^2',
  },
  'the density of the logistic distribution': {
    spellings: [
      'exp(-x) / (1 + exp(-x))^2',
      'exp(x) / ((1 + exp(x)) * (1 + exp(x)))',
      '1 / (exp(x / 2) + exp(-x / 2))^2',
      '1 / ((exp(x / 2) + exp(-x / 2)) * (exp(x / 2) + exp(-x / 2)))',
    ],
    exact: σ1,
    derivative: `${σ1} * (x > 0 ? (exp(-x) - 1) / (exp(-x) + 1) : (1 - exp(x)) / (1 + exp(x)))`,
    isLossy: true,
  },
  'the same, as a product': {
    spellings: [
      '1 / ((1 + exp(x)) * (1 + exp(-x)))',
      '1 / (1 + exp(-x)) * (1 - 1 / (1 + exp(-x)))',
      'sigmoid(x) * (1 - sigmoid(x))',
    ],
    exact: σ1,
    derivative: `${σ1} * (x > 0 ? (exp(-x) - 1) / (exp(-x) + 1) : (1 - exp(x)) / (1 + exp(x)))`,
    units: 3,
  },
  softplus: {
    spellings: [
      'log(1 + exp(x))',
      'log(exp(x) + 1)',
      'log(1 + e^x)',
      '-log(sigmoid(-x))',
      '-log(1 / (1 + exp(x)))',
      '-log(1 - sigmoid(x))',
      '-log(1 - 1 / (1 + exp(-x)))',
      'x + log(1 + exp(-x))',
      'log(1 + 1 / exp(-x))',
      'max(x, 0) + log(1 + exp(-abs(x)))',
    ],
    exact: softplus,
    derivative: σ,
    isLossy: true,
  },
  'softplus with a slope': {
    spellings: ['0.25 * log(1 + exp(4 * x))', 'log(1 + exp(4 * x)) / 4'],
    exact: '(x < -20 ? exp(4 x) / 4 - exp(8 x) / 8 : x > 20 ? x + exp(-4 x) / 4 : log(1 + exp(4 x)) / 4)',
    derivative: '(x < 0 ? exp(4 x) / (1 + exp(4 x)) : 1 / (1 + exp(-4 x)))',
  },
  'the logarithm of the logistic function': {
    spellings: ['log(sigmoid(x))', 'log(1 / (1 + exp(-x)))', '-log(1 + exp(-x))', 'x - log(1 + exp(x))'],
    exact: '(x > 90 ? exp(-2 x) / 2 - exp(-x) : x < -90 ? x - exp(x) : -log(1 + exp(-x)))',
    derivative: '(x > 0 ? exp(-x) / (1 + exp(-x)) : 1 / (1 + exp(x)))',
  },
  'the hyperbolic tangent': {
    spellings: [
      '(exp(x) - exp(-x)) / (exp(x) + exp(-x))',
      '(exp(2 * x) - 1) / (exp(2 * x) + 1)',
      '(1 - exp(-2 * x)) / (1 + exp(-2 * x))',
      '(e^x - e^-x) / (e^x + e^-x)',
      '(exp(x) - 1 / exp(x)) / (exp(x) + 1 / exp(x))',
      '2 * sigmoid(2 * x) - 1',
      '2 / (1 + exp(-2 * x)) - 1',
      '1 - 2 / (1 + exp(2 * x))',
      '1 - 2 / (exp(2 * x) + 1)',
      '((exp(x) - exp(-x)) / 2) / ((exp(x) + exp(-x)) / 2)',
    ],
    exact: tanh,
    derivative: `${sech}^2`,
  },
  gelu: {
    spellings: [
      '0.5 * x * (1 + erf(x / sqrt(2)))',
      'x / 2 * (1 + erf(x / 1.4142135623730951))',
      'x * (1 - erf(-x / sqrt(2))) / 2',
      'x * (erf(0.7071067811865476 * x) + 1) * 0.5',
      'x * (1 + erf(x / 2^0.5)) / 2',
    ],
    exact: 'x * normalCdf(x)',
    derivative: 'normalCdf(x) + x * normalDensity(x)',
    isLossy: true,
  },
  'the hyperbolic secant': {
    spellings: ['2 / (exp(x) + exp(-x))', '1 / ((exp(x) + exp(-x)) / 2)', '2 * exp(x) / (exp(2 * x) + 1)'],
    exact: sech,
    derivative: `-${sech} * ${tanh}`,
    isLossy: true,
  },
  'the logarithm of the derivative of tanh': {
    spellings: ['log(1 - tanh(x)^2)', 'log(1 - tanh(x) * tanh(x))', 'log(-(tanh(x)^2) + 1)'],
    exact: `(abs(x) < 0.5 ? log(1 - ${tanh}^2) : 2 * (log(2) - abs(x) - log(1 + exp(-2 abs(x)))))`,
    derivative: `-2 * ${tanh}`,
    isLossy: true,
  },
  'the logit': {
    spellings: [
      'log(sigmoid(x) / (1 - sigmoid(x)))',
      'log(sigmoid(x) / sigmoid(-x))',
      '-log((1 - sigmoid(x)) / sigmoid(x))',
    ],
    exact: 'x',
    derivative: '1',
  },
  mish: {
    spellings: [
      'x * tanh(log(1 + exp(x)))',
      'x * tanh(softplus(x))',
      'x * ((1 + exp(x))^2 - 1) / ((1 + exp(x))^2 + 1)',
      'x * (exp(2 * x) + 2 * exp(x)) / (exp(2 * x) + 2 * exp(x) + 2)',
    ],
    exact: 'x * exp(x) * (exp(x) + 2) / (exp(x) * (exp(x) + 2) + 2)',
    derivative:
      '(exp(x) * (exp(x) + 2)) / (exp(x) * (exp(x) + 2) + 2) + 4 x * exp(x) * (exp(x) + 1) / (exp(x) * (exp(x) + 2) + 2)^2',
    isLossy: true,
  },
  'the exponential less one': {
    spellings: ['exp(x) - 1', '-1 + exp(x)', '-(1 - exp(x))', '(2 * exp(x) - 2) / 2', 'e^x - 1'],
    exact: 'exp(x) - 1',
    derivative: 'exp(x)',
  },
  elu: {
    spellings: ['x > 0 ? x : exp(x) - 1'],
    exact: '(x > 0 ? x : exp(x) - 1)',
    derivative: '(x > 0 ? 1 : exp(x))',
  },
  'the logarithm of one more': {
    spellings: ['log(1 + x)', 'log(x + 1)', 'log(1 - (-x))'],
    exact: 'log(1 + x)',
    derivative: '1 / (1 + x)',
    isDefined: (x) => x > -0.9,
  },
  'the magnitude': {
    spellings: ['sqrt(x^2)', 'sqrt(x * x)', '(x^2)^0.5'],
    exact: 'abs(x)',
    derivative: 'sign(x)',
  },
  'a logarithm of a square': {
    spellings: ['log(x^2)', 'log(x * x)', '2 * log(sqrt(x^2))'],
    exact: '2 log(abs(x))',
    derivative: '2 / x',
    isDefined: (x) => x !== 0,
  },
  'a logarithm of an exponential': {
    spellings: ['log(exp(x))', 'log(e^x)', 'log(1 / exp(-x))', '2 * log(sqrt(exp(x)))'],
    exact: 'x',
    derivative: '1',
  },
  'a falling exponential': {
    spellings: ['x / exp(x)', 'x * exp(-x)', 'x / e^x'],
    exact: 'x exp(-x)',
    derivative: '(1 - x) * exp(-x)',
    isDefined: (x) => x > -80,
  },
  'the function of Planck and Bernoulli': {
    spellings: ['x / (exp(x) - 1)'],
    exact: 'x / (exp(x) - 1)',
    derivative: '(exp(x) - 1 - x * exp(x)) / (exp(x) - 1)^2',
    isDefined: (x) => Math.abs(x) > 0.01,
    isLossy: true,
  },
  'the inverse of softplus': {
    spellings: ['log(exp(x) - 1)', 'x + log(1 - exp(-x))'],
    exact: 'x + log(1 - exp(-x))',
    derivative: '1 / (1 - exp(-x))',
    isDefined: (x) => x > 0,
    isLossy: true,
  },
  'the logarithm of the hyperbolic cosine': {
    spellings: ['log((exp(x) + exp(-x)) / 2)', 'log(0.5 * exp(x) + 0.5 / exp(x))'],
    exact: '(abs(x) > 100 ? abs(x) - log(2) : log((exp(x) + exp(-x)) / 2))',
    derivative: tanh,
    isLossy: true,
  },
  'a normal likelihood': {
    spellings: ['-log(exp(-(x - 1)^2 / 2) / sqrt(2 * pi))', '-log(1 / sqrt(2 * pi) * exp(-0.5 * (x - 1)^2))'],
    exact: '(x - 1)^2 / 2 + log(2 pi) / 2',
    derivative: 'x - 1',
    isLossy: true,
  },
  'a saturating quotient': {
    spellings: ['1 / (2 + exp(x))', '(2 + exp(x))^-1'],
    exact: '(x > 0 ? exp(-x) / (1 + 2 exp(-x)) : 1 / (2 + exp(x)))',
    derivative: '(x > 0 ? -exp(-x) / (1 + 2 exp(-x))^2 : -exp(x) / (2 + exp(x))^2)',
    isLossy: true,
  },
  'a logarithm of a sum with another constant': {
    spellings: ['log(2 + exp(x))', 'log(exp(x) + 2)'],
    exact: '(x > 200 ? x + 2 exp(-x) : log(2 + exp(x)))',
    derivative: '(x > 0 ? 1 / (1 + 2 exp(-x)) : exp(x) / (2 + exp(x)))',
  },
  'a power of the logistic function': {
    spellings: ['1 / (1 + exp(-x))^3', '(1 + exp(-x))^(-3)', 'exp(3 * x) / (1 + exp(x))^3', 'sigmoid(x)^3'],
    exact: `${σ}^3`,
    derivative: `3 * ${σ}^2 * ${σ1}`,
    isLossy: true,
    units: 8,
  },
  'a root of the logistic function': {
    spellings: [
      'sqrt(sigmoid(x))',
      'sqrt(1 / (1 + exp(-x)))',
      'sqrt(exp(x) / (1 + exp(x)))',
      '(1 + exp(-x))^(-0.5)',
      '1 / sqrt(1 + exp(-x))',
    ],
    exact: `sqrt(${σ})`,
    derivative: `0.5 * sqrt(${σ}) * (x > 0 ? exp(-x) / (1 + exp(-x)) : 1 / (1 + exp(x)))`,
  },
  'a root of a sum of exponentials': {
    spellings: ['sqrt(1 + exp(2 * x))', '(1 + exp(2 * x))^0.5'],
    exact: '(x > 0 ? exp(x) * sqrt(1 + exp(-2 x)) : sqrt(1 + exp(2 x)))',
    derivative: '(x > 0 ? exp(x) / sqrt(1 + exp(-2 x)) : exp(2 x) / sqrt(1 + exp(2 x)))',
    isDefined: (x) => x < 10,
    isLossy: true,
  },
  'what is left of an exponential decay': {
    spellings: ['exp(-exp(x))', 'exp(-e^x)', '1 / exp(exp(x))'],
    exact: '(x > 20 ? 0 : exp(-exp(x)))',
    derivative: '(x > 20 ? 0 : -exp(x - exp(x)))',
    isLossy: true,
  },
  'the complementary log-log function': {
    spellings: ['1 - exp(-exp(x))', '-(exp(-exp(x)) - 1)'],
    exact: '(x > 20 ? 1 : x < -90 ? exp(x) : 1 - exp(-exp(x)))',
    derivative: '(x > 20 ? 0 : exp(x - exp(x)))',
  },
  'the logarithm of the complementary log-log function': {
    spellings: ['log(1 - exp(-exp(x)))'],
    exact: '(x > 5 ? -exp(-exp(min(x, 20))) : x < -90 ? x : log(1 - exp(-exp(x))))',
    derivative: '(x > 20 ? 0 : x < -90 ? 1 : exp(x - exp(x)) / (1 - exp(-exp(x))))',
    isLossy: true,
  },
  'the logarithm of softplus': {
    spellings: ['log(log(1 + exp(x)))', 'log(-log(sigmoid(-x)))', 'log(softplus(x))'],
    exact: `(x < -90 ? x : log(${softplus}))`,
    derivative: `(x < -90 ? 1 : ${σ} / ${softplus})`,
    isLossy: true,
  },
  'the logistic function to base 2': {
    spellings: ['2^x / (1 + 2^x)', '1 / (1 + 2^(-x))', '1 / (1 + 2^-x)'],
    exact: '(x < 0 ? 2^x / (1 + 2^x) : 1 / (1 + 2^(-x)))',
    derivative: 'log(2) * 2^(-abs(x)) / (1 + 2^(-abs(x)))^2',
    isLossy: true,
  },
  'softplus to base 2': {
    spellings: ['log(1 + 2^x)', 'log(2^x + 1)'],
    exact: '(x < -150 ? 2^x - 4^x / 2 : x > 150 ? x * log(2) + 2^(-x) : log(1 + 2^x))',
    derivative: 'log(2) * (x < 0 ? 2^x / (1 + 2^x) : 1 / (1 + 2^(-x)))',
    isLossy: true,
  },
  'the logarithm of the normal distribution': {
    spellings: ['log(0.5 * (1 + erf(x / sqrt(2))))', 'log(1 - 0.5 * (1 + erf(-x / sqrt(2))))'],
    exact: 'log(normalCdf(x))',
    derivative: 'normalDensity(x) / normalCdf(x)',
    isDefined: (x) => Math.abs(x) < 60,
    isLossy: true,
  },
}
