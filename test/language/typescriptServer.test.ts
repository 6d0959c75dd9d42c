import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { specSchema } from '../../scripts/language/schema.ts'
import { editor } from '../support/editor.ts'

/*
 * What an editor shows of specs in TypeScript, and what the compiler says of mistakes: both ask TypeScript's own service.
 */

const editing = editor('language/a.net.ts')
const { file, service } = editing
const head = "import { defineNetwork } from '../../src/language/networks/define.ts'\nexport default defineNetwork("
const whole = (spec: string) => `${head}${spec})\n`

/** What hovers over the mark: the code, and what is said of it. */
function hover(spec: string): { readonly code: string; readonly told: string; readonly example: string } {
  const { code, told, tags } = editing.hover(whole(spec))
  return { code, told, example: tags.find(({ name }) => name === 'example')?.text ?? '' }
}

/** What is proposed at the mark, with what is said of each. */
function proposals(spec: string): ReadonlyMap<string, string> {
  const position = editing.open(whole(spec))
  const entries = service.getCompletionsAtPosition(file, position, {})?.entries ?? []
  const told = entries.map(({ name, source }) => {
    const details = service.getCompletionEntryDetails(file, position, name, {}, source, {}, undefined)
    return [name, ts.displayPartsToString(details?.documentation)] as const
  })
  return new Map(told)
}

/** The compiler's messages, whole. */
const mistakes = (spec: string) => editing.mistakes(whole(spec))

/** What no reader of a message knows: how the checker is made. */
const insides = /Zod|zod|\$strict|WordSpec|readonly arguments|more \.\.\./

beforeAll(() => {
  hover("{ |input: 4, layers: [], loss: 'mse' }")
})

describe('TypeScript shows what a thing means:', () => {
  it.for([
    ['a key', "{ |input: 4, layers: [], loss: 'mse' }", 'LayerNetwork.input: Port', 'What a sample is'],
    ['the layers', "{ input: 4, |layers: [], loss: 'mse' }", 'LayerNetwork.layers: readonly Layer[]', 'in order'],
    [
      'a word',
      "{ input: 4, layers: [{ |linear: 4 }], loss: 'mse' }",
      'LayerMapping.linear?: number | LinearLayer',
      'torch.nn.Linear',
    ],
    [
      'a word alone',
      "{ input: 4, layers: [{ |relu: {} }], loss: 'mse' }",
      'LayerMapping.relu?: NoArguments',
      'max(x, 0)',
    ],
    [
      'an argument',
      "{ input: 4, layers: [{ conv2d: { |channels: 4, kernel: 3 } }], loss: 'mse' }",
      'Conv2dLayer.channels: number',
      'How many channels come out.',
    ],
    [
      'an argument of a layer in a layer',
      "{ input: 4, layers: [{ residual: [{ linear: { |units: 4 } }] }], loss: 'mse' }",
      'LinearLayer.units: number',
      'How many numbers come out.',
    ],
    [
      'an optimizer',
      "{ input: 4, layers: [], loss: 'mse', train: { optimizer: { |adam: 0.1 } } }",
      'OptimizerMapping.adam?: number | AdamOptimizer',
      'Kingma and Ba 2015',
    ],
    [
      'a schedule',
      "{ input: 4, layers: [], loss: 'mse', train: { |schedule: { step: 3 } } }",
      'Training.schedule?: Schedule',
      'epoch to epoch',
    ],
  ] as const)('%s', ([, marked, code, meaning]) => {
    const shown = hover(marked)
    expect(shown.code).toContain(code)
    expect(shown.code).not.toMatch(insides)
    expect(shown.told).toContain(meaning)
  })

  it('and an example of each word', () => {
    expect(hover("{ input: 4, layers: [{ |linear: 4 }], loss: 'mse' }").example).toBe(
      "{ linear: { units: 40, init: 'heNormal' } }",
    )
  })

  it.for([
    ['defineNetwork', 'defineNetwork(spec: NetworkSpec): NetworkSpec'],
    ['loadNetwork', 'loadNetwork(source: SpecSource): Promise<Network>'],
    ['compile', 'compile(network: Network, specFile: string, options?: CompileOptions): Promise<CompiledModule>'],
    ['readSpecFile', 'readSpecFile(file: string, { timeout }?: ReadSpecOptions): Promise<SpecSource>'],
    ['readSpecText', 'readSpecText(source: Source, { readFile }?: ReadOptions): SpecSource'],
  ] as const)('and of the package’s %s what it takes, with a program that uses it', ([name, signature]) => {
    const { code, told, tags } = editing.hover(`import { |${name} } from '../../src/index.ts'\n`)
    expect(code).toContain(signature)
    expect(`${code}${told}`).not.toMatch(insides)
    // The programs are blocks of docs/api.md too, which its own test runs.
    expect(tags.find((tag) => tag.name === 'example')?.text).toContain(`import { `)
    expect(tags.find((tag) => tag.name === 'example')?.text).toContain(`${name}(`)
  })
})

