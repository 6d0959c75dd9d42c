import type { Mistake } from '../../base/errors.ts'
import type { Operand } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { sampleShape } from '../../graph/shape.ts'
import { operandsOf, type Expression } from './formula.ts'
import { losses, type Loss } from './losses.ts'

/*
 * A loss is one number a sample, the mean over its elements. An equation that multiplies it by a mask, or sums it, means the elements.
 */

/** The value of a loss. */
interface Mean {
  /** Its word. */
  readonly loss: string
  /** How equations write one of its elements. */
  readonly element: string
  /** Whether it is of one element alone, as of one class number. */
  readonly isSingle: boolean
}

const rows: Readonly<Record<string, Loss>> = losses

const products: ReadonlySet<string> = new Set(['multiply', 'dotMultiply'])
/** What leaves a mean a mean: `2 * mse(p, y)`. */
const scalings: ReadonlySet<string> = new Set([...products, 'divide', 'negate'])
const reductions: ReadonlySet<string> = new Set(['sum', 'max', 'norm'])

/** Follows the values of losses through the equations of a network. */
export class LossMeans {
  readonly #means = new Map<Operand, Mean>()

  /** @returns a warning where a part of an equation takes the mean of a loss for its elements. */
  watch(part: Expression, operands: readonly Operand[], result: Operand): Mistake | undefined {
    const mean = operands.map((operand) => this.#means.get(operand)).find((found) => found !== undefined)
    if (part.kind === 'call') {
      const [p, y] = operandsOf(part).map((operand, k) => (operand.kind === 'name' ? operand.name : ['p', 'y'][k]!))
      if (Object.hasOwn(rows, part.function) && isTensor(operands[0]))
        this.#means.set(result, {
          loss: part.function,
          element: rows[part.function]!.element!(p!, y!),
          isSingle: !isTensor(operands[1]),
        })
      const isReduction = operands.length === 1 && reductions.has(part.function)
      return mean && !mean.isSingle && isReduction ? misread(mean, part.function) : undefined
    }
    if (!mean || part.kind !== 'apply') return undefined
    if (operands.some(isTensor)) return misread(mean, products.has(part.operator) ? 'the product' : 'what it meets')
    if (scalings.has(part.operator)) this.#means.set(result, mean)
    return undefined
  }
}

function isTensor(operand: Operand | undefined): operand is Node {
  return typeof operand === 'object' && sampleShape(operand.shape).length > 0
}

function misread({ loss, element }: Mean, taker: string): Mistake {
  return {
    code: 'mean',
    severity: 'warning',
    message: `${loss} is one number a sample, the mean over its elements: ${taker} takes that number, not the elements`,
    hint: `write them as ${element}`,
  }
}
