import { fileName } from '../base/path.ts'
import type { Choice, Chosen } from './columns/choose.ts'
import { classesOf } from './columns/kinds.ts'
import type { EmptyChoice } from './columns/rows.ts'
import { listed, TableError } from './mistakes.ts'
import { inputFeatures } from './preparation/features.ts'
import { widthOf, type DatePart } from './preparation/preparation.ts'

/** What a proposed spec is for. */
export interface Proposal {
  readonly name: string
  readonly table: string
  readonly choice: Choice
  /** Rows to train on. */
  readonly training: readonly number[]
  readonly empty: EmptyChoice
  readonly dates: readonly DatePart[]
}

/** Updates after which small networks have learned what they will. */
const UPDATES = 6000

/** A spec that is a fair start for a table: one or two hidden layers, as wide as its rows can teach. */
export function proposeSpec({ name, table, choice, training, empty, dates }: Proposal): string {
  const { inputs, targets } = choice
  const port = { name: 'input', shape: [] }
  const options = { training, empty, dates, isScaled: true }
  const size = inputs.flatMap((one) => inputFeatures(one, port, options)).reduce((sum, one) => sum + widthOf(one), 0)
  const goal = goalOf(targets)
  const rows = training.length
  const units = rows < 300 ? 16 : rows < 5000 ? 32 : 64
  const hidden = Array.from({ length: rows < 1000 ? 1 : 2 }, () => [`  - linear: ${units}`, '  - relu'])
  const batch = Math.max(8, Math.min(128, 2 ** Math.round(Math.log2(rows / 16))))
  const epochs = Math.max(20, Math.min(500, Math.ceil((UPDATES * batch) / rows / 10) * 10))
  return [
    `# Proposed by tapeless train for ${table.replace(/[^ -~]/g, '?')}: a start, yours to change.`,
    `name: ${name}`,
    `input: ${size}`,
    'layers:',
    ...hidden.flat(),
    `  - linear: ${goal.outputs}`,
    `loss: ${goal.loss}`,
    `metrics: [${goal.metrics.join(', ')}]`,
    'train:',
    `  batch: ${batch}`,
    `  epochs: ${epochs}`,
    '  optimizer: { adamw: { learningRate: 0.003, weightDecay: { weights: 0.02 } } }',
    `  patience: ${Math.max(10, Math.round(epochs / 10))}`,
    '',
  ].join('\n')
}

function goalOf(targets: readonly Chosen[]) {
  const [first, ...others] = targets as readonly [Chosen, ...Chosen[]]
  if (others.length === 0 && first.kind === 'classes')
    return { outputs: classesOf(first.column)!.length, loss: 'crossEntropy', metrics: ['accuracy'] }
  const odd = targets.filter(({ kind }) => kind !== 'numbers').map(({ column }) => column.name)
  if (odd.length > 0 && targets.length > 1)
    throw new TableError([
      `--targets: of several, all must be numbers; ${listed(odd)} ${odd.length === 1 ? "isn't" : "aren't"}`,
    ])
  if (odd.length > 0) throw new TableError([`--targets: ${listed(odd)} holds dates, which are no target`])
  return { outputs: targets.length, loss: 'mse', metrics: ['mae', 'r2'] }
}

/** A file's stem as a network's name. */
export function nameOf(file: string): string {
  const stem = fileName(file).replace(/(\.[A-Za-z0-9]+)+$/, '')
  const plain = stem
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 64)
  return plain === '' ? 'table' : plain
}
