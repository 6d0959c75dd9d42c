import type { PointwiseOp } from '../../graph/op.ts'
import type { Buffer } from '../notation/kernel.ts'
import type { Uniform } from '../notation/uniforms.ts'

/** The variable of one loop. `depth` counts the loops around its body: 1 for the outermost; 0 is the time, which the caller gives. */
export interface Variable {
  readonly label: string
  readonly depth: number
}

/** A named intermediate value; `depth` is that of the block that declares it, `lanes` the numbers that it holds side by side. */
export interface Local {
  readonly label: string
  readonly depth: number
  readonly lanes: number
}

/** A position in the arena: offset + Σ coefficient · variable (or lookup), from a buffer's start or from a pointer computed before. */
export interface Address {
  readonly base: Buffer | Local
  readonly offset: number
  readonly terms: readonly (readonly [Variable, number])[]
}

/**
 * A value, which a target prints as an expression. `depth` is the innermost loop whose variable it depends on; `lanes` is how many
 * numbers it holds, of adjacent indices of one axis. All operands of an `apply` have as many lanes as it has.
 */
export type Value = { readonly id: number; readonly depth: number; readonly lanes: number } & (
  | { readonly kind: 'literal'; readonly value: number }
  /** A uniform, or a parameter of a formula's function, by its name. */
  | { readonly kind: 'uniform'; readonly name: string }
  | { readonly kind: 'local'; readonly local: Local }
  /** The element at an address, or as many as there are lanes from there on. */
  | { readonly kind: 'load'; readonly address: Address }
  /** One number in all lanes. */
  | { readonly kind: 'splat'; readonly operand: Value }
  /** The first halves of two vectors, or the second, lane by lane in turn. */
  | { readonly kind: 'interleave'; readonly operands: readonly [Value, Value]; readonly half: 0 | 1 }
  /** A number for each lane. */
  | { readonly kind: 'lanes'; readonly operands: readonly Value[] }
  /** An index as a number. */
  | { readonly kind: 'index'; readonly offset: number; readonly terms: readonly (readonly [Variable, number])[] }
  | { readonly kind: 'apply'; readonly op: PointwiseOp; readonly operands: readonly Value[] }
)

export function operandsOf(value: Value): readonly Value[] {
  if (value.kind === 'splat') return [value.operand]
  return 'operands' in value ? value.operands : []
}

/** Straight-line statements and counted loops, whose bounds may be the caller's: a target prints nothing else. */
export type Statement =
  | ({
      readonly kind: 'for'
      readonly variable: Variable
      readonly step: number
      readonly body: readonly Statement[]
    } & Range)
  | { readonly kind: 'let'; readonly local: Local; readonly value: Value; readonly mutable: boolean }
  | { readonly kind: 'pointer'; readonly local: Local; readonly address: Address }
  /** The element at an address, a whole number that serves as an index. */
  | { readonly kind: 'lookup'; readonly local: Local; readonly address: Address }
  | { readonly kind: 'assign'; readonly local: Local; readonly value: Value }
  /** Stores all lanes side by side, or a single one. */
  | { readonly kind: 'store'; readonly address: Address; readonly value: Value; readonly lane?: number }

/** The indices that a loop runs through: those of an axis, or as many as `span` of them from where a loop around it is. */
export interface Range {
  readonly from: Bound | Variable
  readonly below: Bound
  readonly span?: number
}

/** What an axis of the extent `batch` runs over: samples, or elements of stretches from `first` to below `end`. */
export type BatchRange = { readonly from: 0; readonly below: 'n' } | { readonly from: 'first'; readonly below: 'end' }

/** A fixed bound, one that the caller says, or the largest in a range that is whole steps from its start. */
export type Bound =
  number | BatchRange['from'] | BatchRange['below'] | { readonly wholeSteps: number; readonly range: BatchRange }

export function isVariable(from: Bound | Variable): from is Variable {
  return typeof from === 'object' && 'label' in from
}

/** The names in a bound that its routine's caller says. */
export function callersBounds(bound: Bound | Variable): readonly Uniform[] {
  if (typeof bound === 'string') return [bound]
  if (typeof bound === 'number' || isVariable(bound)) return []
  return [bound.range.from, bound.range.below].flatMap(callersBounds)
}

/** One function over the arena. */
export interface Routine {
  readonly body: readonly Statement[]
  /** The buffers it touches, in the order of first appearance: a routine is the same for other buffers at their places. */
  readonly buffers: readonly Buffer[]
  /** The element of each of them from which the routine counts, so that it is the same for other parts of buffers too. */
  readonly starts: readonly number[]
  /** The uniforms that it takes as arguments, in order. */
  readonly uniforms: readonly Uniform[]
  /** How the schedule chose its loops, for people. */
  readonly choice: string
}
