import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SpecError } from '../../src/base/errors.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { equationsOf } from '../../src/graph/equations/equations.ts'
import { toText } from '../../src/graph/equations/text.ts'
import { defineNetwork, type NetworkSpec } from '../../src/language/networks/define.ts'
import { loadNetwork, type Network } from '../../src/language/networks/network.ts'
import { readSpecFile } from '../../src/host/specFile.ts'
import { readValue } from '../../src/language/text/value.ts'
import { optimizers } from '../../src/language/words/optimizers.ts'
import { diagnose, load } from './marked.ts'

const notebook = `
input: 10
layers:
  - linear: 40
  - relu
  - linear: 40
  - relu
  - linear: 5
loss: mse
init: heNormal
train:
  batch: 10
  epochs: 100
  optimizer: { sgd: { learningRate: 0.1, momentum: 0.9 } }
  schedule: { step: { every: 10, factor: 0.5 } }
`

describe('the notebook', () => {
  it('is what it says', async () => {
    const network = await load(notebook, 'some/where/notebook.net.yaml')
    expect(network).toMatchObject({
      name: 'notebook',
      inputs: [{ name: 'x', shape: [10] }],
      targets: [{ name: 'y', shape: [5] }],
      train: {
        batch: 10,
        epochs: 100,
        learningRate: 0.1,
        optimizer: { row: optimizers.sgd, states: ['momentum'] },
        schedule: { function: 'step', arguments: [10, 0.5] },
      },
      emit: { target: 'typescript', precision: 'f32' },
    })
    expect(network.parameters.map(({ name, symbol, shape }) => [name, symbol, shape])).toEqual([
      ['linear0.weight', 'Ω0', [40, 10]],
      ['linear0.bias', 'β0', [40]],
      ['linear1.weight', 'Ω1', [40, 40]],
      ['linear1.bias', 'β1', [40]],
      ['linear2.weight', 'Ω2', [5, 40]],
      ['linear2.bias', 'β2', [5]],
    ])
  })

  it('reads as in the book', async () => {
    const { losses, symbols } = await load(notebook)
    expect(equationsOf([losses], { symbols }).map(toText)).toEqual([
      'f0 = β0 + Ω0 x',
      'h1 = I[f0 > 0] ⊙ f0',
      'f1 = β1 + Ω1 h1',
      'h2 = I[f1 > 0] ⊙ f1',
      'f2 = β2 + Ω2 h2',
      'ℓ = sum((f2 - y)²) · 0.2',
    ])
  })

  it('has a section for each layer, and each node in one', async () => {
    const { sections, losses } = await load(notebook)
    expect([...sections.keys()]).toEqual(['linear0', 'relu0', 'linear1', 'relu1', 'linear2', 'loss'])
    const nodes = [...sections.values()].flat()
    expect(new Set(nodes).size).toBe(nodes.length)
    expect(nodes).toContain(losses)
  })
})

describe('defaults', () => {
  it('are the design’s', async () => {
    const { train, emit, parameters } = await load('input: 4\nlayers: [linear: 3]\nloss: mse')
    expect(train).toMatchObject({
      batch: 32,
      epochs: 10,
      learningRate: 0.001,
      optimizer: { row: optimizers.adam, settings: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false } },
    })
    expect(train.schedule).toBeUndefined()
    expect(emit).toEqual({
      ...{ target: 'typescript', precision: 'f32', math: 'engine', memory: 'store', wasm: 'inline' },
      inputGradients: [],
      directions: [],
    })
    expect(parameters[0]!.initial).toEqual({ function: 'uniform', arguments: [Math.sqrt(6 / 4)] })
  })

  it('take the name from the file', async () => {
    expect((await load(notebook, '/a/b/my-net.net.yml')).name).toBe('my-net')
    expect((await load(`name: other${notebook}`, 'my-net.net.yml')).name).toBe('other')
    expect(await diagnose(notebook, '2nd.net.yaml')).toMatchObject([{ code: 'invalid-name', line: 2, column: 1 }])
  })
})

