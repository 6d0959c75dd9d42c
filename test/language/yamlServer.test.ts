import { describe, expect, it } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { getLanguageService } from 'yaml-language-server'
import { editorSchema } from '../../scripts/language/editors.ts'
import { specSchema } from '../../scripts/language/schema.ts'

/*
 * What VS Code's editor for YAML shows of specs: it asks this server, and the server the schema.
 */

const server = getLanguageService({
  schemaRequestService: () => Promise.reject(new Error('nothing is fetched')),
  workspaceContext: { resolveRelativePath: (path) => path },
  clientCapabilities: { textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } } } },
})
const schema = editorSchema(specSchema())
server.configure({
  ...{ validate: true, completion: true, hover: true },
  schemas: [{ uri: 'file:///schema.json', fileMatch: ['*.net.yaml'], schema }],
})

let count = 0

/** A document, and where its text has a |. */
function open(marked: string) {
  const [before, after = ''] = marked.split('|')
  const document = TextDocument.create(`file:///${count++}.net.yaml`, 'yaml', 1, before! + after)
  return { document, position: document.positionAt(before!.length) }
}

/** What is proposed at the mark, with what is said of it. */
async function proposals(marked: string): Promise<ReadonlyMap<string, string>> {
  const { document, position } = open(marked)
  const { items } = await server.doComplete(document, position, false)
  const told = (text: unknown) => (typeof text === 'string' ? text : ((text as { value?: string })?.value ?? ''))
  return new Map(items.map(({ label, documentation }) => [label, told(documentation)]))
}

/** What is shown at the mark. */
async function hover(marked: string): Promise<string> {
  const { document, position } = open(marked)
  return JSON.stringify((await server.doHover(document, position))?.contents ?? '')
}

/** The mistakes, as line, column and what is said. */
async function mistakes(text: string): Promise<string[]> {
  const found = await server.doValidation(open(text).document, false)
  return found.map(({ range: { start }, message }) => `${start.line + 1}:${start.character + 1} ${message}`)
}

describe('the server for YAML proposes, with what each means,', () => {
  it('the keys of a spec: at first those of both forms, then those of the form that it has', async () => {
    expect([...(await proposals('|')).keys()]).toEqual(
      expect.arrayContaining(['input', 'inputs', 'layers', 'equations']),
    )
    const layered = await proposals('input: 4\n|')
    expect(layered.get('layers')).toContain('The layers, in order')
    expect(layered.has('equations')).toBe(false)
    expect((await proposals('inputs: { x: scalar }\n|')).has('layers')).toBe(false)
  })

  it.for([
    ['layers', 'layers:\n  - |', 'relu', 'max(x, 0)'],
    ['layers with arguments', 'layers:\n  - |', 'linear', 'linear: { units: 40, init: heNormal }'],
    ['arguments', 'layers:\n  - conv2d:\n      |', 'channels', 'How many channels come out.'],
    ['layers in a list of one line', 'layers: [lin|]', 'linear', 'torch.nn.Linear'],
    ['losses', 'loss: |', 'mse', '(p - y)²'],
    ['optimizers', 'train:\n  optimizer: |', 'adamw', 'Loshchilov and Hutter 2019'],
    ['what training has', 'train:\n  |', 'batch', 'The most samples that a step takes.'],
    ["an optimizer's arguments", 'train:\n  optimizer:\n    adam:\n      |', 'learningRate', 'How far an update goes.'],
    ['targets', 'emit:\n  target: |', 'wasm', ''],
  ] as const)('%s', async ([, marked, word, meaning]) => {
    const found = await proposals(marked)
    expect([...found.keys()]).toContain(word)
    expect(found.get(word)).toContain(meaning)
  })
})

describe('the server for YAML shows what a thing means:', () => {
  it.for([
    ['a key', 'inp|ut: 4\nlayers: []\nloss: mse', 'What a sample is'],
    ['a word', 'input: 4\nlayers: [re|lu]\nloss: mse', 'max(x, 0)'],
    ['a word with arguments', 'input: 4\nlayers:\n  - lin|ear: 4\nloss: mse', 'linear: { units: 40, init: heNormal }'],
    ['an argument', 'input: 4\nlayers: [conv2d: { chan|nels: 4, kernel: 3 }]\nloss: mse', 'How many channels'],
    ['a loss', 'input: 4\nlayers: []\nloss: m|se', '(p - y)²'],
  ] as const)('%s', async ([, marked, meaning]) => {
    expect(await hover(marked)).toContain(meaning)
  })

  it('and of one word that word alone', async () => {
    expect(await hover('input: 4\nlayers: [re|lu]\nloss: mse')).not.toContain('leakyRelu')
  })
})

describe('the server for YAML says of a mistake what it is, and nothing else:', () => {
  it.for([
    ['a layer', 'input: 4\nlayers:\n  - Dense: 4\nloss: mse', ['3:5 Property Dense is not allowed.']],
    ['a layer alone', 'input: 4\nlayers: [Dense]\nloss: mse', [/^2:10 Value must be "flatten" \| /]],
    ['a layer in a layer', 'input: 4\nlayers: [residual: [tnh]]\nloss: mse', [/^2:21 Value must be "flatten" \| /]],
    [
      'an argument',
      'input: 4\nlayers: [linear: { unit: 3 }]\nloss: mse',
      ['2:10 Missing property "units".', '2:20 Property unit is not allowed.'],
    ],
    ['a number', 'input: 4\nlayers: [linear: -3]\nloss: mse', ['2:18 Value is below the minimum of 1.']],
    ['a loss', 'input: 4\nlayers: []\nloss: MSE', [/^3:7 Value must be "mse" \| "mae"/]],
    ['a key', 'input: 4\nlayers: []\nloss: mse\ntrain: { epoch: 3 }', ['4:10 Property epoch is not allowed.']],
    [
      'two words',
      'input: 4\nlayers: [{ linear: 3, relu: {} }]\nloss: mse',
      [/^2:10 Object has more properties than limit of 1/],
    ],
  ] as const)('%s', async ([, text, expected]) => {
    const found = await mistakes(text)
    expect(found).toHaveLength(expected.length)
    expected.forEach((one, k) => expect(found[k]).toMatch(one))
  })

  it('nothing of what is right', async () => {
    const right =
      'name: a\ninput: 4\nlayers: [linear: { units: 3 }, relu, scale:, { dropout: 0.5, as: d }]\nloss: { huber: 1 }\n'
    expect(await mistakes(right)).toEqual([])
  })
})
