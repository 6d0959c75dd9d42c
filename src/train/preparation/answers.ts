import { quoted } from '../mistakes.ts'
import type { PortForm } from './ports.ts'
import { sizeOf, type Feature, type PreparedPort } from './preparation.ts'

/** What the outputs of a network mean in the table's words. */
export type Answers =
  /** Logits of the classes of a column. */
  | { readonly as: 'classes'; readonly column: string; readonly classes: readonly string[] }
  /** The logit of the second of two classes. */
  | { readonly as: 'bits'; readonly column: string; readonly classes: readonly string[] }
  /** A number for each column: output · deviation + mean, or where it is a count e to the power of the output. */
  | { readonly as: 'numbers'; readonly columns: readonly AnswerNumber[]; readonly isCount: boolean }

interface AnswerNumber {
  readonly column: string
  readonly mean: number
  readonly deviation: number
}

/**
 * What outputs mean; undefined where only the network's author knows.
 * @param outputs the shape of a sample's output, where it is one tensor.
 */
export function answersOf(
  ports: readonly PortForm[],
  prepared: readonly PreparedPort[],
  outputs: readonly number[] | undefined,
  isLayered: boolean,
): Answers | undefined {
  const k = ports.findIndex(({ values }) => values !== 'weights')
  const [port, target] = [ports[k], prepared[k]]
  const size = outputs?.reduce((product, extent) => product * extent, 1)
  if (!port || !target || size === undefined || ports.filter(({ values }) => values !== 'weights').length > 1)
    return undefined
  const [first] = target.features as readonly [Feature, ...Feature[]]
  const { column } = first
  if (!isLayered && (port.values ?? port.below) !== undefined) return undefined
  if ((first.as === 'class' || first.as === 'oneHot') && size === first.classes.length && target.features.length === 1)
    return { as: 'classes', column, classes: first.classes }
  if (port.values === 'bits' && size === 1)
    return { as: 'bits', column, classes: first.as === 'class' ? first.classes : ['0', '1'] }
  const numbers = target.features.filter((feature) => feature.as === 'number')
  if (numbers.length !== target.features.length || size !== sizeOf(target) || port.values === 'bits') return undefined
  return {
    as: 'numbers',
    columns: numbers.map(({ column, mean, deviation }) => ({ column, mean, deviation })),
    isCount: port.values === 'counts',
  }
}

/** What is said of a target that has fewer classes than the network tells apart, whose outputs have no words then. */
export function spareClasses(ports: readonly PortForm[], prepared: readonly PreparedPort[]): string[] {
  return ports.flatMap(({ below }, k) => {
    const [first] = prepared[k]!.features
    if (below === undefined || first?.as !== 'class' || first.classes.length >= below) return []
    const { column, classes } = first
    return [
      `column ${quoted(column)} has ${classes.length} classes, and the network tells ${below} apart: end it in ${classes.length} units`,
    ]
  })
}