describe('TypeScript proposes, with what each means,', () => {
  it('every word and key of every mapping', () => {
    const { definitions } = specSchema()
    const layers = proposals("{ input: 4, layers: [{ | }], loss: 'mse' }")
    for (const [word, { description }] of Object.entries(definitions.LayerMapping!.properties!))
      expect(layers.get(word), word).toBe(description)
    const training = proposals("{ input: 4, layers: [], loss: 'mse', train: { | } }")
    for (const [key, { description }] of Object.entries(definitions.Training!.properties!))
      expect(training.get(key), key).toBe(description)
    const network = proposals('{ input: 4, layers: [], | }')
    for (const key of ['loss', 'train', 'emit', 'init']) expect(network.get(key), key).not.toBe('')
    const equations = proposals('{ inputs: { x: 1 }, targets: {}, | }')
    for (const key of ['equations', 'output', 'parameters']) expect(equations.get(key), key).not.toBe('')
    expect(proposals("{ input: 4, layers: [{ conv2d: { | } }], loss: 'mse' }").get('kernel')).toContain('windows')
  })

  it('words alone', () => {
    const layers = proposals("{ input: 4, layers: ['|'], loss: 'mse' }")
    expect([...layers.keys()]).toEqual(expect.arrayContaining(['relu', 'tanh', 'flatten']))
    expect(layers.has('linear')).toBe(false)
    expect([...proposals("{ input: 4, layers: [], loss: '|' }").keys()]).toContain('mse')
  })
})

describe('TypeScript says of a mistake in a line or two what it is:', () => {
  it.for([
    [
      'a layer',
      "{ input: 4, layers: [{ Linear: 16 }], loss: 'mse' }",
      "'Linear' does not exist in type 'LayerMapping'. Did you mean to write 'linear'?",
    ],
    [
      'a layer of another name',
      "{ input: 4, layers: [{ Dense: 16 }], loss: 'mse' }",
      "'Dense' does not exist in type 'LayerMapping'",
    ],
    ['a layer alone', "{ input: 4, layers: ['rleu'], loss: 'mse' }", `'"rleu"' is not assignable to type 'Layer'`],
    [
      'an optimizer',
      "{ input: 4, layers: [], loss: 'mse', train: { optimizer: 'Adam' } }",
      `'"Adam"' is not assignable to type 'Optimizer | undefined'`,
    ],
    [
      'an argument',
      "{ input: 4, layers: [{ linear: { units: 3, bais: true } }], loss: 'mse' }",
      "'bais' does not exist in type 'LinearLayer'",
    ],
    [
      'an argument that is missing',
      "{ input: 4, layers: [{ conv2d: { channels: 3 } }], loss: 'mse' }",
      "Property 'kernel' is missing",
    ],
    [
      'a layer in a layer',
      "{ input: 4, layers: [{ residual: [{ linera: 3 }] }], loss: 'mse' }",
      "'linera' does not exist in type 'LayerMapping'. Did you mean to write 'linear'?",
    ],
    ['a loss', "{ input: 4, layers: [], loss: 'MSE' }", `'"MSE"' is not assignable to type`],
    ['a key', "{ input: 4, layres: [], loss: 'mse' }", "'layres' does not exist in type"],
    [
      'a key of training',
      "{ input: 4, layers: [], loss: 'mse', train: { epoch: 3 } }",
      "'epoch' does not exist in type 'Training'",
    ],
    [
      'a type',
      "{ input: 4, layers: [{ linear: '3' }], loss: 'mse' }",
      "Type 'string' is not assignable to type 'number | LinearLayer",
    ],
  ] as const)('%s', ([, spec, expected]) => {
    const found = mistakes(spec)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
    expect(found[0]).not.toMatch(insides)
    expect(found[0]!.length).toBeLessThan(320)
  })

  it('nothing of what is right, computed parts among it', () => {
    expect(
      mistakes(`{
        input: { shape: [4], index: 3 },
        layers: [...[8, 16].map((units) => ({ linear: units })), 'relu', { dropout: 0.2, as: 'd', frozen: true }],
        loss: { crossEntropy: { labelSmoothing: 0.1 } },
        train: { batch: 3, optimizer: { sgd: { momentum: undefined } }, schedule: { step: 3, warmup: { epochs: 2, start: 0 } } },
      } as const`),
    ).toEqual([])
  })
})