describe('names', () => {
  it('count words in their scope; `as` changes no other’s count', async () => {
    const { parameters, sections } = await load(`
input: 4
layers:
  - { linear: 4, as: first }
  - linear: 4
  - residual:
      layers: [linear: 4, tanh, linear: 4]
      shortcut: [linear: 4]
  - residual: [{ linear: 4, as: inner }]
  - concat: [[linear: 2], [], [linear: 3, linear: 1]]
  - linear: { units: 1, bias: false }
loss: mse`)
    expect(parameters.filter(({ name }) => name.endsWith('weight')).map(({ name }) => name)).toEqual([
      'first.weight',
      'linear1.weight',
      'residual0.linear0.weight',
      'residual0.linear1.weight',
      'residual0.shortcut.linear0.weight',
      'residual1.inner.weight',
      'concat0.branch0.linear0.weight',
      'concat0.branch2.linear0.weight',
      'concat0.branch2.linear1.weight',
      'linear2.weight',
    ])
    expect(parameters.at(-1)).toMatchObject({ name: 'linear2.weight', shape: [1, 7] })
    expect(sections.has('residual0.tanh0')).toBe(true)
  })

  it('are paths of other frameworks too', async () => {
    const { parameters, buffers } = await load(`
input: 4
layers:
  - { linear: 4, as: '0' }
  - { residual: [{ linear: 4, as: in.proj }, tanh], as: encoder.1 }
  - { batchNorm: {}, as: __proto__ }
  - { linear: 2, as: constructor }
loss: mse`)
    expect(parameters.filter(({ name }) => name.endsWith('weight')).map(({ name }) => name)).toEqual([
      '0.weight',
      'encoder.1.in.proj.weight',
      '__proto__.weight',
      'constructor.weight',
    ])
    expect(buffers.map(({ name }) => name)).toEqual(['__proto__.running_mean', '__proto__.running_var'])
  })
})

describe('layers', () => {
  const evaluateLayers = async (text: string, x: number[]) => {
    const {
      outputs: [output],
      parameters,
    } = await load(`${text}\nloss: mse`)
    const values = Object.fromEntries(
      parameters.map(({ name, shape }, index) => {
        const size = shape.reduce((a, b) => a * b, 1)
        return [name, Array.from({ length: size }, (_, i) => (i + 1) * (index + 1))]
      }),
    )
    const [y] = evaluate([output!], { batch: 1, inputs: { x }, parameters: values })
    return { shape: output!.shape.slice(1), y: [...y!] }
  }

  it('linear acts along the last axis', async () => {
    const { shape, y } = await evaluateLayers('input: [2, 3]\nlayers: [linear: 2]', [1, 0, 0, 0, 1, 1])
    expect(shape).toEqual([2, 2])
    expect(y).toEqual([1 + 2, 4 + 4, 5 + 2, 11 + 4])
  })

  it('flatten, residual and concat', async () => {
    expect(await evaluateLayers('input: [2, 2]\nlayers: [flatten]', [1, 2, 3, 4])).toEqual({
      shape: [4],
      y: [1, 2, 3, 4],
    })
    expect(await evaluateLayers('input: 2\nlayers: [residual: [relu]]', [-1, 2])).toEqual({ shape: [2], y: [-1, 4] })
    expect(
      await evaluateLayers('input: 2\nlayers: [{ residual: { layers: [relu], shortcut: [exp] } }]', [0, 2]),
    ).toEqual({
      shape: [2],
      y: [1, 2 + Math.exp(2)],
    })
    expect(
      await evaluateLayers('input: [2, 1]\nlayers: [{ concat: { branches: [[], [relu]], axis: 1 } }]', [-1, 2]),
    ).toEqual({
      shape: [2, 2],
      y: [-1, 0, 2, 2],
    })
    expect(await evaluateLayers('input: [2, 1]\nlayers: [concat: [[], [relu]]]', [-1, 2])).toEqual({
      shape: [4, 1],
      y: [-1, 2, 0, 2],
    })
  })

  it('expression is pointwise', async () => {
    expect(await evaluateLayers("input: 2\nlayers: [expression: 'x^2 + 1']", [-1, 2])).toEqual({
      shape: [2],
      y: [2, 5],
    })
  })
})

interface Reference {
  readonly spec?: string
  readonly batch: number
  readonly parameters: Record<string, { data: number[]; shape: number[] }>
  readonly x: number[]
  readonly y: number[]
  readonly evaluation?: { prediction: number[]; loss: number }
}

describe('PyTorch’s answers', () => {
  const folder = new URL('../reference/', import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  const cases = files.map(
    (file) => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Reference] as const,
  )
  const supported = /^(activation|loss|equations|residual)-|^optimizer-0[02]/
  for (const [file, { spec, batch, parameters, x, y, evaluation }] of cases) {
    if (spec === undefined || !evaluation || !supported.test(file)) continue
    it(file, async () => {
      const network = await load(spec)
      expect(network.parameters.map(({ name, shape }) => [name, shape])).toEqual(
        Object.entries(parameters).map(([name, { shape }]) => [name, shape]),
      )
      const [prediction, losses] = evaluate([network.outputs[0]!, network.losses], {
        batch,
        inputs: { x, y },
        parameters: Object.fromEntries(Object.entries(parameters).map(([name, { data }]) => [name, data])),
      })
      const close = (actual: number, expected: number): boolean =>
        Math.abs(actual - expected) <= 1e-12 * Math.abs(expected) + 1e-14
      evaluation.prediction.forEach((expected, index) => expect(close(prediction![index]!, expected)).toBe(true))
      expect(close(losses!.reduce((a, b) => a + b) / batch, evaluation.loss)).toBe(true)
    })
  }
})

