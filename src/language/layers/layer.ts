import type { Node } from '../../graph/node.ts'
import type { Word, WordRow } from '../words/word.ts'

/**
 * The purpose that a network is built for. Some layers depend on it: evaluation reads what training has gathered, and initialization finds
 * start values for parameters in a batch.
 */
export type Mode = 'training' | 'evaluation' | 'initialization'

/** An entry of a list of layers, checked. */
export interface Layer extends Word {
  /** The name given with `as`. */
  readonly as?: string
  /** Whether its parameters, and those of layers within it, aren't trained. */
  readonly frozen?: true
}

/** The network around a layer while it is built. */
export interface LayerContext {
  /** The layer's name. */
  readonly layer: string
  /** A layer is built once for each mode; where it doesn't depend on the mode it comes out as the same nodes. */
  readonly mode: Mode
  /** A trained tensor of this layer, named `<layer>.<name>`: a weight, unless it is said to be a bias. */
  parameter(name: string, shape: readonly number[], options?: ParameterOptions): Node
  /** For a tensor of the network's input under any shape: the number that its whole numbers are below, if the spec gives one. */
  numbersBelow(x: Node): number | undefined
  /** Calls an intermediate result by a letter and the layer's number in equations. @returns it. */
  name(letter: string, node: Node): Node
  /** What an untrained tensor of this layer, named `<layer>.<name>`, holds; its elements start as a number. */
  state(name: string, shape: readonly number[], start: number): Node
  /** Has a training step leave a value in such a tensor, given as `state` gave it; of no effect in other modes. */
  write(state: Node, value: Node): void
  /** Whether a batch gives parameters their starts here: in initialization, where the layer is first used. */
  readonly isStarting: boolean
  /** Has a parameter of this layer start as a value that a batch gives; of no effect elsewhere. */
  start(parameter: Node, value: Node): void
  /**
   * Notes a product with a weight, before its bias. Where the network starts by data, and the layer is starting, divides the weight so that the
   * product has variance 1.
   * @returns the product; where it is divided, the divided one.
   */
  product(weight: Node, h: Node): Node
  /** Random numbers in [0, 1) in the shape of a tensor: new ones for each element, layer and training step. */
  noiseLike(tensor: Node): Node
  /** Says that a training batch needs so many samples. @throws Misfit when the network's batches hold fewer. */
  requireSamples(count: number): void
  /** Builds layers within this one on x. */
  sequence(x: Node, layers: readonly Layer[], place: InnerPlace): Node
}

export interface ParameterOptions {
  /** An initializer, or the number that every element starts as; by default a weight starts as the network's do, a bias as 0. */
  readonly init?: Word | number | undefined
  /** The name in equations, before the layer's number; by default Ω for a weight, β for a bias. */
  readonly letter?: string
  readonly bias?: boolean
}

/** Where layers are within a layer. */
export interface InnerPlace {
  /** The path to them in the layer's arguments. */
  readonly argument: readonly (string | number)[]
  /** The part of their names after this layer's: `shortcut` for `residual0.shortcut.linear0`. */
  readonly scope?: string
  /** Whether they are a residual branch, so that the layer is the identity, or a shortcut, where they give 0. */
  readonly isBranch?: boolean
}

export interface LayerRow extends WordRow {
  /** Whether a batch gives its parameters their starts. */
  readonly startsByData?: boolean
  /**
   * From a batch of samples to a batch: the first axis is `batch`.
   * @throws Misfit when the layer doesn't fit x.
   */
  build(x: Node, settings: object, context: LayerContext): Node
}
