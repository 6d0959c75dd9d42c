import { pad, marginsOf, permute } from '../graph/build.ts'
import { evaluate, type Bindings } from '../graph/evaluate.ts'
import { Interner, topologicalOrder, type Node, type NodeOf } from '../graph/node.ts'
import { argument, scanInputs, scanLength } from '../graph/scan.ts'
import { elementCount, elementsPerSample } from '../graph/shape.ts'
import { imaginary } from './complex.ts'
import type { Tensors } from './data.ts'

/*
 * Slopes by a complex step: f(x + i h d) = f(x) + i h f'(x) d + O(h²), so Im f / h is the slope along d, and unlike a difference it
 * loses no digits, however small h is. W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions"
 * (1998). It knows no derivative: only what each op is for complex numbers.
 */

/** Its square vanishes beside every number that it is added to, and what slopes make of it is far from the ends of the range. */
const step = 2 ** -500

type Values = ReadonlyMap<Node, Float64Array>
/** Of what varies: other nodes are real. */
type ImaginaryParts = Map<Node, Float64Array>

/** A scalar at a point. */
export class ComplexStep {
  readonly #output: Node
  readonly #bindings: Bindings
  readonly #order: readonly Node[]
  readonly #values: Values

  constructor(output: Node, bindings: Bindings) {
    this.#output = output
    this.#bindings = bindings
    this.#order = topologicalOrder([output])
    this.#values = valuesOf(this.#order, bindings)
  }

  get value(): number {
    return this.#values.get(this.#output)![0]!
  }

