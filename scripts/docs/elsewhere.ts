import { advised } from '../../src/language/words/elsewhere.ts'
import { foreignWords, ourWord } from '../../src/language/words/vocabulary.ts'
import { plainSpelling } from '../../src/base/name.ts'
import { keyMeanings } from '../language/meanings.ts'
import { code, prose, table } from './markdown.ts'
import { frameworks, notes, type Kind } from './frameworks.ts'
import { tables } from './tables.ts'

/** What a name of each kind may be here. Layers and activations are one list, as they are in a spec. */
const known: Readonly<Record<Kind, readonly string[]>> = {
  'Layers and activations': [...Object.keys(tables.layers!), ...Object.keys(tables.activations!)],
  Losses: Object.keys(tables.losses!),
  Initializers: Object.keys(tables.initializers!),
  Optimizers: Object.keys(tables.optimizers!),
  Schedules: Object.keys(tables.schedules!),
  'Arguments and keys': Object.keys(keyMeanings).map((key) => key.split('.').at(-1)!),
}

/** Other frameworks' words beside those that the checker has for them. Error: it has none, and nothing is said of it. */
export function elsewherePage(): string {
  const named = new Set(Object.values(frameworks).flatMap((kinds) => Object.values(kinds).flat().map(plainSpelling)))
  const sections = Object.entries(frameworks).map(([framework, kinds]) => {
    const parts = Object.entries(kinds).map(([kind, names]) => {
      const rows = names.map((name) => row(framework, kind as Kind, name))
      return `### ${framework}: ${kind.toLowerCase()}\n\n${table([framework, 'here', ''], rows)}`
    })
    return `## ${framework}\n\n${parts.join('\n\n')}`
  })
  const others = Object.entries(foreignWords).filter(([name]) => !named.has(name))
  const rest = others.map(([name, words]) => [code(name), words.map(code).join(', ')])
  const places = advised.map(([advice, ...keys]) => [keys.map(code).join(', '), prose(advice)])
  return `# From Keras and PyTorch

Written by \`npm run docs\`, from the synonyms that the checker of specs has; not edited by hand.

You may write the names that you know: a spec with another framework's word is refused, and the message says which word is meant.
\`dense: 16\`, say, is answered by _did you mean 'linear'?_ Capitals and underscores make no difference to that. Formulas and defaults are
PyTorch's; [the list of all words](words.md) says so of each.

What differs in the whole is this:

- An activation is a layer of its own, a line below the one that it follows.
- Sizes of what comes in follow from the line above, and are never given. \`input\` has no batch axis.
- Images are [channels, height, width], as PyTorch has them, not channels last.
- \`crossEntropy\` and \`binaryCrossEntropy\` take logits, so that no softmax or sigmoid stands before them.
- Classes are numbers from 0; one-hot rows, or other probabilities, are \`crossEntropy: { targets: probabilities }\`.
- There is no \`compile\`, no \`backward\`, no \`zero_grad\`: a step is [one call](module.md), and the derivatives were taken before.

${sections.join('\n\n')}

## Other spellings

These are understood too, whoever uses them; capitals, spaces and underscores don't matter.

${table(['written', 'is taken for'], rest)}

## What stands elsewhere

Keys that have their meaning in another place of a spec; the message says where.

${table(['key', 'what to write'], places)}
`
}

function row(framework: string, kind: Kind, name: string): string[] {
  const note = notes[`${framework} ${name}`] ?? notes[name]
  const ours = ourWord(name, known[kind])
  if (ours === undefined && note === undefined) throw new Error(`nothing is said of ${framework}'s ${name}`)
  return [code(name), ours === undefined ? '' : code(ours), note === undefined ? '' : prose(note)]
}
