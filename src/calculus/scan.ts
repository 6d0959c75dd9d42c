import { add, constant, contract, multiply, reshape, slice, sum } from '../graph/build.ts'
import { topologicalOrder, type Node, type NodeOf, type Region } from '../graph/node.ts'
import { isBatched } from '../graph/shape.ts'
import { rebuild, substitute } from '../graph/rebuild.ts'
import { GraphError } from '../graph/require.ts'
import { argument, scan, scanInputs, scanLength, type ScanInputs } from '../graph/scan.ts'

/** Adjoints of `variables` from those of several nodes. */
export type PullBack = (seeds: ReadonlyMap<Node, Node>, variables: readonly Node[]) => ReadonlyMap<Node, Node>

type Scan = NodeOf<'scan'>

/**
 * A recurrence backwards is a recurrence in reverse (backpropagation through time: Werbos 1990). Its carries are the adjoints of the
 * carries; its elements are δ and what the region's derivative reads of the way forward, which the scan yields too. What is the same
 * at all times gets the sum over time, as one product over batch and time: ∂ℓ/∂Ω = Σ_t δ_t h_tᵀ.
 */
export function adjointsOfScan(δ: Node, h: Scan, pullBack: PullBack): readonly Node[] {
  const { carries, elements, captured, next, output, reverse } = h.attributes
  const inputs = scanInputs(h)
  const backwards = nameOf(h)
  const { graph } = h

  const now = argument(graph, backwards, '∂output', output.shape)
  const later = next.map(({ shape }, k) => argument(graph, backwards, `∂carry${k}`, shape))
  const seeds = new Map<Node, Node>()
  ;[output, ...next].forEach((node, k) => {
    const [known, seed] = [seeds.get(node), k === 0 ? now : later[k - 1]!]
    seeds.set(node, known ? add(known, seed) : seed)
  })
  const variables = [...carries, ...elements, ...captured]
  const adjoints = pullBack(seeds, variables)
  const derived = variables.map((variable) => adjoints.get(variable)!)

  const read = readForwards(derived, h)
  const stored = read.map((node, k) => argument(graph, backwards, `s${k}`, node.shape))
  const same = captured.map(({ shape }, k) => argument(graph, backwards, `c${k}`, shape))
  const replaced = substitute(
    derived,
    new Map([
      ...read.map((node, k) => [node, stored[k]!] as const),
      ...captured.map((node, k) => [node, same[k]!] as const),
    ]),
  )
  const region: Region = {
    carries: later,
    elements: [now, ...stored],
    captured: same,
    next: replaced.slice(0, carries.length),
  }
  const history = read.map(
    (node) => inputs.sequences[elements.indexOf(node)] ?? scan(h.attributes, inputs, node, reverse),
  )
  const loop: Loop = {
    region,
    reverse: !reverse,
    inputs: {
      initial: next.map(({ shape }) => constant(graph, 0, shape)),
      sequences: [δ, ...history],
      captured: inputs.captured,
    },
  }
  const first = reverse ? scanLength(h) - 1 : 0
  return replaced.map((adjoint, k) => {
    if (k < carries.length) return reshape(slice(atAllTimes(adjoint, loop), 1, first, first + 1), adjoint.shape)
    return k < carries.length + elements.length ? atAllTimes(adjoint, loop) : summedOverTime(adjoint, loop)
  })
}

interface Loop {
  readonly region: Region
  readonly inputs: ScanInputs
  readonly reverse: boolean
}

/** A name that differs for each scan and each output that is differentiated. */
function nameOf({ id }: Scan): string {
  return `adjoint of ${id}`
}

/** The nodes of a region that vary with time and that its derivative reads. */
function readForwards(derived: readonly Node[], { attributes }: Scan): Node[] {
  const { carries, elements, next, output } = attributes
  const varying = new Set<Node>([...carries, ...elements])
  for (const node of topologicalOrder([...next, output]))
    if (node.inputs.some((input) => varying.has(input))) varying.add(node)
  const order = topologicalOrder(derived)
  const read = new Set(derived.filter((node) => varying.has(node)))
  for (const node of order)
    if (!varying.has(node)) for (const input of node.inputs) if (varying.has(input)) read.add(input)
  // Numbers are stored, and what is true of them is found again. A set iterates over what is added meanwhile.
  for (const node of read)
    if (node.element === 'truth') {
      read.delete(node)
      for (const input of node.inputs) if (varying.has(input)) read.add(input)
    }
  return [...read]
}

