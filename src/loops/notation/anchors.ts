import { topologicalOrder, type Node, type NodeOf } from '../../graph/node.ts'
import { isBatched, sameShape } from '../../graph/shape.ts'
import { isPointwise, pointwiseRow } from '../../graph/op.ts'
import { windowSpan, windowsOf, type Window } from '../../graph/windows.ts'

/** Beyond this many ops an expression gets a stage of its own, at which a kernel can end: it bounds the size of kernels. */
const largestExpression = 48

/** A multiply used expression of more ops is computed once and stored, rather than again in each kernel that needs it. */
const largestRecomputed = 4

/**
 * The nodes that get a stage of their own in some kernel: reductions, products, joins, and the expressions that are stored because
 * a product reads them, each sample repeats them or recomputing them would cost more. All other nodes are written out where they are used.
 * @returns for each anchor the number of ops in its expression, down to other anchors.
 */
export function chooseAnchors(outputs: readonly Node[]): ReadonlyMap<Node, number> {
  const order = topologicalOrder(outputs)
  const users = new Map<Node, number>()
  for (const node of order) for (const input of new Set(node.inputs)) users.set(input, (users.get(input) ?? 0) + 1)

  const anchors = new Map<Node, number>()
  const hostScalars = new Set<Node>()
  const indices = new Set<Node>()
  /** Of an expression: the number of ops in it, and whether one of them is dear. */
  const expressions = new Map<Node, { readonly size: number; readonly dear: boolean }>()
  const required = new Set(outputs)
  const readByProduct = new Set<Node>()
  const readByReshape = new Set<Node>()
  const repeatedBySamples = new Set<Node>()
  for (const node of order) {
    if (node.op === 'contract' || node.op === 'scan')
      for (const input of node.inputs) readByProduct.add(throughViews(input))
    // What several windows read is computed once.
    if (node.op === 'unfold' && windowsOf(node.attributes).some(overlaps)) readByProduct.add(throughViews(node))
    if (node.op === 'gather') readByProduct.add(throughViews(node))
    if (node.op === 'broadcast' && isBatched(node.shape) && !isBatched(node.inputs[0].shape))
      repeatedBySamples.add(throughViews(node.inputs[0]))
    if (node.op === 'reshape' && !onlyUnitAxesDiffer(node)) readByReshape.add(node.inputs[0])
  }

  for (const node of order) {
    if (isHostScalar(node, hostScalars)) {
      hostScalars.add(node)
      continue
    }
    if (isLeaf(node)) continue
    if (isIndex(node, indices)) {
      indices.add(node)
      if (!required.has(node) && !readByReshape.has(node)) continue
    }
    const inlined = node.inputs.map((input) => (anchors.has(input) ? undefined : expressions.get(input)))
    const size = inlined.reduce((sum, input) => sum + (input?.size ?? 0), 1)
    const dear = (isPointwise(node.op) && !pointwiseRow(node.op).cheap) || inlined.some((input) => input?.dear)
    expressions.set(node, { size, dear })
    if (node.element === 'truth') continue

    // Storing a product with its bias costs no more than storing the product.
    const completes = node.inputs.some(
      (input) => reduces(input) && users.get(input) === 1 && sameShape(input.shape, node.shape),
    )
    const stored =
      isPointwise(node.op) &&
      (required.has(node) ||
        readByProduct.has(node) ||
        (repeatedBySamples.has(node) && size > 1) ||
        size > largestExpression ||
        (users.get(node)! > 1 && (dear || size > largestRecomputed || completes)))
    const laidOut = readByReshape.has(node) && node.op !== 'reshape'
    if (reduces(node) || isJoin(node) || isScatter(node) || node.op === 'scan' || stored || laidOut)
      anchors.set(node, size)
  }
  return anchors
}

/** Sums and maxima over axes: they read more than they yield. */
export function isReduction(node: Node): node is NodeOf<'sum' | 'max'> {
  return node.op === 'sum' || node.op === 'max'
}

/** Tensors that are written part by part. */
export type Join = NodeOf<'concat' | 'pad'>

export function isJoin(node: Node): node is Join {
  return node.op === 'concat' || node.op === 'pad'
}

/** Tensors whose elements are written where each of another's belongs. */
export type Scatter = NodeOf<'fold' | 'scatter'>

export function isScatter(node: Node): node is Scatter {
  return node.op === 'fold' || node.op === 'scatter'
}

/** Whether several elements are added to one. */
export function addsUp(node: Scatter): boolean {
  return node.op === 'scatter' || windowsOf(node.attributes).some(overlaps)
}

/** Whether a window reads an element that the next one reads too, or reads an element twice. */
function overlaps({ size, stride, dilation }: Required<Window>): boolean {
  return windowSpan(size, dilation) > stride
}

function reduces(node: Node): boolean {
  return node.op === 'contract' || isReduction(node)
}

/** Tensors that lie in the arena before any kernel runs, or are given to a region. */
export function isLeaf(node: Node): boolean {
  return node.op === 'input' || node.op === 'parameter' || node.op === 'state' || node.op === 'argument'
}

/** Scalars made of host doubles alone, such as 2/n: evaluated where they are used, never stored. */
function isHostScalar(node: Node, known: ReadonlySet<Node>): boolean {
  if (node.op === 'constant' || node.op === 'uniform' || node.op === 'extent') return true
  return node.shape.length === 0 && isPointwise(node.op) && node.inputs.every((input) => known.has(input))
}

/** What the indices around it give, such as 2 i + j: cheaper to compute than to read. */
function isIndex(node: Node, known: ReadonlySet<Node>): boolean {
  if (node.op === 'iota') return true
  const isArithmetic = node.op === 'add' || node.op === 'subtract' || node.op === 'multiply' || node.op === 'negate'
  return isArithmetic && node.inputs.every((input) => known.has(input) || input.op === 'constant')
}

/** The node whose elements a chain of views shows. */
function throughViews(node: Node): Node {
  const isView =
    node.op === 'reshape' ||
    node.op === 'permute' ||
    node.op === 'broadcast' ||
    node.op === 'slice' ||
    node.op === 'unfold' ||
    node.op === 'gather' ||
    node.op === 'detach'
  return isView ? throughViews(node.inputs[0]) : node
}

/** Whether a reshape only drops or adds axes of length 1, so that indices carry over one by one. */
export function onlyUnitAxesDiffer(node: Node): boolean {
  const long = (shape: Node['shape']) => shape.filter((extent) => extent !== 1).join()
  return long(node.shape) === long(node.inputs[0]!.shape)
}
