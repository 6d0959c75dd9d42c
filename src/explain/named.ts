import { FreshNames } from '../base/name.ts'
import { pullBack } from '../calculus/differentiate.ts'
import { constant, input } from '../graph/build.ts'
import { derivativeSymbol } from '../graph/equations/derivativeSymbol.ts'
import { isLeaf } from '../graph/equations/names.ts'
import { topologicalOrder, type Node } from '../graph/node.ts'
import { substituteBelow } from '../graph/rebuild.ts'
import { sampleShape } from '../graph/shape.ts'
import type { Network } from '../language/networks/network.ts'

/*
 * A network's derivatives as a book has them, a name at a time: each tensor with a name is written in others, and the derivative of the loss
 * by it in the derivatives by those that are made of it. The module has the same mathematics simplified as a whole, where a sign, say, may
 * have moved from one formula into another.
 */

/** A tensor that the network names. */
export interface Named {
  readonly name: string
  /** In the network. */
  readonly node: Node
  /** Stands for it in what is made of it. */
  readonly leaf: Node
  /** How it is made of others' leaves; undefined of what is given. */
  readonly made: Node | undefined
  /** Those that are made of it, in order. */
  readonly users: Named[]
  /** Stands for the derivative of the loss by it. */
  readonly slope: Node
}

/** What the derivative of a loss by a tensor is called: ∂ℓ/∂f1. */
export const slopeName = (loss: Named, { name }: Named): string => derivativeSymbol(loss.name, [name])

/** What a derivative comes to by way of one user. */
export interface Contribution {
  readonly user: Named
  readonly node: Node
}

/** The derivative of the loss by a tensor: the sum of what comes by way of each of its users. */
export interface Derivative {
  readonly by: Named
  readonly contributions: readonly Contribution[]
}

/** The tensors with names that the training loss needs, inputs before users; the loss is last. */
export function namedIn({ training, symbols }: Network): readonly Named[] {
  const { outputs, losses } = training
  const tensors = topologicalOrder([...outputs, losses]).flatMap((node) => {
    const name = symbols.get(node) ?? (node === losses ? nameBeside(symbols) : undefined)
    if (name === undefined) return []
    const leaf = isLeaf(node) ? node : input(node.graph, `made ${name}`, node.shape)
    return [{ name, node, leaf, slope: input(node.graph, `slope ${name}`, node.shape) }]
  })
  const made = substituteBelow(
    tensors.map(({ node }) => node),
    new Map(tensors.map(({ node, leaf }) => [node, leaf])),
  )
  const byLeaf = new Map<Node, Named>()
  for (const [k, tensor] of tensors.entries()) {
    const one: Named = { ...tensor, made: isLeaf(tensor.node) ? undefined : made[k]!, users: [] }
    if (one.made) for (const leaf of topologicalOrder([one.made])) byLeaf.get(leaf)?.users.push(one)
    byLeaf.set(one.leaf, one)
  }
  const all = [...byLeaf.values()]
  const last = all.find(({ node }) => node === losses)!
  return [...all.filter((one) => one !== last), last]
}

/** For a loss that is the same for all samples, and so has its name as one number. */
function nameBeside(symbols: Network['symbols']): string {
  const names = new FreshNames()
  for (const name of symbols.values()) names.from(name)
  return names.from('loss')
}

/** The derivatives of the loss by what is trained and by what lies between, from the loss on. */
export function derivativesOf(named: readonly Named[], trained: ReadonlySet<Node>): readonly Derivative[] {
  const loss = named.at(-1)!
  const varying = new Set<Named>()
  for (const one of named) {
    if (trained.has(one.node)) varying.add(one)
    if (varying.has(one)) one.users.forEach((user) => varying.add(user))
  }
  const lost = new Set([loss])
  for (const one of named.toReversed()) if (one.users.some((user) => lost.has(user))) lost.add(one)
  return named
    .toReversed()
    .filter((one) => varying.has(one) && lost.has(one) && one !== loss)
    .map((by) => ({
      by,
      contributions: by.users
        .filter((user) => lost.has(user))
        .map((user) => ({ user, node: pulledBack(user, by, user === loss) })),
    }))
}

/** The derivative by a tensor in that by one of its users. */
function pulledBack({ made, slope }: Named, { leaf }: Named, isLoss: boolean): Node {
  const seed = isLoss ? constant(slope.graph, 1, slope.shape) : slope
  return pullBack(new Map([[made!, seed]]), [leaf]).get(leaf)!
}

/**
 * Whether a derivative is written out where it is read, as in ∂ℓ/∂f0 = I[f0 > 0] ⊙ (Ω1ᵀ ∂ℓ/∂f1), which skips ∂ℓ/∂h1: a vector's, if one other
 * alone reads it.
 */
export function isInPassing({ by, contributions }: Derivative, all: readonly Derivative[]): boolean {
  if (sampleShape(by.node.shape).length === 0 || contributions.length > 1 || by.made === undefined) return false
  if (contributions[0]?.user === undefined || isLossOf(contributions[0].user, all)) return false
  return all.filter((other) => other.contributions.some(({ user }) => user === by)).length === 1
}

const isLossOf = (user: Named, all: readonly Derivative[]) => !all.some(({ by }) => by === user)