  /** The slope along a direction: changes of parameters and inputs, by name; what isn't named stays. */
  slope(direction: Tensors): number {
    const parts: ImaginaryParts = new Map()
    for (const node of this.#order) {
      if (node.op !== 'parameter' && node.op !== 'input') continue
      const { name } = node.attributes
      const change = Object.hasOwn(direction, name) ? direction[name] : undefined
      if (change)
        parts.set(
          node,
          Float64Array.from(change, (value) => step * value),
        )
    }
    addParts(this.#order, this.#values, parts, this.#bindings)
    return (parts.get(this.#output)?.[0] ?? 0) / step
  }
}

function valuesOf(order: readonly Node[], bindings: Bindings): Values {
  const values = evaluate(order, bindings)
  return new Map(order.map((node, k) => [node, values[k]!]))
}

/** Adds the imaginary parts of the nodes that depend on those that have one. */
function addParts(order: readonly Node[], values: Values, parts: ImaginaryParts, bindings: Bindings): void {
  for (const node of order) {
    if (parts.has(node) || !node.inputs.some((input) => parts.has(input))) continue
    const part = partOf(node, values, parts, bindings)
    if (part) parts.set(node, part)
  }
}

function partOf(node: Node, values: Values, parts: ImaginaryParts, bindings: Bindings): Float64Array | undefined {
  const { batch } = bindings
  const real = (input: Node) => values.get(input)!
  const own = (input: Node) => parts.get(input) ?? new Float64Array(real(input).length)
  const source = node.inputs[0]!
  if (node.kind === 'pointwise') {
    if (node.element === 'truth') return undefined
    const operands = node.inputs.flatMap((input) => [real(input), own(input)])
    const part = imaginary[node.op]
    return new Float64Array(elementCount(node.shape, batch)).map((_, at) => part(...operands.map((one) => one[at]!)))
  }
  switch (node.op) {
    // A derivative ends here, and so must this.
    case 'detach':
      return undefined
    case 'branch':
      return own(source)
    case 'gather':
    case 'scatter':
      return parts.has(source) ? applied(node, [own(source), real(node.inputs[1]!)], batch) : undefined
    case 'reshape':
    case 'permute':
    case 'broadcast':
    case 'slice':
    case 'unfold':
    case 'fold':
    case 'sum':
    case 'concat':
      return applied(node, node.inputs.map(own), batch)
    case 'pad': {
      const [x] = argumentsFor(node)
      const zeros = pad(x!, marginsOf(node.attributes))
      return evaluate([zeros], { batch, arguments: new Map([[x!, own(source)]]) })[0]!
    }
    case 'max':
      return largestPart(node, real(source), own(source), batch)
    case 'contract': {
      const [left, right] = node.inputs
      const products = [
        ...(parts.has(left) ? [applied(node, [own(left), real(right)], batch)] : []),
        ...(parts.has(right) ? [applied(node, [real(left), own(right)], batch)] : []),
      ]
      return products.reduce((a, b) => a.map((value, at) => value + b[at]!))
    }
    case 'scan':
      return scanPart(node, values, parts, bindings)
    case 'input':
    case 'parameter':
    case 'state':
    case 'argument':
    case 'uniform':
    case 'constant':
    case 'extent':
    case 'iota':
      return undefined
  }
}

/** Stand-ins for a node's inputs, in a graph of their own. */
function argumentsFor(node: Node): readonly Node[] {
  const graph = new Interner()
  return node.inputs.map(({ shape }, k) => argument(graph, 'operands', String(k), shape))
}

/** A node's op on other operands. */
function applied(node: Node, operands: readonly Float64Array[], batch: number): Float64Array {
  const inputs = argumentsFor(node)
  const standIn = inputs[0]!.graph.intern(node.op, inputs, node.attributes, node.shape)
  return evaluate([standIn], { batch, arguments: new Map(inputs.map((input, k) => [input, operands[k]!])) })[0]!
}

/** Of the largest element; of several that are as large the first, or the mean, as the derivative has it. */
function largestPart(node: NodeOf<'max'>, real: Float64Array, own: Float64Array, batch: number): Float64Array {
  const { axes, ties } = node.attributes
  const [x] = argumentsFor(node)
  const kept = x!.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const inRows = permute(x!, [...kept, ...axes])
  const rowsOf = (values: Float64Array) => evaluate([inRows], { batch, arguments: new Map([[x!, values]]) })[0]!
  const [reals, parts] = [rowsOf(real), rowsOf(own)]
  const result = new Float64Array(elementCount(node.shape, batch))
  const length = reals.length / result.length
  return result.map((_, row) => {
    const [own, among] = [parts, reals].map((values) => values.subarray(row * length, (row + 1) * length))
    const largest = among!.reduce((a, b) => Math.max(a, b), -Infinity)
    const tied = own!.filter((_, at) => among![at] === largest)
    return ties === 'first' ? tied[0]! : tied.reduce((sum, value) => sum + value, 0) / tied.length
  })
}

/** Runs the region at each time, as the interpreter does, with imaginary parts beside the values. */
function scanPart(node: NodeOf<'scan'>, values: Values, parts: ImaginaryParts, bindings: Bindings): Float64Array {
  const { batch } = bindings
  const { carries, elements, captured, next, output, reverse } = node.attributes
  const { initial, sequences, captured: same } = scanInputs(node)
  const [length, size] = [scanLength(node), elementsPerSample(output.shape)]
  const order = topologicalOrder([output, ...next])
  const result = new Float64Array(elementCount(node.shape, batch))

  const given = [...carries, ...captured]
  const sources = [...initial, ...same]
  const now = new Map(given.map((one, k) => [one, values.get(sources[k]!)!]))
  const nowParts: ImaginaryParts = new Map()
  given.forEach((one, k) => {
    const part = parts.get(sources[k]!)
    if (part) nowParts.set(one, part)
  })
  const rowsAt = (sequence: Float64Array, width: number, time: number): Float64Array => {
    const rows = new Float64Array(batch * width)
    for (let b = 0; b < batch; b++) {
      const at = (b * length + time) * width
      rows.set(sequence.subarray(at, at + width), b * width)
    }
    return rows
  }
  for (let turn = 0; turn < length; turn++) {
    const time = reverse ? length - 1 - turn : turn
    elements.forEach((element, k) => {
      const width = elementsPerSample(element.shape)
      now.set(element, rowsAt(values.get(sequences[k]!)!, width, time))
      const part = parts.get(sequences[k]!)
      if (part) nowParts.set(element, rowsAt(part, width, time))
    })
    const turnValues = valuesOf(order, { ...bindings, arguments: now })
    const turnParts = new Map(nowParts)
    addParts(order, turnValues, turnParts, bindings)
    const part = turnParts.get(output)
    for (let b = 0; part && b < batch; b++)
      result.set(part.subarray(b * size, (b + 1) * size), (b * length + time) * size)
    carries.forEach((carry, k) => {
      const after = next[k]!
      now.set(carry, turnValues.get(after)!)
      const afterPart = turnParts.get(after)
      if (afterPart) nowParts.set(carry, afterPart)
      else nowParts.delete(carry)
    })
  }
  return result
}
