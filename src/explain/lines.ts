import { add } from '../graph/build.ts'
import { nameForm, namesIn, type Equation } from '../graph/equations/form.ts'
import { definitionOf } from '../graph/equations/formOf.ts'
import { chooseNames, everyName, isLeaf, withRegions, type Symbols, type Visible } from '../graph/equations/names.ts'
import type { Node } from '../graph/node.ts'
import { substitute } from '../graph/rebuild.ts'
import type { Network } from '../language/networks/network.ts'
import { shortened } from './factor.ts'
import { derivativesOf, isInPassing, namedIn, slopeName, type Derivative, type Named } from './named.ts'

/** An equation for one sample. */
export interface Line {
  readonly equation: Equation
  /** What the left side is called. */
  readonly name: string
  /** The right side, on leaves that stand for what has a name. */
  readonly node: Node
  /** The tensor of the network that it defines, or the derivative by one; undefined of what has a name for being long alone. */
  readonly of?: Named
  readonly derivative?: Derivative
}

export interface Lines {
  readonly loss: Named
  /** What leaves stand for, and what the forward pass computes: all but derivatives that are computed. */
  readonly symbols: Symbols
  readonly forward: readonly Line[]
  /** From the loss on. */
  readonly backward: readonly Line[]
  /** The derivatives that have no line, as they are written out where they are read. */
  readonly inPassing: ReadonlyMap<Named, Derivative>
}

/** The equations of a network's training loss, and of its derivatives by what is trained. */
export function linesIn(network: Network): Lines {
  const named = namedIn(network)
  const loss = named.at(-1)!
  const derivatives = derivativesOf(named, new Set(network.trained.map(({ node }) => node)))
  const inPassing = new Map(derivatives.filter((one) => isInPassing(one, derivatives)).map((one) => [one.by, one]))

  const made = named.flatMap((of) => (of.made ? [{ of, name: of.name, node: of.made }] : []))
  const slopes = derivatives
    .filter(({ by }) => !inPassing.has(by))
    .map((derivative) => ({
      ...{ derivative, of: derivative.by, name: slopeName(loss, derivative.by) },
      node: writtenOut(derivative, inPassing),
    }))
  const simple = shortened([...made, ...slopes].map(({ node }) => node))
  const simplified = <T extends { readonly node: Node }>(list: readonly T[]) =>
    list.map((one) => ({ ...one, node: simple.get(one.node)! }))
  const [first, then] = [simplified(made), simplified(slopes)]

  const symbols = new Map<Node, string>(network.symbols)
  for (const one of named) symbols.set(one.leaf, one.name).set(one.slope, slopeName(loss, one))
  for (const { node, name } of first) if (!symbols.has(node)) symbols.set(node, name)
  const adjoints = new Map<Node, string>()
  for (const { node, name } of then) if (!symbols.has(node)) adjoints.set(node, name)
  const results = [...first, ...then].map(({ node }) => node)
  const forward = new Set(withRegions(first.map(({ node }) => node)))
  const naming = chooseNames(withRegions(results), { symbols, adjoints, forward }, new Set(results))
  const visible = everyName(naming)

  const shown = new Set<Node>([...named.flatMap(({ leaf, slope }) => [leaf, slope]), ...results])
  /** A line, and before it those of what has a name for being long alone. */
  const linesOf =
    (names: Visible) =>
    <T extends { readonly name: string; readonly node: Node }>(line: T): Line[] => [
      ...withRegions([line.node]).flatMap((node): Line[] => {
        const name = names.get(node)
        if (name === undefined || shown.has(node) || isLeaf(node)) return []
        shown.add(node)
        return [{ name, node, equation: equationOf(name, node, names) }]
      }),
      { ...line, equation: equationOf(line.name, line.node, names) },
    ]
  const lines = { forward: first.flatMap(linesOf(naming.symbols)), backward: then.flatMap(linesOf(visible)) }
  const read = new Set([...lines.forward, ...lines.backward].flatMap(({ equation }) => namesIn(equation.right)))
  // What a form leaves out, such as the number of the place that is the first, may have had a name.
  const areTold = (list: readonly Line[]) => list.filter(({ of, name }) => of !== undefined || read.has(name))
  return {
    loss,
    symbols: naming.symbols,
    inPassing,
    forward: areTold(lines.forward),
    backward: areTold(lines.backward),
  }
}

function equationOf(name: string, node: Node, names: Visible): Equation {
  return { left: nameForm(name), sign: '=', right: definitionOf(node, names) }
}

/** A derivative in those that have lines. */
function writtenOut({ contributions }: Derivative, inPassing: Lines['inPassing']): Node {
  const terms = contributions.map(({ user, node }) => {
    const next = inPassing.get(user)
    return next ? substitute([node], new Map([[user.slope, writtenOut(next, inPassing)]]))[0]! : node
  })
  return terms.reduce((sum, term) => add(sum, term))
}
