import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SpecError } from '../../src/base/errors.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { readValue } from '../../src/language/text/value.ts'

/** Loads or throws a SpecError with places inside the text, in good time. */
async function survives(load: () => Promise<unknown>, text: string): Promise<void> {
  const start = performance.now()
  try {
    await load()
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    expect(error.diagnostics.length).toBeGreaterThan(0)
    const lines = text.split(/\r\n|\r|\n/)
    for (const { line, column, length, message } of error.diagnostics) {
      expect(line, message).toBeLessThanOrEqual(lines.length)
      expect(column, message).toBeLessThanOrEqual(lines[line - 1]!.length + 1)
      expect(length).toBeGreaterThan(0)
    }
  }
  expect(performance.now() - start).toBeLessThan(5_000)
}

const survivesText = (text: string) =>
  survives(async () => loadNetwork(readSpecText({ file: 'f.net.yaml', text })), text)

const seeds = [
  `name: notebook
input: 10
layers:
  - linear: { units: 40, bias: true, init: heNormal }
  - relu
  - residual: { layers: [linear: 40, tanh], shortcut: [identity] }
  - concat: [[linear: 3], [softmax]]
  - expression: "x > 0 ? x : 0.2 * (exp(x) - 1)"
  - { linear: 5, as: last }
loss: { crossEntropy: { labelSmoothing: 0.1 } }
train: { batch: 10, optimizer: { sgd: { learningRate: 0.1, momentum: 0.9 } }, schedule: { step: 10 } }
`,
  `inputs: { x: scalar, v: 3 }
targets: { y: scalar }
parameters: { β0: scalar, Ω: { shape: [4, 3], init: zeros } }
equations:
  - f = sum(Ω * v) + β0 * x
  - ℓ = (f - y)^2 + max(norm(v), 0)
output: f
loss: ℓ
`,
  '{"input": [2, 3], "layers": ["flatten", {"linear": 3}], "loss": {"huber": 0.5}}',
]

describe('whatever the spec', () => {
  it('random values', async () => {
    const words = fc.constantFrom(
      ...[
        'input',
        'layers',
        'loss',
        'train',
        'linear',
        'relu',
        'residual',
        'concat',
        'mse',
        'units',
        'shape',
        'index',
        'expression',
      ],
      ...[
        'equations',
        'inputs',
        'targets',
        'parameters',
        'output',
        'x',
        '__proto__',
        'constructor',
        'toString',
        'x = 3',
        'scalar',
        'sgd',
      ],
    )
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        words,
        fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.string()),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(words, tie('value'), { maxKeys: 5 }),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(value, async (spec) => {
        const source = { file: 'f', text: JSON.stringify(spec, null, 1) ?? '' }
        await survivesText(source.text)
        // A value's diagnostics point into its own rendering.
        const read = () => readValue(spec, 'f')
        await survives(() => loadNetwork(read()), read().text)
      }),
      { numRuns: 400 },
    )
  })

  it('random edits of good specs', async () => {
    const snippets = fc.constantFrom(
      ...[
        ':',
        ' ',
        '\n',
        '- ',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '#',
        '&a',
        '*a',
        '!t',
        '|',
        '>',
        '%',
        '?',
        '\t',
        '\0',
        ',',
        '0',
        '-1',
        '1e999',
      ],
      ...[
        '.nan',
        'linear',
        'x',
        '(',
        ')',
        '^',
        '*',
        '/',
        '=',
        'β',
        '🙂',
        '\u2028',
        '---',
        '<<: ',
        '~',
        'null',
        'scalar',
        '\\u',
        '@',
        '`',
      ],
    )
    const edit = fc.record({ at: fc.nat(1000), remove: fc.nat(12), insert: snippets })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        async (seed, edits) => {
          let text = seed
          for (const { at, remove, insert } of edits) {
            const from = at % (text.length + 1)
            text = text.slice(0, from) + insert + text.slice(from + remove)
          }
          await survivesText(text)
        },
      ),
      { numRuns: 1500 },
    )
  })

  it('random formulas', async () => {
    const tokens = fc.constantFrom(
      ...[
        'x',
        '1',
        '2.5',
        '+',
        '-',
        '*',
        '/',
        '^',
        '(',
        ')',
        ',',
        '?',
        ':',
        '<',
        '>=',
        '==',
        'max',
        'sin(',
        'relu(',
        'pi',
        ' ',
        '.',
        '.*',
        '=',
      ],
      ...[
        'e',
        '1e3',
        'huber(',
        'softmax',
        'to',
        'not',
        'true',
        'i',
        "'",
        '%',
        '!',
        '{',
        '[',
        ';',
        '\n',
        '_',
        '$',
        'NaN',
        '0/0',
      ],
    )
    await fc.assert(
      fc.asyncProperty(fc.array(tokens, { maxLength: 14 }), async (parts) => {
        const formula = parts.join('')
        await survivesText(JSON.stringify({ input: 2, layers: [{ expression: formula }], loss: 'mse' }))
        await survivesText(
          JSON.stringify({
            inputs: { x: 2 },
            targets: { y: 'scalar' },
            parameters: { a: 'scalar' },
            equations: [`l = ${formula}`],
            output: 'l',
            loss: 'l',
          }),
        )
      }),
      { numRuns: 1500 },
    )
  })

  it('good specs with any part left out or replaced', async () => {
    const spec: unknown = JSON.parse(
      '{"input":4,"layers":[{"linear":{"units":3,"init":"heNormal"},"as":"a"},"relu",{"residual":["tanh"]}],"loss":{"huber":0.5},"train":{"optimizer":{"sgd":{"weightDecay":{"weights":0.1}}}}}',
    )
    const mutants: unknown[] = []
    const visit = (node: unknown, rebuild: (part: unknown) => unknown): void => {
      for (const replacement of [undefined, null, 0, -1, 1.5, 'relu', [], {}, [[]], true])
        mutants.push(rebuild(replacement))
      if (Array.isArray(node)) node.forEach((part, index) => visit(part, (value) => rebuild(node.with(index, value))))
      else if (typeof node === 'object' && node !== null)
        for (const [key, part] of Object.entries(node)) visit(part, (value) => rebuild({ ...node, [key]: value }))
    }
    visit(spec, (part) => part)
    expect(mutants.length).toBeGreaterThan(150)
    for (const mutant of mutants) await survivesText(JSON.stringify(mutant) ?? '')
  })
})
