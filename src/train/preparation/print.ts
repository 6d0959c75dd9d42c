import { built } from '../../emit/built.ts'
import { format } from '../../emit/format.ts'
import { commentText, literal } from '../../emit/literal.ts'
import { fill } from '../../emit/render.ts'
import { forTools } from '../../emit/header.ts'
import { blankStamp, stamp } from '../../emit/stamp.ts'
import type { Answers } from './answers.ts'
import {
  cycles,
  sizeOf,
  widthOf,
  type DateFeature,
  type Feature,
  type Preparation,
  type PreparedPort,
} from './preparation.ts'

/** What `prepare.ts` is of. */
export interface Prepared {
  /** The network's. */
  readonly name: string
  /** The table's file. */
  readonly table: string
  readonly preparation: Preparation
  readonly answers: Answers | undefined
}

/** What `templates/prepare.ts.hbs` prints. */
interface PrepareSlots {
  readonly version: string
  readonly stamp: string
  readonly forTools: readonly string[]
  readonly table: string
  readonly name: string
  readonly inputs: FunctionSlots
  readonly targets: FunctionSlots
  /** Of networks with several inputs or targets: a function for each. */
  readonly ports: readonly (FunctionSlots & { readonly name: string })[]
  readonly uses: Readonly<Record<'number' | 'class' | 'date' | 'empty', boolean>>
  readonly answers: boolean
  readonly answered?: string
  readonly classes?: string
  readonly classified?: true
  readonly numbered?: string
  readonly single?: boolean
  readonly outputs?: number
  readonly logits?: string
}

interface FunctionSlots {
  readonly type: string
  readonly body: string
}

/** The text of `prepare.ts`: rows to x and y, and outputs to answers. */
export async function printPreparation({ name, table, preparation, answers }: Prepared): Promise<string> {
  const vector = preparation.precision === 'f32' ? 'Float32Array' : 'Float64Array'
  const features = [...preparation.inputs, ...preparation.targets].flatMap((port) => port.features)
  const has = (...kinds: Feature['as'][]) => features.some((feature) => kinds.includes(feature.as))
  const slots: PrepareSlots = {
    ...{ version: built.version, stamp: blankStamp('syntax'), forTools, table: commentText(table), name },
    inputs: sideOf('inputs', preparation.inputs, vector),
    targets: sideOf('targets', preparation.targets, vector),
    ports: [...portsOf('inputs', preparation.inputs, vector), ...portsOf('targets', preparation.targets, vector)],
    uses: {
      ...{ number: has('number'), class: has('class', 'oneHot'), date: has('date') },
      empty: has('number', 'date', 'flag'),
    },
    ...(answers ? { answers: true, ...answerSlots(answers) } : { answers: false }),
  }
  return stamp(await format(await fill(built.templates.prepare, slots)))
}

/** Text as an expression, in ASCII. */
function text(value: string): string {
  return ascii(JSON.stringify(value))
}

function texts(values: readonly string[]): string {
  return ascii(JSON.stringify(values))
}

function ascii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function sideOf(side: string, ports: readonly PreparedPort[], vector: string) {
  if (ports.length === 1) return { type: vector, body: loopOf(ports[0]!, vector) }
  const entries = ports.map(({ name }, k) => ({ name: text(name), value: `${side}${k}(rows)` }))
  return {
    type: `{ ${entries.map(({ name }) => `readonly ${name}: ${vector}`).join('; ')} }`,
    body: `return { ${entries.map(({ name, value }) => `${name}: ${value}`).join(', ')} }`,
  }
}

function portsOf(side: string, ports: readonly PreparedPort[], vector: string) {
  if (ports.length === 1) return []
  return ports.map((port, k) => ({ name: `${side}${k}`, type: vector, body: loopOf(port, vector) }))
}

/** The statements of a function that prepares rows for one input or target. */
function loopOf(port: PreparedPort, vector: string): string {
  const size = sizeOf(port)
  return [
    `const values = new ${vector}(${size === 1 ? '' : `${size} * `}rows.length)`,
    'let at = 0',
    'for (let r = 0; r < rows.length; r++) {',
    ...port.features.flatMap(statementsOf),
    '}',
    'return values',
  ].join('\n')
}

/** The statements that write a feature of row r to `values` from `at` on. */
function statementsOf(feature: Feature): string[] {
  const place = `rows, r, ${text(feature.column)}`
  switch (feature.as) {
    case 'number': {
      const { mean, deviation, empty } = feature
      return [
        `values[at++] = ${standardised(`numberIn(${place}${empty === undefined ? '' : `, ${literal(empty)}`})`, mean, deviation)}`,
      ]
    }
    case 'flag':
      return [`values[at++] = isEmpty(cellIn(${place})) ? 1 : 0`]
    case 'class':
      return [`values[at++] = classIn(${place}, ${texts(feature.classes)}, false)`]
    case 'oneHot': {
      const found = `classIn(${place}, ${texts(feature.classes)}, ${feature.empty !== undefined})`
      return ['{', `const found = ${found}`, 'if (found >= 0) values[at + found] = 1', `at += ${widthOf(feature)}`, '}']
    }
    case 'date':
      return ['{', `const days = daysIn(${place}, ${feature.empty !== undefined})`, ...dateStatements(feature), '}']
  }
}

function dateStatements({ parts, mean, deviation }: DateFeature): string[] {
  const write = (value: string) => `values[at++] = days === undefined ? 0 : ${value}`
  return parts.flatMap((part) => {
    if (part === 'days') return [write(standardised('days', mean, deviation))]
    const angle = `(2 * Math.PI * days) / ${cycles[part]}`
    return [write(`Math.sin(${angle})`), write(`Math.cos(${angle})`)]
  })
}

function standardised(value: string, mean: number, deviation: number): string {
  if (mean === 0 && deviation === 1) return value
  return `(${value} - ${mean < 0 ? `(${literal(mean)})` : literal(mean)}) / ${literal(deviation)}`
}

function answerSlots(answers: Answers): Partial<PrepareSlots> {
  if (answers.as === 'numbers') {
    const { columns, isCount } = answers
    const value = ({ mean, deviation }: (typeof columns)[number], k: number) => {
      const output = `(outputs[${columns.length === 1 ? 'r' : `${columns.length} * r + ${k}`}] ?? NaN)`
      if (isCount) return `Math.exp${output}`
      return mean === 0 && deviation === 1 ? output : `${output} * ${literal(deviation)} + ${literal(mean)}`
    }
    const record = columns.map((one, k) => `${text(one.column)}: ${value(one, k)}`).join(', ')
    const numbered = columns.length === 1 ? value(columns[0]!, 0) : `{ ${record} }`
    return { numbered, single: columns.length === 1, outputs: columns.length }
  }
  const { column, classes, as } = answers
  const isLone = as === 'bits'
  return {
    ...{ answered: commentText(JSON.stringify(column)), classes: texts(classes), classified: true },
    outputs: isLone ? 1 : classes.length,
    logits: isLone ? '[0, outputs[r] ?? NaN]' : 'classes.map((_, k) => outputs[classes.length * r + k] ?? NaN)',
  }
}
