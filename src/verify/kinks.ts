import { broadcast, sign, subtract } from '../graph/build.ts'
import { evaluate, type Bindings } from '../graph/evaluate.ts'
import { topologicalOrder, type Node } from '../graph/node.ts'
import type { PointwiseOp } from '../graph/op.ts'
import { elementCount } from '../graph/shape.ts'
import { largestMagnitude } from './compare.ts'

/** What the ops that bend or jump choose by: the sign of a difference from where they do. */
const leads: { readonly [O in PointwiseOp]?: (...operands: readonly Node[]) => Node } = {
  abs: (x) => x!,
  sign: (x) => x!,
  maximum: (a, b) => subtract(a!, b!),
  minimum: (a, b) => subtract(a!, b!),
  less: (a, b) => subtract(a!, b!),
  lessEqual: (a, b) => subtract(a!, b!),
  equal: (a, b) => subtract(a!, b!),
  notEqual: (a, b) => subtract(a!, b!),
}

/** Where what some outputs need bends or jumps, and which branch it takes there. */
export class Kinks {
  /** The nodes that bend. */
  readonly #bending: readonly Node[]
  readonly #leads: readonly Node[]

  constructor(outputs: readonly Node[]) {
    const found = topologicalOrder(outputs).flatMap((node) => {
      const lead = leadOf(node)
      return lead ? [{ node, lead }] : []
    })
    this.#bending = found.map(({ node }) => node)
    this.#leads = found.map(({ lead }) => lead)
  }

  /** The first node that takes another branch at one point than at the other. */
  firstApart(one: Bindings, other: Bindings): Node | undefined {
    const [here, there] = [one, other].map((bindings) => evaluate(this.#leads.map(sign), bindings))
    return this.#bending.find((_, k) => here![k]!.some((lead, at) => lead !== there![k]![at]))
  }

  /**
   * The first node that is nearly at a kink, by less than a share of its operands, so that a module in single precision may be on its other
   * side. On it a module is too, as in a comparison of whole numbers or of two inputs, but for two cases. Of a maximum's elements two are
   * largest: then it is open which one is. Or both operands are a number that single precision doesn't have, as in h < relu(h): then one
   * may be stored, and so rounded, while the other is a double yet.
   */
  firstNear(point: Bindings, share: number): Node | undefined {
    const values = evaluate(this.#leads, point)
    const operands = evaluate(
      this.#bending.map((node) => node.inputs[0]!),
      point,
    )
    return this.#bending.find((node, k) => {
      const reach = share * largestMagnitude(operands[k]!)
      const isNear = (lead: number) => Math.abs(lead) < reach
      if (node.op === 'max') return values[k]!.filter(isNear).length > elementCount(node.shape, point.batch)
      return values[k]!.some((lead, at) => (lead === 0 ? isRounded(operands[k]![at]!) : isNear(lead)))
    })
  }
}

/** Whether a number changes where single precision stores it. */
function isRounded(x: number): boolean {
  return Math.fround(x) !== x
}

function leadOf(node: Node): Node | undefined {
  if (node.kind === 'pointwise') return leads[node.op]?.(...(node.inputs as readonly Node[]))
  if (node.op !== 'max') return undefined
  const [x] = node.inputs
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !node.attributes.axes.includes(axis))
  return subtract(x, broadcast(node, x.shape, kept))
}
