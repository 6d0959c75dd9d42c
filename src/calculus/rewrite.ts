import { branch } from '../graph/build.ts'
import { topologicalOrder, type Inputs, type Node } from '../graph/node.ts'
import type { Op } from '../graph/op.ts'
import { rebuild } from '../graph/rebuild.ts'
import { regionOutputs, scan, scanInputs } from '../graph/scan.ts'

/** An equation that holds for all values, read from left to right. */
export interface Rule {
  /** The equation, for people; also the rule's name in tests. */
  readonly equation: string
  /** The right-hand side, or null where the left-hand side doesn't match. */
  readonly apply: (node: Node) => Node | null
}

export function rule(equation: string, apply: Rule['apply']): Rule {
  return { equation, apply }
}

/** A rule for one op: `rewritten` gets the inputs of its nodes. */
export function ruleOf<O extends Op>(op: O, equation: string, rewritten: (...inputs: Inputs<O>) => Node | null): Rule {
  return rule(equation, (node) => (node.op === op ? rewritten(...(node.inputs as Inputs<O>)) : null))
}

/** No chain of rewrites of one node is longer than this: a rule table that loops is a fault, not a hang. */
const longestChain = 100

/**
 * Rewrites nodes bottom-up with a table of rules until none applies. Unchanged expressions come back as the same objects.
 * @param insideLoops whether the regions of scans are rewritten too.
 * @param normal the rewritten forms of nodes that are known, to which more are added.
 * @returns the rewritten form of every node that `outputs` need.
 */
export function rewrite(
  outputs: Iterable<Node>,
  rules: readonly Rule[],
  { insideLoops = true, normal = new Map<Node, Node>() } = {},
): ReadonlyMap<Node, Node> {
  /** A scan with its region rewritten. */
  const rewriteRegion = (node: Node): Node => {
    if (node.kind !== 'loop' || !insideLoops) return node
    for (const inner of topologicalOrder(regionOutputs(node))) normalise(inner, 0)
    const { next, output } = node.attributes
    const [after, now] = [next.map((inner) => normal.get(inner)!), normal.get(output)!]
    if (now === output && after.every((inner, k) => inner === next[k])) return node
    return scan({ ...node.attributes, next: after }, scanInputs(node), now, node.attributes.reverse)
  }

  /** A branch that ends at what its variables have become. */
  const rewriteEnds = (node: Node): Node => {
    if (node.op !== 'branch') return node
    return branch(
      node.inputs[0],
      node.attributes.variables.map((variable) => normal.get(variable) ?? variable),
    )
  }

  /** A node and all that it needs, inputs first, as far as they haven't been rewritten. */
  const unknown = (node: Node): Node[] => {
    const found = new Set([node])
    // A set iterates over what is added meanwhile.
    for (const each of found) {
      if (normal.has(each)) found.delete(each)
      else each.inputs.forEach((input) => found.add(input))
    }
    return [...found].sort((a, b) => a.id - b.id)
  }

  const normalise = (node: Node, chain: number): void => {
    if (normal.has(node)) return
    if (chain > longestChain) throw new Error(`rewriting ${node.op} doesn't end`)
    const inputs = node.inputs.map((input) => normal.get(input)!)
    let result = rebuild(rewriteEnds(rewriteRegion(node)), inputs)
    for (const rule of rules) {
      const next = rule.apply(result)
      if (next && next !== result) {
        // Inputs first, however deep what the rule has built.
        for (const built of unknown(next)) normalise(built, chain + 1)
        result = normal.get(next)!
        break
      }
    }
    normal.set(node, result)
    normal.set(result, result)
  }

  for (const node of topologicalOrder(outputs)) normalise(node, 0)
  return normal
}
