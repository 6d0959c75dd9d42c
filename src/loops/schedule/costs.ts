import type { Axis } from '../notation/kernel.ts'

export interface Lanes {
  readonly axis: Axis
  readonly count: number
}

/** How a kernel becomes loops. */
export interface Schedule {
  /** The parallel axes, outermost loop first. */
  readonly order: readonly Axis[]
  /** Elements of an axis that one pass of its loop handles side by side, in locals; 1 if absent. */
  readonly steps: ReadonlyMap<Axis, number>
  /** The axis of which every `count` elements are one value of that many lanes, if any. */
  readonly lanes?: Lanes
  /** The axis along which a copy reads adjacent elements, where it writes them along that of `lanes`: blocks of both are transposed. */
  readonly transposed?: Axis
  /** Whether batch loops may compute rows beyond `n`, in the padding of activations. */
  readonly overrun: boolean
}

/** The cost model's knowledge of a target. */
export interface TargetCosts {
  /** The most values that stay in registers in an inner loop: accumulators and operands. */
  readonly registers: number
  /** A read, where one multiplication and addition cost 1. */
  readonly load: number
  /** A turn of a loop, in the same unit. */
  readonly turn: number
  /**
   * Extra cost of a read whose address moves by at least `distance` elements a turn, in loops of at least `turns` turns: it misses the
   * cache.
   */
  readonly far: { readonly cost: number; readonly distance: number; readonly turns: number }
  /**
   * Optimizer states of a smaller magnitude become 0, so that they don't decay to subnormal numbers, with which processors take a
   * hundred times as long; 0 where they may.
   */
  readonly negligible: number
  /** The most ops of a loop body that is written out in full. */
  readonly unrolled: number
  /** Numbers that one value can hold side by side; 1 where the target has no vectors. */
  readonly lanes: number
  readonly sizes: SizeCosts
}

/** The bytes of code that a target's engine takes for each part of a routine. */
export interface SizeCosts {
  readonly routine: number
  readonly loop: number
  /** A store, or an assignment to a local that changes. */
  readonly assignment: number
  readonly lookup: number
  /** A variable's multiple in a pointer. */
  readonly term: number
  readonly op: number
  readonly load: number
  readonly index: number
  /** A local, a literal or a uniform as an operand. */
  readonly name: number
  /** The most bytes that a routine may have. */
  readonly largest: number
}
