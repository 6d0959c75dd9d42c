import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { constant, input, sum } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { equationsOf } from '../../src/graph/equations/equations.ts'
import { toText } from '../../src/graph/equations/text.ts'
import { activations } from '../../src/language/words/activations.ts'
import { layers } from '../../src/language/layers/index.ts'
import { centralDifferences } from '../calculus/numeric.ts'
import { emitted } from '../support/emitted.ts'
import { diagnose, load } from './marked.ts'

interface Answer {
  /** As a spec has it. */
  readonly layer: string
  readonly input: number[]
  readonly output: number[]
  /** What the parameters are before training, where that isn't random. */
  readonly start?: Values
  readonly parameters: Readonly<Record<string, { shape: number[]; data: number[] }>>
  readonly x: number[]
  readonly value: number[]
  /** That of the value; the gradients follow from it. */
  readonly adjoint: number[]
  readonly gradients: Values
  readonly inputGradient: number[]
}
type Values = Readonly<Record<string, number[]>>

/** PyTorch 1.13's answers in float64. It has no rmsNorm: there a formula in its operations answers. */
const { batch, layers: answers } = JSON.parse(readFileSync(new URL('layers.json', import.meta.url), 'utf8')) as {
  batch: number
  layers: Answer[]
}

const networkOf = (layer: string, shape: readonly number[]) =>
  load(`input: [${shape.join(', ')}]\nlayers: [${layer.includes(':') ? `{ ${layer} }` : layer}]\nloss: mse`)

function expectClose(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(actual.length, what).toBe(expected.length)
  expected.forEach((value, index) => {
    const error = Math.abs(actual[index]! - value)
    if (!(error <= 1e-11 * Math.abs(value) + 1e-13)) expect([what, index, actual[index]]).toEqual([what, index, value])
  })
}

describe('PyTorch’s answers', () => {
  for (const answer of answers)
    it(`${answer.layer} on [${answer.input.join(', ')}]`, async () => {
      const {
        outputs: [output],
        inputs,
        parameters,
        graph,
      } = await networkOf(answer.layer, answer.input)
      const word = answer.layer.split(':')[0]!
      expect(output!.shape).toEqual(['batch', ...answer.output])
      expect(Object.fromEntries(parameters.map(({ name, shape }) => [name, shape]))).toEqual(
        Object.fromEntries(Object.entries(answer.parameters).map(([name, { shape }]) => [`${word}0.${name}`, shape])),
      )
      for (const [name, values] of Object.entries(answer.start ?? {}))
        expect(parameters.find((one) => one.name === `${word}0.${name}`)!.initial).toEqual({
          function: 'constant',
          arguments: [values[0]],
        })

      const adjoint = input(graph, 'adjoint', output!.shape)
      const x = inputs[0]!.node
      const adjoints = differentiate(output!, adjoint, [x, ...parameters.map(({ node }) => node)])
      const [value, inputGradient, ...gradients] = evaluate(
        [output!, adjoints.get(x)!, ...parameters.map(({ node }) => adjoints.get(node)!)],
        {
          batch,
          inputs: { x: answer.x, adjoint: answer.adjoint },
          parameters: Object.fromEntries(
            Object.entries(answer.parameters).map(([name, { data }]) => [`${word}0.${name}`, data]),
          ),
        },
      )
      expectClose(value!, answer.value, 'value')
      expectClose(inputGradient!, answer.inputGradient, 'gradient of x')
      parameters.forEach(({ name }, index) =>
        expectClose(gradients[index]!, answer.gradients[name.slice(word.length + 2)]!, name),
      )
    })
})

describe('layers that do not fit', () => {
  const faults: Record<string, string> = {
    'scalar layerNorm': 'layerNorm needs an axis to act along, and a sample is a scalar',
    'scalar rmsNorm': 'rmsNorm needs an axis to act along, and a sample is a scalar',
    '[6] groupNorm: 4': "groupNorm can't part 6 channels into 4 equal groups",
    'scalar actNorm': 'actNorm needs an axis to act along, and a sample is a scalar',
    'scalar batchNorm': 'batchNorm needs an axis to act along, and a sample is a scalar',
    '[2, 3] scale: 2': "scale can't repeat a parameter of [2] over a sample of [2, 3]",
    '[3] shift: [1, 3]': "shift can't repeat a parameter of [1, 3] over a sample of [3]",
    '[3] globalAveragePool': 'globalAveragePool needs axes beside the channels, and a sample is [3]',
    '[2, 3] reshape: [4, 2]': "reshape can't make [4, 2] of a sample of [2, 3]",
    '[2, 3] permute: [0, 0]': 'permute needs each axis of [2, 3] once, from 0, and axes are [0, 0]',
    '[2, 3] permute: [1]': 'permute needs each axis of [2, 3] once, from 0, and axes are [1]',
    '[3] attention: 1': 'attention needs a sample of [time, features], and it is [3]',
    '[3, 4] attention: 3': "attention can't part 4 features into 3 equal heads",
  }
  for (const [given, message] of Object.entries(faults))
    it(given, async () => {
      const [, shape, layer] = /^(\[.*?\]|scalar) (.*)$/.exec(given)!
      const entry = layer!.includes(':') ? `{ ${layer!} }` : layer!
      expect(await diagnose(`input: ${shape!}\nlayers: [${entry}]\nloss: mse`)).toMatchObject([
        { code: 'shape', message },
      ])
    })
})

