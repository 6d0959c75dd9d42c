import type { Node } from '../../graph/node.ts'
import type { WordRow } from './word.ts'

/** What a row of the optimizers tells. */
export interface Optimizer extends WordRow {
  /** Names of the tensors kept from step to step, each as large as the parameters, starting at 0. */
  states(settings: object): readonly string[]
  /**
   * Numbers that are carried on from step to step, for each trained tensor its own: `t`, the number of its step, and what follows from
   * that. An optimizer without any makes all steps alike.
   */
  readonly scalars?: { readonly t: Scalar } & Readonly<Record<string, Scalar>>
  /** The settings by which a step corrects its states: kept under others, they would mean something else. */
  readonly meaning?: readonly string[]
  /** @throws Misfit when settings exclude each other. */
  update(inputs: UpdateInputs, settings: object): Update
}

/** A number by its value before the first step and how it changes. */
export interface Scalar {
  readonly start: number
  /** Its value in step t, from that before. */
  next(before: Node, t: Node, settings: object): Node
}

/** Operands of one update, for elements of any shape. Scalars are the same for all elements. */
export interface UpdateInputs {
  readonly parameter: Node
  readonly gradient: Node
  readonly states: Readonly<Record<string, Node>>
  readonly learningRate: Node
  /** The optimizer's scalars, in this step. */
  readonly scalars: Readonly<Record<string, Node>>
  /** The weight decay of these elements. */
  readonly weightDecay: number
}

export interface Update {
  readonly parameter: Node
  readonly states: Readonly<Record<string, Node>>
}