describe('the hash', () => {
  const base =
    'input: 4\nlayers:\n  - linear: 3\n  - relu\n  - expression: x^2 + 1\nloss: mse\ntrain: { optimizer: { sgd: 0.1 } }\n'
  const hash = async (text: string, file?: string) => (await load(text, file)).hash

  it('is 16 hexadecimal digits', async () => expect(await hash(base)).toMatch(/^[0-9a-f]{16}$/))

  const same: Record<string, string> = {
    comments: `# a comment\n${base}# another`,
    'order of keys':
      'train: { optimizer: { sgd: 0.1 } }\nloss: mse\nlayers:\n  - linear: 3\n  - relu\n  - expression: x^2 + 1\ninput: 4',
    shorthands:
      'input: [4]\nlayers:\n  - linear: { units: 3, bias: true }\n  - relu: {}\n  - expression: { formula: x^2 + 1 }\nloss: { mse: {} }\ntrain: { optimizer: { sgd: { learningRate: 0.1 } } }',
    'defaults said':
      `${base}init: heUniform\nemit: { precision: f32, inputGradient: false, memory: store, target: typescript, wasm: inline }`.replace(
        'train: { ',
        'train: { batch: 32, epochs: 10, ',
      ),
    'an initializer said elsewhere': base
      .replace('linear: 3', 'linear: { units: 3, init: heNormal }')
      .concat('init: zeros')
      .replace('heNormal', 'heUniform'),
    'blanks in formulas': base.replace('x^2 + 1', '(x ^ 2) +  1.0'),
    'name and description': `name: other\ndescription: something\n${base}`,
    JSON: '{"input":4,"layers":[{"linear":3},"relu",{"expression":"x^2+1"}],"loss":"mse","train":{"optimizer":{"sgd":0.1}}}',
  }
  for (const [what, text] of Object.entries(same))
    it(`doesn't depend on ${what}`, async () => expect(await hash(text, 'other.net.yaml')).toBe(await hash(base)))

  const different: Record<string, string> = {
    'a layer': base.replace('relu', 'tanh'),
    'its size': base.replace('linear: 3', 'linear: 2'),
    'a formula': base.replace('x^2', 'x^3'),
    'the loss': base.replace('mse', 'mae'),
    'the optimizer': base.replace('sgd', 'adam'),
    'an initializer': `${base}init: zeros`,
    precision: `${base}emit: { precision: f64 }`,
    "the input's gradient": `${base}emit: { inputGradient: true }`,
    memory: `${base}emit: { memory: recompute }`,
    'a memory budget': `${base}emit: { memory: { budget: 9000 } }`,
    'the target': `${base}emit: { target: wasm }`,
    'where WebAssembly is': `${base}emit: { wasm: file }`,
    'the batch': base.replace('train: { ', 'train: { batch: 31, '),
    'names of parameters': base.replace('linear: 3', '{ linear: 3, as: first }'),
    'the input': base.replace('input: 4', 'input: { shape: 4, index: 3 }'),
  }
  for (const [what, text] of Object.entries(different))
    it(`depends on ${what}`, async () => expect(await hash(text)).not.toBe(await hash(base)))

  it("doesn't depend on the order of parameters in equations, but on their shapes", async () => {
    const equations = (parameters: string) =>
      `inputs: { x: 3 }\ntargets: { y: scalar }\nparameters: ${parameters}\nequations:\n  - f = dot(a, x) + sum(init)\n  - l = (f - y)^2\noutput: f\nloss: l`
    expect(await hash(equations('{ a: 3, init: 2 }'))).toBe(await hash(equations('{ init: 2, a: 3 }')))
    expect(await hash(equations('{ a: 3, init: 2 }'))).not.toBe(await hash(equations('{ init: 4, a: 3 }')))
  })
})

