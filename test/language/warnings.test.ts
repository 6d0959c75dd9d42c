import { describe, expect, it, test } from 'vitest'
import { compile, lowerNetwork } from '../../src/compile.ts'
import type { Diagnostic } from '../../src/base/errors.ts'
import { diagnose } from '../../src/language/text/source.ts'
import { diagnose as diagnosticsOf, load, unmark } from './marked.ts'

/** All warnings of a spec, as `compile` gives them, but those of what nothing uses: specs here have much that others use. */
async function warningsOf(text: string): Promise<readonly Diagnostic[]> {
  return (await allWarningsOf(text)).filter(({ code }) => code !== 'unused')
}

async function allWarningsOf(text: string): Promise<readonly Diagnostic[]> {
  const network = await load(text)
  const { findings } = await lowerNetwork(network)
  return [...network.warnings, ...(await diagnose(network.source, findings))]
}

/** Expects one warning, at the mark «so». */
async function expectWarning(
  marked: string,
  code: Diagnostic['code'],
  message: string,
  hint: string,
  find = warningsOf,
): Promise<void> {
  const { text, places } = unmark(marked)
  const warnings = await find(text)
  expect(warnings).toMatchObject([{ code, severity: 'warning', message, hint, ...places[0] }])
}

const masked = (equations: string) => `
inputs: { x: 3 }
targets: { y: 4, m: 4, c: scalar, k: { shape: [2], index: 5 } }
parameters: { W: [4, 3], V: [2, 4] }
equations:
  - p = W * x
  - q = W * x + 1
${equations}
output: p
loss: l`

const mean = (loss: string, taker: string) =>
  `${loss} is one number a sample, the mean over its elements: ${taker} takes that number, not the elements`

describe('the mean of a loss', () => {
  it.each([
    ['- l = sum(«m .* mse(p, y)»)', 'mse', 'the product', '(p - y)^2'],
    ['- l = sum(«m * mse(p, y)»)', 'mse', 'the product', '(p - y)^2'],
    ['- l = «sum(mae(p, y))»', 'mae', 'sum', 'abs(p - y)'],
    ['- l = «max(poisson(2 * p, y))»', 'poisson', 'max', 'exp(p) - y .* p'],
    ['- "l = sum(«m > 0 ? mse(p, y) : 0»)"', 'mse', 'what it meets', '(p - y)^2'],
    ['- l = sum(«mse(p, y) + 0.1 * p^2»)', 'mse', 'what it meets', '(p - y)^2'],
    [
      '- "d = -crossEntropy(p, y) / 2"\n  - l = sum(«d .* m»)',
      'crossEntropy',
      'the product',
      '-y .* logSoftmax(p), where y holds probabilities',
    ],
    [
      '- l = mean(«m .* crossEntropy(p, c)»)',
      'crossEntropy',
      'the product',
      '-c .* logSoftmax(p), where c holds probabilities',
    ],
  ])('%s', async (equations, loss, taker, element) => {
    await expectWarning(masked(`  ${equations}`), 'mean', mean(loss, taker), `write them as ${element}`)
  })

  it.each([
    'l = sum(m .* (p - y)^2)',
    'l = sum(m) * mse(p, y)',
    'l = mean(mse(p, y)) + 0.1 * mae(p, y)',
    // Of one element there is no mean.
    'l = sum(crossEntropy(p, c))',
    'l = sum(m .* mse(sum(p), c))',
  ])('is meant in %s', async (equation) => {
    expect(await warningsOf(masked(`  - ${equation}`))).toEqual([])
  })

  it('is told beside mistakes', async () => {
    const found = await diagnosticsOf(masked('  - l = sum(m .* mse(p, y)) + z'))
    expect(found.map(({ severity }) => severity)).toEqual(['error'])
    const both = await diagnosticsOf(masked('  - l = sum(m .* mse(p, y))\n  - k2 = z'))
    expect(both.map(({ severity, code }) => [severity, code])).toEqual([
      ['warning', 'mean'],
      ['error', 'unknown-name'],
    ])
  })
})

const inEquations = (parameters: string, equations: string) => `
inputs: { x: scalar, u: 3 }
targets: { y: scalar }
parameters: ${parameters}
equations:
  - ${equations}
  - l = (v - y)^2
output: v
loss: l`

test('compile gives the warnings of loading and of compiling', async () => {
  const spec = inEquations('{ w: 3, b: scalar }', 'v = sum(w^2) + b * x\n  - k = sum(mse(u, w))')
  const { warnings } = await compile(await load(spec), 'test.net.yaml')
  expect(warnings.map(({ code }) => code)).toEqual(['unused', 'mean', 'stuck'])
})

