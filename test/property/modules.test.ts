import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { losses } from '../../src/language/formulas/losses.ts'
import { clips } from '../../src/language/words/clips.ts'
import { equationDialect } from '../../src/language/formulas/equations.ts'
import { layers } from '../../src/language/layers/index.ts'
import { noiseWords } from '../../src/language/networks/noiseForms.ts'
import { optimizers } from '../../src/language/words/optimizers.ts'
import type { NetworkSpec } from '../../src/language/networks/spec.ts'
import { expectAgreement } from './agreement.ts'
import { specs } from './specs/index.ts'

describe('random networks', () => {
  const sample = fc.sample(specs, { numRuns: 1000, seed: 1 })
  const found = (of: (spec: NetworkSpec) => readonly string[]) => new Set(sample.flatMap(of))

  test('have every layer and loss', () => {
    const words = found((spec) => ('layers' in spec ? wordsIn(spec.layers) : []))
    // A function is a file of its own: functions.test.ts.
    expect(Object.keys(layers).filter((word) => word !== 'function' && !words.has(word))).toEqual([])
    const given = found((spec) => ('layers' in spec ? wordsIn([spec.loss]) : []))
    expect(Object.keys(losses).filter((word) => !given.has(word))).toEqual([])
  })

  test('have every function of equations', () => {
    const text = sample.flatMap((spec) => ('equations' in spec ? spec.equations : [])).join('\n')
    const functions = [...equationDialect(() => {}).functions.keys()]
    expect(functions.filter((word) => !new RegExp(`\\b${word}\\(`).test(text))).toEqual([])
  })

  test('have networks as functions, called more than once and derived, and noise', () => {
    const texts = sample.flatMap((spec) =>
      'equations' in spec ? [{ text: spec.equations.join('\n'), networks: Object.keys(spec.networks ?? {}) }] : [],
    )
    const callsOf = (text: string, name: string) => text.split(`${name}(`).length - 1
    const share = (holds: (drawn: (typeof texts)[number]) => boolean) => texts.filter(holds).length / texts.length
    expect(share(({ networks }) => networks.length > 0)).toBeGreaterThan(0.3)
    expect(share(({ text, networks }) => networks.some((name) => callsOf(text, name) > 1))).toBeGreaterThan(0.15)
    expect(share(({ text }) => /(derivative|jacobian)\((sum\()?u\d+\(/.test(text))).toBeGreaterThan(0.03)
    for (const word of noiseWords) expect(share(({ text }) => text.includes(`${word}(`))).toBeGreaterThan(0.1)
  })

  test('have several outputs, normalizers, weights and metrics', () => {
    const share = (holds: (spec: (typeof sample)[number]) => unknown) => sample.filter(holds).length / sample.length
    expect(share((spec) => 'output' in spec && Array.isArray(spec.output))).toBeGreaterThan(0.1)
    for (const key of ['normalizer', 'weight', 'metrics'] as const)
      expect(share((spec) => (spec as unknown as Readonly<Record<string, unknown>>)[key])).toBeGreaterThan(0.05)
  })

  test('are trained in every way', () => {
    const optimizer = found(({ train }) => wordsIn([train!.optimizer]))
    expect(Object.keys(optimizers).filter((word) => !optimizer.has(word))).toEqual([])
    const clip = found(({ train }) => (train!.clip ? wordsIn([train!.clip]) : []))
    expect(Object.keys(clips).filter((word) => !clip.has(word))).toEqual([])
  })

  test('are small and large', () => {
    const sizes = sample.map((spec) => ('layers' in spec ? wordsIn(spec.layers) : spec.equations).length)
    expect(Math.min(...sizes)).toBeLessThan(4)
    expect(Math.max(...sizes)).toBeGreaterThan(36)
  })
})

/** The words of entries and of the entries within them. */
function wordsIn(entries: readonly unknown[]): string[] {
  return entries.flatMap((entry) => {
    if (typeof entry === 'string') return [entry]
    const [[word, settings]] = Object.entries(entry as Readonly<Record<string, unknown>>) as [[string, unknown]]
    const { layers, shortcut, branches } = Object(settings) as Record<string, readonly unknown[]>
    const inner =
      word === 'residual' ? [layers ?? settings, shortcut ?? []] : word === 'concat' ? (branches ?? settings) : []
    return [word, ...(inner as readonly (readonly unknown[])[]).flatMap(wordsIn)]
  })
}

describe('networks at the edges of the language equal the interpreter', () => {
  const equations = (lines: string[], rest: object) => ({ targets: { y: 3 }, equations: lines, loss: 'l', ...rest })
  test.each<[string, object]>([
    ['no parameter', { input: 2, layers: ['relu'], loss: 'mse' }],
    [
      'one sample a step',
      { input: 3, layers: ['identity', { linear: 3 }], loss: { expression: '(p - y)^2' }, train: { batch: 1 } },
    ],
    [
      'numbers that single precision takes for infinite, or that lie half way between two of its own',
      {
        input: 2,
        layers: [{ expression: 'x / 1e300 + x * 1.000000059604644775390625' }, { linear: 3 }, { leakyRelu: 1e39 }],
        loss: 'mae',
      },
    ],
    ['a reshaped output', { input: [2, 3], layers: [{ linear: 4 }, 'flatten'], loss: 'mae' }],
    ['a constant to a power', { input: 2, layers: [{ linear: 2 }, { expression: '2^tanh(x)' }], loss: 'mse' }],
    [
      'products with the Hessian of a recurrent layer before a choice',
      equations(['h = u(x)', 'c = h < h ? 0.5 * h : h', 'l = mse(c, y)'], {
        inputs: { x: 1 },
        targets: { y: 'scalar' },
        networks: { u: { input: 1, layers: [{ layerNorm: 0.1 }, { reshape: [1, 1] }, { gru: 1 }, { linear: 1 }] } },
        output: 'h',
        emit: { hessianProduct: true },
      }),
    ],
    [
      'a constant by name that is compared',
      equations(['c = 0.5', 'h = c > 0.25 ? A .* x : A', 'l = mean((h - y)^2)'], {
        inputs: { x: 3 },
        parameters: { A: 3 },
        output: 'h',
      }),
    ],
    [
      'a maximum of constants alone, in single precision before what is made of it',
      equations(['h = A .* x + exp(max(2 < 1 ? x : 0.5))', 'l = mean((h - y)^2)'], {
        inputs: { x: 3 },
        parameters: { A: 3 },
        output: 'h',
      }),
    ],
    [
      'a sum of constants alone, in single precision turn by turn',
      equations(['c = (derivative(sum(x), x) / 3)^1.5', 'h = A .* x + sum(c)^3', 'l = mean((h - y)^2)'], {
        inputs: { x: 3 },
        parameters: { A: 3 },
        output: 'h',
      }),
    ],
    [
      'an output of constants, which are stored rounded',
      equations(['c = tanh(derivative(sum(x), x))', 'h = A .* x', 'l = mean((h - y)^2)'], {
        inputs: { x: 3 },
        parameters: { A: 3 },
        output: ['h', 'c'],
      }),
    ],
    [
      'a gradient whose terms cancel',
      {
        input: [1],
        layers: [{ linear: { units: 1, bias: false } }, { linear: 1 }],
        loss: { crossEntropy: { labelSmoothing: 0.2 } },
        weight: true,
      },
    ],
    [
      'a product of constants alone, in single precision of factors that are rounded',
      equations(['c = tanh(derivative(sum(x), x))', 'p = A + A * outer(c, tanh(geluTanh(c)))', 'l = mae(p, y)'], {
        inputs: { x: 4 },
        targets: { y: [1, 4] },
        parameters: { A: [1, 4] },
        output: 'p',
      }),
    ],
    [
      'the output is the input',
      equations(['l = mean((A .* x - y)^2)'], { inputs: { x: 3 }, parameters: { A: 3 }, output: 'x' }),
    ],
    [
      'the output is a parameter',
      equations(['l = mean((A - y)^2)'], { inputs: { x: 3 }, parameters: { A: 3 }, output: 'A' }),
    ],
    [
      'a parameter that nothing uses',
      equations(['p = A + 0 * x', 'l = mean((p - y)^2)'], {
        inputs: { x: 3 },
        parameters: { A: 3, B: [4, 4] },
        output: 'p',
      }),
    ],
    [
      'several inputs and targets, shared weights, every reduction',
      {
        inputs: { x: 3, z: 3 },
        targets: { y: 'scalar', w: 3 },
        parameters: { A: [3, 3], b: 3, s: 'scalar' },
        equations: [
          'h1 = tanh(A * x + b)',
          'h2 = sigmoid(A * h1 + b) .* z',
          'p = dot(h1, h2) * s',
          'l = (p - y)^2 + mean(abs(h2 - w)) + max(h1) * 0.1 + norm(h2) + logSumExp(h1) + sum(softmax(h2) .* w)',
        ],
        output: 'p',
        loss: 'l',
      },
    ],
  ])('%s', async (_, spec) => {
    const train = { batch: 4, optimizer: { sgd: 0.1 } }
    const whole = { name: 'edge', train, emit: { precision: 'f64' }, ...spec } as unknown as NetworkSpec
    await expectAgreement(whole, 7, { isWhole: true })
    await expectAgreement(whole, 7, { precision: 'f32' })
    for (const precision of ['f64', 'f32'] as const) await expectAgreement(whole, 7, { target: 'wasm', precision })
  })
})