describe('TypeScript', () => {
  let folder: string
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'tapeless-'))))
  afterAll(() => rmSync(folder, { recursive: true }))

  const loadModule = async (text: string): Promise<Network> => {
    const file = join(folder, 'module.net.ts')
    writeFileSync(file, text)
    return loadNetwork(await readSpecFile(file))
  }
  const places = async (text: string) => {
    const error: unknown = await loadModule(text).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(SpecError)
    return (error as SpecError).diagnostics.map(({ code, line, column }) => [code, line, column])
  }

  it('specs mean the same', async () => {
    const network = await loadModule(`
import { defineNetwork } from 'tapeless'
const hidden = ['linear', 'linear'].map((word) => ({ [word]: 40 } as { linear: number }))
export default defineNetwork({
  input: 10,
  layers: [hidden[0]!, 'relu', hidden[1]!, 'relu', { linear: 5 }],
  loss: 'mse',
  init: 'heNormal',
  train: {
    batch: 10, epochs: 100,
    optimizer: { sgd: { learningRate: 0.1, momentum: 0.9 } },
    schedule: { step: { every: 10, factor: 0.5 } },
  },
})`)
    expect(network.name).toBe('module')
    expect(network.hash).toBe((await load(notebook)).hash)
  })

  it('mistakes are located in object literals, through constants and calls', async () => {
    expect(
      await places(`
const train = { lr: 3 }
const spec = {
  input: 10,
  layers: [{ liner: 3 }, ...[{ linear: 0 }], { linear: 'x' }],
  "loss": 'mse' as const,
  train,
}
export default (spec satisfies object)`),
    ).toEqual([
      ['unknown-key', 2, 17],
      ['out-of-range', 5, 11],
      ['wrong-type', 5, 11],
      ['unknown-word', 5, 14],
    ])
    expect(await places("export default { input: 4, layers: [{ expression: 'x + foo' }], loss: 'mse' }")).toEqual([
      ['unknown-name', 1, 56],
    ])
  })

  it('modules that do not parse, load, or export a spec', async () => {
    expect(await places('export default {\n  input: 10\n  layers: []\n}')).toEqual([['syntax', 3, 3]])
    expect(await places("throw new Error('no')")).toEqual([['module', 1, 7]])
    expect(await places('export const a = 1')).toEqual([['module', 1, 1]])
    expect(await places('const a: unknown[] = []\na.push(a)\nexport default a')).toEqual([['module', 1, 22]])
  })

  it('every form of a word is typed', () => {
    const spec = {
      input: [1, 28, 28],
      layers: [
        'flatten',
        { linear: 40, as: 'hidden' },
        { linear: { units: 40, bias: false, init: { heNormal: 'fanOut' } } },
        'relu',
        { leakyRelu: 0.1 },
        { residual: ['tanh', { linear: 40 }] },
        { residual: { layers: [{ linear: 3 }], shortcut: [{ linear: 3 }] } },
        { concat: [['relu'], []] },
        { expression: 'x^2' },
      ],
      loss: { crossEntropy: { labelSmoothing: 0.1 } },
      init: 'fixup',
      train: { optimizer: { adam: { weightDecay: { weights: 0.1 } } }, schedule: { step: 3 } },
    } as const satisfies NetworkSpec
    expect(defineNetwork(spec)).toBe(spec)
    // @ts-expect-error no such word
    defineNetwork({ input: 1, layers: ['dense'], loss: 'mse' })
    // @ts-expect-error a required argument is missing
    defineNetwork({ input: 1, layers: ['linear'], loss: 'mse' })
    // @ts-expect-error no such argument
    defineNetwork({ input: 1, layers: [{ linear: { units: 3, bais: true } }], loss: 'mse' })
    // @ts-expect-error an initializer of whole networks
    defineNetwork({ input: 1, layers: [{ linear: { units: 3, init: 'fixup' } }], loss: 'mse' })
    // @ts-expect-error the wrong type
    defineNetwork({ input: 1, layers: [{ linear: '3' }], loss: 'mse' })
    const equations: NetworkSpec = {
      inputs: { x: 'scalar' },
      targets: { y: 'scalar' },
      parameters: { a: 'scalar', W: { shape: [2, 3], init: 'zeros' } },
      equations: ['f = a * x', 'l = (f - y)^2'],
      output: 'f',
      loss: 'l',
    }
    expect(defineNetwork(equations)).toBe(equations)
  })
})

describe('values of a program', () => {
  it('are checked like files, and shown as JSON', async () => {
    const spec = { input: 4, layers: [{ linear: NaN }, () => 1], loss: 'mse', foo: 1n }
    const error: unknown = await loadNetwork(readValue(spec, 'spec')).catch((caught: unknown) => caught)
    expect((error as SpecError).diagnostics.map(({ code, line, message }) => [code, line, message])).toEqual([
      ['wrong-type', 5, 'expected a number, got NaN'],
      ['wrong-type', 7, 'expected a layer, as word or { word: argument }, got a function'],
      ['unknown-key', 10, "unknown key 'foo'"],
    ])
  })
})
