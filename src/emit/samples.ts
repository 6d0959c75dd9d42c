import type { ModuleDescription, NumberKind, PortDescription } from './description.ts'

/*
 * What callers give and get of a sample, in the words that both the errors and the docstrings of a module use.
 */

/** What a sample holds. */
type Held = Pick<PortDescription, 'shape' | 'size' | 'values' | 'below' | 'ignored'>

/** A number of each kind, and several. */
const nouns: Readonly<Record<NumberKind | 'numbers' | 'indices', readonly [one: string, several: string]>> = {
  numbers: ['number', 'numbers'],
  indices: ['whole number', 'whole numbers'],
  classes: ['class', 'classes'],
  bits: ['number from 0 to 1', 'numbers from 0 to 1'],
  counts: ['count', 'counts'],
  shares: ['probability', 'probabilities'],
  weights: ['weight', 'weights'],
  logits: ['logit', 'logits'],
  logarithms: ['logarithm', 'logarithms'],
}

/** `4 numbers a sample`, `a class from 0 to 2 a sample`. */
export function heldText({ size, values, below, ignored }: Held): string {
  const [one, several] = nouns[values ?? (below === undefined ? 'numbers' : 'indices')]
  const range = below === undefined ? '' : ` from 0 to ${below - 1}`
  const uncounted = ignored === undefined ? '' : `, or ${ignored} where none counts`
  return `${size === 1 ? `a ${one}` : `${size} ${several}`}${range} a sample${uncounted}`
}

/** The same, with the shape where that says more: `784 numbers a sample: [1, 28, 28]`. */
export function shapedText(held: Held): string {
  return held.shape.length > 1 ? `${heldText(held)}: [${held.shape.join(', ')}]` : heldText(held)
}

/** More than so many are told by their names alone, where all are told at once. */
const mostTold = 3

/** What a caller gives for all ports: an array, or several by name. */
export function givenText(all: readonly PortDescription[]): string {
  if (all.length === 0) return 'an empty record, {}'
  if (all.length === 1) return `a flat array, ${shapedText(all[0]!)}`
  return byName(all, all.length > mostTold ? ({ name }) => name : undefined)
}

/** What `predict` returns. */
export function predictedText({ outputs }: ModuleDescription): string {
  if (outputs[0]!.name === undefined) return `a new flat array, ${shapedText(outputs[0]!)}`
  return `new ${byName(outputs)}`
}

function byName<T extends Held & { readonly name?: string }>(
  all: readonly T[],
  text = (one: T) => `${one.name!}: ${shapedText(one)}`,
): string {
  return `flat arrays by name (${all.map(text).join('; ')})`
}