/** A node of the loop's region, at all times. */
function atAllTimes(node: Node, { region, inputs, reverse }: Loop): Node {
  return inputs.sequences[region.elements.indexOf(node)] ?? scan(region, inputs, node, reverse)
}

/**
 * Σ_t of a node that a region sums over the batch: the sum moves into products and sums, which then run over the time too. It moves
 * through linear ops alone, and past factors and conditions that are the same at all times.
 */
function summedOverTime(node: Node, loop: Loop): Node {
  switch (node.op) {
    case 'constant':
      return multiply(node, scanLengthOf(loop))
    case 'contract': {
      const { left, right, out } = node.attributes
      const [a, b] = node.inputs
      // Samples are the first axis of both operands.
      if (!isBatched(a.shape) || out.includes(left[0]!)) break
      const withTime = (labels: string) => `${labels[0]}T${labels.slice(1)}`
      return contract(atAllTimes(a, loop), withTime(left), atAllTimes(b, loop), withTime(right), out)
    }
    case 'sum': {
      const axes = node.attributes.axes.filter((axis) => axis > 0).map((axis) => axis + 1)
      return sum(atAllTimes(node.inputs[0], loop), [0, 1, ...axes])
    }
  }
  if (isLinear(node))
    return rebuild(
      node,
      node.inputs.map((input) => summedOverTime(input, loop)),
    )
  for (const steady of steadyInputs[node.op] ?? []) {
    const same = atAnyTime(node.inputs[steady]!, loop)
    if (!same) continue
    const inputs = node.inputs.map((input, k) => (k === steady ? same : summedOverTime(input, loop)))
    return rebuild(node, inputs)
  }
  throw new GraphError(`scan: what is the same at all times has an adjoint that is no sum over the batch: ${node.op}`)
}

/** A node of the loop's region, outside of it, where it is the same at all times. */
function atAnyTime(node: Node, { region, inputs }: Loop): Node | undefined {
  const varying = new Set([...region.carries, ...region.elements])
  if (topologicalOrder([node]).some((inner) => varying.has(inner))) return undefined
  return substitute([node], new Map(region.captured.map((inner, k) => [inner, inputs.captured[k]!])))[0]!
}

/** By op, the positions of inputs any of which, where it stays the same, leaves it linear in its others. */
const steadyInputs: Readonly<Partial<Record<Node['op'], readonly number[]>>> = {
  multiply: [0, 1],
  divide: [1],
  select: [0],
}

/** Whether an op of sums is the sum of the op. */
function isLinear(node: Node): boolean {
  switch (node.kind) {
    case 'pointwise':
      return node.op === 'add' || node.op === 'subtract' || node.op === 'negate'
    case 'view':
      return node.op !== 'gather'
    case 'join':
      return node.op === 'concat' || node.attributes.value === 0
    case 'scatter':
      return node.op === 'fold'
    case 'given':
    case 'host':
    case 'index':
    case 'reduction':
    case 'product':
    case 'loop':
      return false
  }
}

function scanLengthOf({ inputs }: Loop): number {
  return inputs.sequences[0]!.shape[1] as number
}

/** The same values by a loop that neither carries nor is given what they don't depend on. */
export function withoutUnread(h: Scan): Node {
  const { carries, elements, captured, next, output, reverse } = h.attributes
  const { initial, sequences, captured: values } = scanInputs(h)
  const read = new Set(topologicalOrder([output]))
  // A set iterates over what is added meanwhile.
  for (const node of read) {
    const following = next[carries.indexOf(node)]
    if (following) for (const inner of topologicalOrder([following])) read.add(inner)
  }
  const those = (nodes: readonly Node[], inRegion: readonly Node[]) => nodes.filter((_, k) => read.has(inRegion[k]!))
  return scan(
    {
      ...{ carries: those(carries, carries), elements: those(elements, elements) },
      ...{ captured: those(captured, captured), next: those(next, carries) },
    },
    {
      ...{ initial: those(initial, carries), sequences: those(sequences, elements) },
      captured: those(values, captured),
    },
    output,
    reverse,
  )
}
