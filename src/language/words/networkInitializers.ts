import { constant, initializers, type InitialValue, type Initializer } from './initializers.ts'
import { keys } from './word.ts'

/** A tensor of two axes or more that starts as an initializer has it. */
export interface Weight {
  /** The name of its parameter. */
  readonly name: string
  readonly shape: readonly number[]
  /** Whether its initializer is its layer's or the spec's for it alone, not the network's. */
  readonly hasOwn: boolean
}

/** A layer of a network, as far as its weights go. */
export interface BuiltLayer {
  /** In the order in which the layer applies them. */
  readonly weights: Weight[]
  /** Lists of layers within it; a residual branch stands beside a shortcut. */
  readonly within: { readonly isBranch: boolean; readonly layers: readonly BuiltLayer[] }[]
}

/** A row for the network's weights as a whole. `initial` gives the start value of a weight that isn't in `placed`. */
export interface NetworkInitializer extends Initializer {
  /** The weights that start otherwise because of where they stand. */
  readonly placed: (layers: readonly BuiltLayer[]) => ReadonlyMap<Weight, InitialValue>
  /** Whether a batch then gives each product with such a weight variance 1. */
  readonly unitVariance: boolean
}

const heNormal = (shape: readonly number[]): InitialValue => initializers.heNormal.initial(shape, { mode: 'fanIn' })

const orthogonal = (shape: readonly number[]): InitialValue => initializers.orthogonal.initial(shape, { gain: 1 })

/** The initializers that need the whole network. */
export const networkInitializers = {
  /**
   * For deep residual networks without normalisation: Zhang, Dauphin and Ma 2019. Weights start as heNormal says, but those in
   * one of L residual branches are divided by L^(1/(2m - 2)), where m weights follow each other there. The last of a branch is 0, so
   * that each branch starts as 0; and so is the last of the network, if it comes after all residual layers. A shortcut is no branch:
   * its weights belong to what the residual layer stands in. The paper's scalars are layers `shift` and `scale`.
   */
  fixup: { arguments: keys({}), initial: heNormal, placed: fixup, unitVariance: false },
  /**
   * Orthogonal; then the first batch divides each weight in turn by the standard deviation of what it gives, so that this has
   * variance 1 there. Layer-sequential unit variance: Mishkin and Matas 2016.
   */
  lsuv: { arguments: keys({}), initial: orthogonal, placed: () => new Map(), unitVariance: true },
} as const

function fixup(layers: readonly BuiltLayer[]): Map<Weight, InitialValue> {
  const branches = branchesIn(layers).map((branch) => placesIn(branch))
  const count = branches.filter((places) => places.length > 0).length
  const values = new Map<Weight, InitialValue>()
  for (const { weight, length, isLast } of branches.flat()) {
    const {
      function: draw,
      arguments: [std],
    } = heNormal(weight.shape)
    const scaled = std! / count ** (1 / (2 * length - 2))
    values.set(weight, isLast ? constant(0) : { function: draw, arguments: [scaled] })
  }
  const lastResidual = layers.findLastIndex((layer) => branchesIn([layer]).length > 0)
  for (const { weight, isLast } of placesIn(layers.slice(lastResidual + 1))) if (isLast) values.set(weight, constant(0))
  return values
}

/** All residual branches, those within others too. */
function branchesIn(layers: readonly BuiltLayer[]): (readonly BuiltLayer[])[] {
  return layers.flatMap(({ within }) =>
    within.flatMap(({ isBranch, layers: inner }) => [...(isBranch ? [inner] : []), ...branchesIn(inner)]),
  )
}

/** Where a weight stands among those of a list of layers. */
interface Place {
  readonly weight: Weight
  /**
   * The weights on the shortest way that passes it, itself among them. So where ways of several lengths share weights, each way's
   * product is scaled by its own L^(-1/2) or less.
   */
  readonly length: number
  /** Whether none follows on that way. */
  readonly isLast: boolean
}

/**
 * The places in a list of layers, without those in residual branches within it.
 * @param before how many weights are on the shortest way there.
 * @param after how many on the shortest way on from there.
 */
function placesIn(layers: readonly BuiltLayer[], before = 0, after = 0): Place[] {
  const whole = before + shortestWay(layers) + after
  let passed = before
  return layers.flatMap((layer) => {
    const { weights } = layer
    const start = passed + weights.length
    passed += shortestWay([layer])
    const own = weights.map((weight, i) => ({
      weight,
      length: whole,
      isLast: start - weights.length + i + 1 === whole,
    }))
    return [...own, ...waysThrough(layer).flatMap((way) => placesIn(way, start, whole - passed))]
  })
}

/** The fewest weights from one end of a list of layers to the other. */
function shortestWay(layers: readonly BuiltLayer[]): number {
  const lengths = layers.map((layer) => {
    const ways = waysThrough(layer).map(shortestWay)
    return layer.weights.length + (ways.length > 0 ? Math.min(...ways) : 0)
  })
  return lengths.reduce((sum, length) => sum + length, 0)
}

/** Beside a residual branch, its shortcut; concat's branches. */
function waysThrough(layer: BuiltLayer): (readonly BuiltLayer[])[] {
  return layer.within.filter(({ isBranch }) => !isBranch).map(({ layers }) => layers)
}
