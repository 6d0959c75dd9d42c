import type { Node } from '../../graph/node.ts'
import type { Mode } from '../networks/builder.ts'
import type { Word, WordRow } from '../words/word.ts'

/** An entry of a list of layers, checked. */
export interface Layer extends Word {
  /** The name given with `as`. */
  readonly as?: string
  /** Whether its parameters, and those of layers within it, aren't trained. */
  readonly frozen?: true
}

/** What a layer is built with: the network around it. */
export interface LayerContext {
  /** The layer's name. */
  readonly layer: string
  /** A layer is built once for each; what doesn't depend on it comes out as the same nodes. */
  readonly mode: Mode
  /**
   * A trained tensor of this layer, named `<layer>.<name>`: a bias if its name ends so, else a weight.
   * @param init an initializer, or the number that every element starts as; left out, the network's initializer for a
   * weight, 0 for a bias.
   * @param letter what it is called in equations, before the layer's number; left out, β for a bias, Ω for a weight.
   */
  readonly parameter: (name: string, shape: readonly number[], init?: Word | number, letter?: string) => Node
  /** Of a tensor that shows elements of the network's input: what these whole numbers are below, if it says so. */
  readonly numbersBelow: (x: Node) => number | undefined
  /** Calls an intermediate result by a letter and the layer's number in equations. @returns it. */
  readonly name: (letter: string, node: Node) => Node
  /** An untrained tensor of this layer, named `<layer>.<name>`, whose elements start as a number. */
  readonly state: (name: string, shape: readonly number[], start: number) => Node
  /** What a training step leaves in such a tensor; of no effect in other modes. */
  readonly write: (state: Node, value: Node) => void
  /** What a parameter of this layer starts as on a batch; of no effect but in initialization. */
  readonly start: (parameter: Node, value: Node) => void
  /**
   * A product with a weight, before its bias. Where the network starts by data, initialization gives it variance 1.
   * @returns it, or in initialization what it is then.
   */
  readonly product: (weight: Node, h: Node) => Node
  /** Random numbers in [0, 1) in the shape of a tensor: new ones for each element, layer and training step. */
  readonly noiseLike: (tensor: Node) => Node
  /** Says that a training batch needs so many samples. @throws Misfit when the network's batches hold fewer. */
  readonly requireSamples: (count: number) => void
  /**
   * Layers within this one.
   * @param argument where the layer's arguments hold them.
   * @param scope what their names have after this layer's: `shortcut` for `residual0.shortcut.linear0`.
   */
  readonly sequence: (x: Node, layers: readonly Layer[], argument: readonly (string | number)[], scope?: string) => Node
}

export interface LayerRow extends WordRow {
  /**
   * From a batch of samples to a batch: the first axis is `batch`.
   * @throws Misfit when the layer doesn't fit x.
   */
  build(x: Node, settings: object, context: LayerContext): Node
}