describe('causal attention', () => {
  it('hears nothing from later: the first times of a sample know only themselves', async () => {
    const {
      outputs: [output],
      parameters,
    } = await networkOf('attention: { heads: 2, causal: true }', [3, 4])
    const values = Object.fromEntries(
      parameters.map(({ name, shape }) => [
        name,
        Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(3 * i + 1)),
      ]),
    )
    const heard = (later: number) =>
      evaluate([output!], {
        batch: 1,
        inputs: { x: [1, 2, 3, 4, 5, 6, 7, 8, ...[1, 2, 3, 4].map((value) => later * value)] },
        parameters: values,
      })[0]!
    expect([...heard(-30).slice(0, 8)]).toEqual([...heard(1e6).slice(0, 8)])
    expect([...heard(-30).slice(8)]).not.toEqual([...heard(1).slice(8)])
  })
})

it('prelu starts with its slope', async () => {
  expect((await networkOf('prelu: 0.1', [3])).parameters[0]).toMatchObject({
    name: 'prelu0.weight',
    shape: [1],
    initial: { function: 'constant', arguments: [0.1] },
  })
})

describe('expression with trained parameters', () => {
  it('starts them as it says, calls them by their names, and spares them as biases', async () => {
    const { parameters, symbols } = await load(`
input: 3
layers:
  - linear: 3
  - expression: { formula: b1 * x + σ * x^2, parameters: { b1: -1.5, σ: 2 } }
loss: mse
train: { optimizer: { sgd: { weightDecay: { weights: 0.1 } } } }`)
    expect(parameters.slice(2)).toMatchObject([
      { name: 'expression0.b1', symbol: 'b1_1', shape: [], initial: { arguments: [-1.5] }, weightDecay: 0 },
      { name: 'expression0.sigma', symbol: 'σ1', shape: [], initial: { arguments: [2] }, weightDecay: 0 },
    ])
    expect([...symbols.values()]).toContain('f1')
  })

  it('calls them what nothing else is called in equations', async () => {
    const { losses, symbols } = await load(
      'input: 2\nlayers: [expression: { formula: sin(t * x + 1) * cos(sin(t * x + 1)), parameters: { t: 1 } }]\nloss: mse',
    )
    expect([...symbols.values()]).toContain('t0')
    const lines = equationsOf([losses], { symbols }).map(toText)
    expect(lines.filter((line) => line.startsWith('t0 ='))).toEqual([])
    expect(lines).toContain('t1 = sin(t0 · x + 1)')
  })

  it('trains them', async () => {
    const { createTrainer } = await emitted(`
input: 1
layers: [expression: { formula: x * sigmoid(b * x), parameters: { b: 1 } }]
loss: mse
train: { batch: 64, optimizer: { adam: 0.05 } }
emit: { precision: f64 }`)
    const x = Array.from({ length: 64 }, (_, k) => k / 8 - 4)
    const y = x.map((value) => value / (1 + Math.exp(-2.5 * value)))
    const trainer = createTrainer()
    expect([...trainer.parameters['expression0.b']!]).toEqual([1])
    for (let step = 0; step < 2_000; step++) trainer.step(x, y)
    expect(trainer.parameters['expression0.b']![0]).toBeCloseTo(2.5, 6)
  })

  it('has their gradients by differences too', async () => {
    const {
      outputs: [output],
      inputs,
      parameters,
      graph,
    } = await networkOf(
      'expression: { formula: "a * x^2 / (2 + sin(k * x)) + max(a, x) ^ 2", parameters: { a: 0.5, k: 3 } }',
      [2],
    )
    const x = [0.3, -1.2, 2.1, 0.9]
    const total = sum(output!, [0, 1])
    const valuesAt = ([a, k]: readonly number[]) => ({
      batch: 2,
      inputs: { x },
      parameters: { 'expression0.a': [a!], 'expression0.k': [k!] },
    })
    const adjoints = differentiate(total, constant(graph, 1), [inputs[0]!.node, ...parameters.map(({ node }) => node)])
    const derived = evaluate(
      parameters.map(({ node }) => adjoints.get(node)!),
      valuesAt([0.5, 3]),
    )
    const numeric = centralDifferences((at) => evaluate([total], valuesAt(at))[0]![0]!, [0.5, 3])
    derived.forEach((gradient, k) => expect(gradient[0]).toBeCloseTo(numeric[k]!, 9))
  })
})

it('every layer that is no activation is compared with PyTorch, here or in the reference cases', () => {
  const compared = new Set(answers.map(({ layer }) => layer.split(':')[0]!))
  const elsewhere = ['linear', 'flatten', 'residual', 'concat', 'embedding', 'function', 'batchNorm']
  // Masks are ours; PyTorch has no actNorm.
  const own = ['dropout', 'actNorm']
  const known = new Set([...compared, ...elsewhere, ...own, ...Object.keys(activations)])
  expect(Object.keys(layers).filter((word) => !known.has(word))).toEqual([])
})
