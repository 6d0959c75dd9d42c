import { topologicalOrder, type Node, type NodeOf, type NodeOfKind } from '../../graph/node.ts'
import { isBatched, sameShape } from '../../graph/shape.ts'
import { pointwiseRow, type Kind, type Op } from '../../graph/op.ts'
import { makesIndices } from './arithmetic.ts'
import { windowSpan, windowsOf, type Window } from '../../graph/windows.ts'

/** An expression of more ops than this gets a stage of its own, at which a kernel can end: it bounds the size of kernels. */
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
  /** Each with the number of its ops. */
  const hostScalars = new Map<Node, number>()
  const indices = new Set<Node>()
  /** For each node written out in place: the number of ops in its expression, of views in a row, and whether an op is dear. */
  const expressions = new Map<Node, { readonly size: number; readonly views: number; readonly dear: boolean }>()
  const required = new Set(outputs)
  const readByProduct = new Set<Node>()
  const readByReshape = new Set<Node>()
  const unread = new Set<Node>()
  const rounding = new Set<Node>()
  const repeatedBySamples = new Set<Node>()
  for (const node of order) {
    if (readsNothing(node, unread)) unread.add(node)
    if (node.kind === 'product' || node.kind === 'loop')
      for (const input of node.inputs) readByProduct.add(throughViews(input))
    // Factors are elements of tensors, which round: doubles of the host do only beside one that is read.
    if (node.kind === 'product' && node.inputs.every((input) => unread.has(input))) rounding.add(node.inputs[0])
    if (node.kind !== 'view') continue
    const reading = readingOf(node)
    if (reading === 'again') readByProduct.add(throughViews(node))
    if (reading === 'by each sample') repeatedBySamples.add(throughViews(node))
    if (reading === 'as it lies') readByReshape.add(node.inputs[0])
  }

  for (const node of order) {
    if (isHostScalar(node, hostScalars) && !rounding.has(node)) {
      const ops = node.inputs.reduce((sum, input) => sum + hostScalars.get(input)!, 1)
      if (ops <= largestExpression) {
        hostScalars.set(node, ops)
        continue
      }
    }
    if (node.kind === 'given') continue
    if (isIndex(node, indices)) {
      indices.add(node)
      if (!required.has(node) && !readByReshape.has(node) && !rounding.has(node)) continue
    }
    const inlined = node.inputs.map((input) => (anchors.has(input) ? undefined : expressions.get(input)))
    const own = node.kind === 'join' ? node.inputs.length : 1
    const size = inlined.reduce((sum, input) => sum + (input?.size ?? 0), own)
    const dear = (node.kind === 'pointwise' && !pointwiseRow(node.op).cheap) || inlined.some((input) => input?.dear)
    const views = node.kind === 'view' ? 1 + (inlined[0]?.views ?? 0) : 0
    expressions.set(node, { size, views, dear })
    if (node.element === 'truth') continue

    // Storing a product with its bias costs no more than storing the product.
    const completes = node.inputs.some(
      (input) => reduces(input) && users.get(input) === 1 && sameShape(input.shape, node.shape),
    )
    const stored =
      node.kind === 'pointwise' &&
      (required.has(node) ||
        readByProduct.has(node) ||
        (repeatedBySamples.has(node) && size > 1) ||
        size > largestExpression ||
        (users.get(node)! > 1 && (dear || size > largestRecomputed || completes)))
    const laidOut = (readByReshape.has(node) && node.op !== 'reshape') || rounding.has(node)
    if (hasOwnStage[node.kind] || stored || laidOut || views > largestExpression) anchors.set(node, size)
  }
  return anchors
}

/** Whether ops of a kind always have a stage of their own, rather than be written out where they are used. */
const hasOwnStage: Readonly<Record<Kind<Op>, boolean>> = {
  pointwise: false,
  given: false,
  host: false,
  index: false,
  view: false,
  reduction: true,
  product: true,
  join: true,
  scatter: true,
  loop: true,
}

/**
 * How a view reads its operand. `once`: each element at most once for each sample. `again`: some elements several times, so that they
 * are computed once, before. `by each sample`: a tensor without a batch axis, repeated for all samples. `as it lies`: by its row-major
 * address, so that it must lie in memory.
 */
function readingOf(view: NodeOfKind<'view'>): 'once' | 'again' | 'by each sample' | 'as it lies' {
  switch (view.op) {
    case 'unfold':
      return windowsOf(view.attributes).some(overlaps) ? 'again' : 'once'
    case 'gather':
      return 'again'
    case 'broadcast':
      return isBatched(view.shape) && !isBatched(view.inputs[0].shape) ? 'by each sample' : 'once'
    case 'reshape':
      return onlyUnitAxesDiffer(view) ? 'once' : 'as it lies'
    case 'permute':
    case 'slice':
    case 'detach':
    case 'branch':
      return 'once'
  }
}

/** Whether several elements of the operand may be added to one. */
export function addsUp(node: NodeOfKind<'scatter'>): boolean {
  switch (node.op) {
    case 'scatter':
      return true
    case 'fold':
      return windowsOf(node.attributes).some(overlaps)
  }
}

/** Whether a window reads an element that the next one reads too, or reads an element twice. */
function overlaps({ size, stride, dilation }: Required<Window>): boolean {
  return windowSpan(size, dilation) > stride
}

function reduces(node: Node): boolean {
  return node.kind === 'product' || node.kind === 'reduction'
}

/** Scalars made of host doubles alone, such as 2/n: evaluated where they are used, and stored only where they are long. */
function isHostScalar(node: Node, known: ReadonlyMap<Node, number>): boolean {
  if (node.kind === 'host') return true
  return node.shape.length === 0 && node.kind === 'pointwise' && node.inputs.every((input) => known.has(input))
}

/** Values that depend on nothing but constants, uniforms and indices: the host's doubles, as long as they aren't stored. */
function readsNothing({ kind, inputs }: Node, known: ReadonlySet<Node>): boolean {
  if (kind === 'host' || kind === 'index') return true
  return (kind === 'pointwise' || kind === 'view') && inputs.every((input) => known.has(input))
}

/** Numbers that follow from the indices around them, such as 2 i + j: cheaper to compute than to read. */
function isIndex(node: Node, known: ReadonlySet<Node>): boolean {
  if (node.kind === 'index') return true
  return makesIndices(node.op) && node.inputs.every((input) => known.has(input) || input.op === 'constant')
}

/** The node whose elements a chain of views shows. */
function throughViews(node: Node): Node {
  let seen = node
  while (seen.kind === 'view') seen = seen.inputs[0]
  return seen
}

/** Whether a reshape only drops or adds axes of length 1, so that indices carry over one by one. */
export function onlyUnitAxesDiffer(node: NodeOf<'reshape'>): boolean {
  const long = (shape: Node['shape']) => shape.filter((extent) => extent !== 1).join()
  return long(node.shape) === long(node.inputs[0]!.shape)
}