describe('parameters that start at 0', () => {
  const stay = (names: string) => `${names} start at 0 and stay there: their gradients are 0 while all of them are`
  it('and stay there, as a vector of weights after a vector of weights does', () =>
    expectWarning(
      inEquations('{ w1: «20», b1: 20, w2: 20 }', 'v = dot(w2, tanh(w1 * x + b1))'),
      'stuck',
      stay('w1, b1, w2'),
      'write w1: { shape: [20], init: { normal: 0.1 } }',
    ))

  it('and stay there alone', () =>
    expectWarning(
      inEquations('{ w: «3», b: scalar }', 'v = sum(w^2) + b * x'),
      'stuck',
      'w starts at 0 and stays there: its gradient is 0 while it is',
      'write w: { shape: [3], init: { normal: 0.1 } }',
    ))

  it('where the first alone would set none free', () =>
    expectWarning(
      inEquations('{ q: «3», w: 3 }', 'v = sum(w^2 .* q .* u) + 0 * x'),
      'stuck',
      stay('q, w'),
      'write w: { shape: [3], init: { normal: 0.1 } }',
    ))

  it('in layers too', () =>
    expectWarning(
      'input: 3\nlayers: [{ «linear»: { units: 4, init: zeros } }, tanh, { linear: { units: 2, init: zeros } }]\nloss: mse',
      'stuck',
      stay('linear0.weight, linear0.bias, linear1.weight'),
      'give linear0.weight another init',
    ))

  it.each([
    ['as biases do', 'input: 3\nlayers: [{ linear: 4 }, relu, { linear: 2 }]\nloss: mse'],
    [
      'as the last weight of a branch does',
      'input: 3\nlayers: [{ linear: 4 }, { residual: [{ linear: 4 }, tanh, { linear: { units: 4, init: zeros } }] }, { linear: 2 }]\nloss: mse',
    ],
    ['as all layers of one may', 'input: 3\nlayers: [{ linear: { units: 2, init: zeros } }]\nloss: mse'],
    [
      'as fixup has them',
      'input: 3\ninit: fixup\nlayers: [{ linear: 4 }, { residual: [{ linear: 4 }, relu, { linear: 4 }] }, { linear: 2 }]\nloss: mse',
    ],
    [
      'as those may that the loss does not read',
      inEquations('{ w: 3, z: 3 }', 'v = dot(w, u) + 0 * x\n  - f = sum(z)'),
    ],
    ['as those do that data starts', 'input: 3\nlayers: [actNorm, { linear: 2 }]\nloss: mse'],
  ])('and leave it, %s', async (_, text) => {
    expect(await warningsOf(text)).toEqual([])
  })
})

describe('parameters that start at 0, where gradients are not finite', () => {
  const undefinedAt = (name: string) => `${name} starts at 0, where gradients of the loss aren't finite`
  it.each([
    ['a direction', 'v = dot(w, u) / sqrt(dot(w, w)) + b * x'],
    ['a direction, by its norm', 'v = dot(w / norm(w), u) + b * x'],
    ['a quotient of two of them', 'v = sum(w / w) + b * x'],
    ['a share', 'v = dot(w .* w / sum(w .* w), u) + b * x'],
    ['a root', 'v = dot(sqrt(w), u) + b * x'],
    ['a divisor', 'v = tanh(sum(u / w)) + b * x'],
  ])('%s', (_, equation) =>
    expectWarning(
      inEquations('{ w: «3», b: scalar }', equation),
      'undefined',
      undefinedAt('w'),
      'write w: { shape: [3], init: { normal: 0.1 } }',
    ),
  )

  it.each([
    ['where the norm alone is taken', inEquations('{ w: 3, b: scalar }', 'v = norm(w + u) + b * x')],
    ['where the branch is not taken', inEquations('{ w: 3, b: scalar }', '"v = sum(w > 0 ? u / w : w .* u) + b * x"')],
    ['where something is added first', inEquations('{ w: 3, b: scalar }', 'v = sum(w / (w + 1) .* u) + b * x')],
  ])('not %s', async (_, text) => {
    expect(await warningsOf(text)).toEqual([])
  })
})

