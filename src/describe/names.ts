import type { TrainingGraph } from '../calculus/training.ts'
import { rightSide } from '../graph/equations/equations.ts'
import { namesIn } from '../graph/equations/form.ts'
import { chooseNames, isLeaf, nameOf, withRegions, type Naming, type Symbols } from '../graph/equations/names.ts'
import type { Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import { viewsOf } from '../language/networks/views.ts'
import { kernelsOf, type Purpose, type Step } from '../loops/notation/kernel.ts'
import type { Differentiated } from '../programs/differentiate.ts'

/** What nodes of the graph are for, beside computing others. */
interface Roles {
  /** The forward node whose adjoint a node is. */
  readonly primals: ReadonlyMap<Node, Node>
  readonly parameters: ReadonlySet<Node>
  /** The layer that a forward node belongs to. */
  readonly layerOf: ReadonlyMap<Node, string>
  /** The sums over the samples of their losses and normalizers, and what a kernel is called that ends in one. */
  readonly lossSums: ReadonlyMap<Node, string>
  /** For a node that is assigned to a buffer or parameter: the target's symbol, and the program that assigns it. */
  readonly assigned: ReadonlyMap<Node, { readonly purpose: 'commit' | 'start'; readonly symbol: string }>
}

/** What a kernel's comment tells of. */
interface Results {
  /** The result that the kernel is named after. */
  readonly main: Node
  /**
   * The results that have names, and named expressions that their equations read and no kernel has as a result: these are shown
   * where they are read first. Inputs come before users.
   */
  readonly shown: readonly Node[]
}

/** Names for a module: of nodes, the same in all comments, and of what each kernel computes. */
export interface Names extends Roles {
  /** The symbols that the network gives. */
  readonly symbols: Symbols
  readonly naming: Naming
  readonly results: ReadonlyMap<Purpose, Results>
}

/** Chooses the names in a module's comments. @param programs the steps of each program. */
export function nameModule(
  network: Network,
  { training, derived }: Differentiated,
  programs: Iterable<readonly Step[]>,
): Names {
  const assigned = (list: TrainingGraph['writes'], purpose: 'commit' | 'start') =>
    list.map(({ target, value }) => [value, { purpose, symbol: network.symbols.get(target)! }] as const)
  const objectives = viewsOf(network).map(({ objective }) => objective)
  // What several of them sum up has the first one's name.
  const sums = derived.map((one, k) => sumNames(one, objectives[k])).toReversed()
  const roles: Roles = {
    primals: training.primals,
    parameters: new Set(network.parameters.map(({ node }) => node)),
    layerOf: layersOf(network, training),
    lossSums: new Map(sums.flat()),
    assigned: new Map([
      ...derived.flatMap(({ writes }) => assigned(writes, 'commit')),
      ...assigned(training.starts, 'start'),
    ]),
  }
  const purposes = new Set([...programs].flatMap(kernelsOf).map(({ purpose }) => purpose))
  return { ...roles, symbols: training.names.symbols, ...nameResults(purposes, training.names, roles) }
}

/** What kernels are called that end in a sum over the samples. */
function sumNames({ training, ...evaluation }: TrainingGraph, objective: string | undefined) {
  const of = objective === undefined ? '' : `_of_${objective}`
  const modes = [
    [evaluation, `_eval${of}`],
    [training, of],
  ] as const
  return modes.flatMap(([{ lossSum, normalizerSum, metrics }, suffix]) => [
    [lossSum, `loss_sum${suffix}`] as const,
    ...metricNames(metrics, suffix),
    ...(normalizerSum ? [[normalizerSum, `normalizer_sum${suffix}`] as const] : []),
  ])
}

function metricNames(metrics: TrainingGraph['metrics'] = [], suffix: string) {
  return metrics.flatMap(({ name, sums }) => sums.map((node) => [node, `${name}_sum${suffix}`] as const))
}

function nameResults(purposes: Iterable<Purpose>, given: Naming, { lossSums, assigned }: Roles) {
  const computed = [...purposes].filter((purpose) => purpose.kind === 'compute')
  const cleared = [...purposes].flatMap((purpose) => (purpose.kind === 'clear' ? [purpose.node] : []))
  const isOutput = (node: Node) => lossSums.has(node) || assigned.has(node)
  const isNamed = (node: Node, naming: Naming) => isOutput(node) || nameOf(node, naming) !== undefined
  const mainOf = (nodes: readonly Node[]) => nodes.findLast((node) => isNamed(node, given)) ?? nodes.at(-1)!
  const order = withRegions(computed.flatMap(({ nodes }) => nodes))
  const stored = computed.flatMap(({ nodes }) => [mainOf(nodes), nodes.at(-1)!]).filter((node) => !isOutput(node))
  const naming = chooseNames(order, given, new Set([...stored, ...cleared]))

  const resultsOf = (nodes: readonly Node[]) => nodes.filter((node) => isNamed(node, naming) || node === nodes.at(-1))
  const nodeOf = new Map(
    order
      .filter((node) => !isLeaf(node))
      .flatMap((node) => [naming.symbols, naming.adjoints].map((names) => [names.get(node), node] as const)),
  )
  const known = new Set(computed.flatMap(({ nodes }) => resultsOf(nodes)))
  const definedFor = (node: Node): Node[] =>
    namesIn(rightSide(node, naming)).flatMap((name) => {
      const read = nodeOf.get(name)
      if (!read || known.has(read)) return []
      known.add(read)
      return [...definedFor(read), read]
    })
  const position = new Map(order.map((node, k) => [node, k]))
  const results = computed.map((purpose): [Purpose, Results] => {
    const own = resultsOf(purpose.nodes)
    const shown = [...own, ...own.flatMap(definedFor)].sort((a, b) => position.get(a)! - position.get(b)!)
    return [purpose, { main: mainOf(purpose.nodes), shown }]
  })
  return { naming, results: new Map(results) }
}

/** The layer of each simplified node: the first, where two layers' nodes became one. */
function layersOf({ sections }: Network, { simplified }: TrainingGraph): ReadonlyMap<Node, string> {
  const layers = new Map<Node, string>()
  for (const [layer, nodes] of sections)
    for (const node of nodes) {
      const known = simplified.get(node)
      if (known && !layers.has(known)) layers.set(known, layer)
    }
  return layers
}
