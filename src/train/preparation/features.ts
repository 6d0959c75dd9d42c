import type { Chosen } from '../columns/choose.ts'
import { classesOf, countEmpty } from '../columns/kinds.ts'
import type { EmptyChoice } from '../columns/rows.ts'
import { quoted, TableError } from '../mistakes.ts'
import type { DatePart, Feature } from './preparation.ts'
import type { PortForm } from './ports.ts'

/** How columns become numbers, as far as that isn't said by their kind. */
export interface FeatureOptions {
  /** The rows that means and deviations are of. */
  readonly training: readonly number[]
  readonly empty: EmptyChoice
  /** None: dates aren't taken. */
  readonly dates: readonly DatePart[]
  /** Whether numbers are standardised. */
  readonly isScaled: boolean
}

/** What an input's column becomes. */
export function inputFeatures(chosen: Chosen, port: PortForm, options: FeatureOptions): Feature[] {
  const { column, kind } = chosen
  const { training, empty, dates, isScaled } = options
  if (port.below !== undefined) return [numbered(chosen, port.below)]
  const mayBeEmpty = empty === 'fill' || empty === 'flag'
  const flag: Feature[] = empty === 'flag' && countEmpty(column, kind) > 0 ? [{ column: column.name, as: 'flag' }] : []
  if (kind === 'numbers') return [scaled(chosen, training, isScaled, mayBeEmpty), ...flag]
  if (kind === 'dates') {
    const { mean, deviation } = momentsOf(chosen, training)
    const filled = mayBeEmpty ? { empty: 'zeros' as const } : {}
    return [{ column: column.name, as: 'date', parts: dates, mean, deviation, ...filled }, ...flag]
  }
  const classes = classesOf(column)
  if (!classes) throw new TableError([`column ${quoted(column.name)} has too many different cells for classes`])
  return [{ column: column.name, as: 'oneHot', classes, ...(mayBeEmpty ? { empty: 'none' as const } : {}) }, ...flag]
}

/** What a target's column becomes, by what the loss takes. */
export function targetFeature(chosen: Chosen, { below, values, shape }: PortForm, options: FeatureOptions): Feature {
  const { column, kind } = chosen
  const fail = (what: string): never => {
    throw new TableError([`--targets: column ${quoted(column.name)} ${what}`])
  }
  if (kind === 'dates') return fail('holds dates, which are no target')
  if (below !== undefined) return numbered(chosen, below)
  const raw = { column: column.name, as: 'number', mean: 0, deviation: 1 } as const
  const classes = kind === 'classes' ? (classesOf(column) ?? fail('has too many different cells for classes')) : []
  if (values === 'bits' && !(classes.length === 2 || classes.every((one) => one === '0' || one === '1')))
    fail(`has ${classes.length} classes, and the loss takes two: crossEntropy takes more`)
  if (values === 'bits') return kind === 'classes' ? { column: column.name, as: 'class', classes } : raw
  if (values === 'shares' && kind === 'classes') return { column: column.name, as: 'oneHot', classes }
  if (!classes.every((one) => Number.isFinite(Number(one))))
    fail(`holds texts, and the loss takes ${shape.length === 0 ? 'a number' : 'numbers'}: crossEntropy takes classes`)
  if (values !== undefined) return raw
  return scaled(chosen, options.training, options.isScaled, false)
}

/** Class numbers: those of the table if they are such, else the classes in order. */
function numbered({ column }: Chosen, below: number): Feature {
  const found = classesOf(column)
  const all = Array.from({ length: below }, (_, k) => String(k))
  const classes = found?.every((one) => all.includes(one)) ? all : found
  if (!classes || classes.length > below)
    throw new TableError([
      `column ${quoted(column.name)} has ${found ? found.length : 'over a thousand'} classes, and the network takes ${below}`,
    ])
  return { column: column.name, as: 'class', classes }
}

function scaled(chosen: Chosen, training: readonly number[], isScaled: boolean, mayBeEmpty: boolean): Feature {
  const moments = momentsOf(chosen, training)
  const { mean, deviation } = isScaled ? moments : { mean: 0, deviation: 1 }
  return {
    ...{ column: chosen.column.name, as: 'number', mean, deviation },
    ...(mayBeEmpty ? { empty: moments.mean } : {}),
  }
}

/** Mean and deviation of the training rows' numbers or dates. Where all are equal the deviation is taken for 1. */
function momentsOf(
  { column }: Chosen,
  training: readonly number[],
): { readonly mean: number; readonly deviation: number } {
  const values = training.map((row) => column.numberAt(row)).filter((value) => !Number.isNaN(value))
  const count = Math.max(1, values.length)
  const mean = values.reduce((sum, value) => sum + value / count, 0)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / count, 0)
  const deviation = Math.sqrt(variance)
  const isConstant = !(deviation > 1e-12 * Math.abs(mean)) || !Number.isFinite(deviation)
  return { mean, deviation: isConstant ? 1 : deviation }
}