describe('what layers hardly mean', () => {
  const net = (layers: string, loss: string, input = '4') => `input: ${input}\nlayers: [${layers}]\nloss: ${loss}`
  it.each([
    [
      net('linear: 4, tanh, linear: 3, «softmax»', 'crossEntropy'),
      'redundant',
      'softmax before crossEntropy: that takes logits, and has a softmax of its own',
      'leave softmax out, and take it of what predict gives',
    ],
    [
      net('linear: 1, «sigmoid»', 'binaryCrossEntropy'),
      'redundant',
      'sigmoid before binaryCrossEntropy: that takes logits, and has a sigmoid of its own',
      'leave sigmoid out, and take it of what predict gives',
    ],
    [
      net('linear: 4, tanh, «linear»: 1', 'crossEntropy'),
      'layout',
      'linear gives crossEntropy one logit: of one class it is 0, whatever is predicted',
      'write loss: binaryCrossEntropy for two classes',
    ],
    [
      net('linear: 4, tanh, residual: [linear: 8, «linear»: 4]', 'mse'),
      'redundant',
      'linear after linear: nothing bends between the two, so they are one linear layer',
      'put an activation between them, such as relu',
    ],
    [
      net('conv2d: { channels: 4, kernel: 3 }, relu, maxPool2d: 2, «linear»: 3', 'crossEntropy', '[1, 8, 8]'),
      'layout',
      'linear takes the last axis alone, and that of [4, 3, 3] is one of places: maxPool2d has channels first',
      'put flatten before it, to take all',
    ],
    [
      net('«conv2d»: { channels: 4, kernel: 3 }, relu, flatten, linear: 2', 'mse', '[28, 20, 3]'),
      'layout',
      'conv2d takes channels first: [28, 20, 3] has 28 channels',
      'write input: [3, 28, 20], and give each image channel by channel',
    ],
    [
      net(
        'conv2d: { channels: 4, kernel: 3 }, relu, «conv2d»: { channels: 5, kernel: 1 }',
        'crossEntropy',
        '[3, 8, 7]',
      ),
      'layout',
      'conv2d gives crossEntropy [5, 6, 5]: it takes the last axis for the classes, and here they are on the first',
      'write permute: [1, 2, 0] after it',
    ],
  ] as const)('%s', async (marked, code, message, hint) => {
    await expectWarning(marked, code, message, hint)
  })

  it.each([
    net('linear: 4, softmax', 'mse'),
    net('linear: 1, sigmoid', 'mse'),
    net('linear: 2, tanh, linear: 2', 'crossEntropy'),
    net('conv2d: { channels: 4, kernel: 1 }', 'mse', '[28, 28, 28]'),
    net('conv2d: { channels: 4, kernel: 1 }', 'mse', '[1, 3, 3]'),
    net('conv2d: { channels: 5, kernel: 1 }, permute: [1, 2, 0]', 'crossEntropy', '[3, 8, 8]'),
    net('linear: 4, tanh, linear: 5', 'crossEntropy', '[7, 3]'),
    net('conv2d: { channels: 4, kernel: 1 }, permute: [1, 2, 0], linear: 5', 'crossEntropy', '[3, 8, 8]'),
  ])('not %s', async (text) => {
    expect(await warningsOf(text)).toEqual([])
  })
})

describe('what nothing uses', () => {
  const equations = (list: string) => `
inputs: { x: scalar }
targets: { y: scalar }
parameters: { a: scalar, b: scalar }
equations: [${list}]
output: p
loss: l`

  it('an equation', () =>
    expectWarning(
      equations('p = a * x + b, «q» = p^2, l = (p - y)^2'),
      'unused',
      'nothing uses q: neither the output nor the loss depends on it',
      'take the equation out, or use it',
      allWarningsOf,
    ))

  it('a parameter', () =>
    expectWarning(
      equations('p = a * x, l = (p - y)^2').replace('b: scalar', '«b»: scalar'),
      'unused',
      "b isn't trained: the loss doesn't depend on it",
      'take it out, or use it',
      allWarningsOf,
    ))

  it('a parameter of the output alone', () =>
    expectWarning(
      equations('q = a * x, p = q + b, l = (q - y)^2').replace('b: scalar', '«b»: scalar'),
      'unused',
      "b isn't trained: the loss doesn't depend on it",
      'make it an input, or let the loss depend on it',
      allWarningsOf,
    ))

  it.each([
    ['q = sigmoid(p)', 'binaryCrossEntropy', 'sigmoid', 'q'],
    ['q = 2 * p', 'binaryCrossEntropy', 'sigmoid', 'sigmoid(q)'],
  ])('what a loss has of its own: %s', (equation, loss, word, prediction) =>
    expectWarning(
      equations(`p = a * x + b, ${equation}, "l = «${loss}(${prediction}, y)»"`),
      'redundant',
      `${loss} of a ${word}: that takes logits, and has a ${word} of its own`,
      `leave ${word} out of it`,
      allWarningsOf,
    ),
  )

  it('relu under a second derivative', () =>
    expectWarning(
      equations('p = relu(a * x + b), "d = derivative(p, x)", "l = (p - y + «derivative(d, x)»)^2"'),
      'independent',
      "the second derivative of relu is 0, so a derivative of this order doesn't see it",
      'take an activation that is smooth, such as tanh, silu or softplus',
      allWarningsOf,
    ))
})
