import type { z } from 'zod'
import type { WordRow } from '../../src/language/words/word.ts'
import { keyMeanings } from '../language/meanings.ts'
import { docstrings } from './docstrings.ts'
import { code, prose, table } from './markdown.ts'
import { tables } from './tables.ts'

const titles: Readonly<Record<string, string>> = {
  layers: 'Layers',
  activations: 'Activations',
  losses: 'Losses',
  initializers: 'Initializers',
  networkInitializers: 'Initializers of a whole network',
  optimizers: 'Optimizers',
  schedules: 'Schedules',
  clips: 'Ways to clip gradients',
}

/** What holds for all words of a table. */
const notes: Readonly<Record<string, string>> = {
  layers: `Parameters have PyTorch's names and layouts, but start otherwise: weights as \`init\` says, heUniform unless told, and biases at 0.
Recurrent layers alone start as PyTorch's. A layer that is \`frozen\` trains none of its parameters; its running statistics follow
the batches all the same, as PyTorch's do unless the module is set to evaluate.`,
  initializers: `The fans of a weight [a, b, kernel …] are torch.nn.init's: in is b times the kernel's size, out is a times it. So a grouped
convolution's in is that of one group, while its out is that of all; and a transposed convolution's, whose weight is
[in, out / groups, …], are exchanged.`,
  optimizers: `η is the learning rate, λ the weight decay. Decay acts on every parameter that isn't frozen, also on those that the loss
doesn't reach; PyTorch passes over those.`,
}

/** Every word with its arguments, and what its row's docstring says. Throws for a row without one. */
export function wordsPage(): string {
  const described = docstrings()
  const sections = Object.entries(tables).map(([name, rows]) => {
    const lines = Object.entries(rows).map(([word, row]) => {
      const text = described.get(`${name}.${word}`)
      if (text === undefined) throw new Error(`${word}, a row of ${name}, has no docstring`)
      return [code(signature(word, row)), prose(text)]
    })
    const note = notes[name]
    return [`## ${titles[name]!}`, ...(note === undefined ? [] : [note]), table(['word', ''], lines)].join('\n\n')
  })
  const keys = Object.entries(keyMeanings).map(([name, text]) => {
    const [key, owner] = name.split('.').reverse() as [string, string?]
    return [code(key), owner === undefined ? '' : ownerOf(owner), prose(text)]
  })
  return `# Words

Written by \`npm run docs\` from the tables of the language; not edited by hand.

\`word(a, b = 1, c?)\` takes arguments, as \`{ word: { a: 2, b: 3 } }\`; b is 1 unless given, and c may be left out. The first
alone may be given as \`{ word: 2 }\`. Where a torch name stands the formula and the defaults are that one's, but for what is said beside it.

${sections.join('\n\n')}

## Keys and arguments

Where a word stands beside a key, the key means that there. Editors show the same, from the package's \`schema.json\` in YAML and JSON, and from
the types of \`defineNetwork\` in TypeScript.

${table(['key', 'of', ''], keys)}
`
}

/** \`BatchNormLayer\` as its word, and a form of networks as what it is of. */
function ownerOf(type: string): string {
  const form = /^(\w+)Network$/.exec(type)?.[1]
  if (form !== undefined) return `networks of ${form === 'Layer' ? 'layers' : 'equations'}`
  const word = type.replace(/(?:ing|Layer|Loss|Optimizer|Schedule|Initializer|Clip)$/, '')
  return code(`${word[0]!.toLowerCase()}${word.slice(1)}`)
}

/** `leakyRelu(slope = 0.01)` */
function signature(word: string, row: WordRow): string {
  const shape = row.arguments.shape as Readonly<Record<string, z.core.$ZodType>>
  const list = Object.entries(shape).map(([name, type]) => {
    const { def } = type._zod as { def: z.core.$ZodTypeDef & { readonly defaultValue?: unknown } }
    if (def.type === 'optional') return `${name}?`
    return 'defaultValue' in def ? `${name} = ${show(def.defaultValue)}` : name
  })
  return list.length > 0 ? `${word}(${list.join(', ')})` : word
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)))
  return typeof value === 'string' ? value : JSON.stringify(value)
}
