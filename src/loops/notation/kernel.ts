import type { Node } from '../../graph/node.ts'
import type { PointwiseOp } from '../../graph/op.ts'
import type { Extent } from '../../graph/shape.ts'
import type { Uniform } from './uniforms.ts'

/** A loop index, identified by the object. `label` is what people read. */
export interface Axis {
  readonly label: string
  readonly extent: Extent
}

/** The number of an axis' indices, with `batch` samples. */
export function lengthOf({ extent }: Axis, batch: number): number {
  return extent === 'batch' ? batch : extent
}

/** A whole number from 0 to below `below` that lies in memory, and serves as an index. */
export interface Lookup {
  readonly access: Access
  readonly below: number
}

/** constant + Σ coefficient · axis. */
export interface Affine {
  readonly constant: number
  /** Coefficients that are zero are absent. */
  readonly terms: ReadonlyMap<Axis | Lookup, number>
}

export function isLookup(term: Axis | Lookup): term is Lookup {
  return 'access' in term
}

/** The use of a buffer. Of buffers with a row for each sample, only activations may be written beyond the samples. */
export type Role = 'parameter' | 'gradient' | 'optimizer' | 'state' | 'input' | 'target' | 'activation'

/** A tensor in the arena, row-major and without padding inside a sample. */
export interface Buffer {
  readonly name: string
  readonly role: Role
  readonly batched: boolean
  /** Elements of one sample, or of the whole tensor where it isn't batched. */
  readonly size: number
}

/** The elements that a buffer has in memory with `rows` rows for samples. */
export function sizeInMemory({ size, batched }: Buffer, rows: number): number {
  return batched ? size * rows : size
}

export interface Access {
  readonly buffer: Buffer
  /** In elements from the buffer's start. */
  readonly address: Affine
}

/** The value of one element, as a function of the axes around it. Shared subexpressions are shared objects. */
export type Scalar =
  | { readonly kind: 'read'; readonly access: Access }
  | { readonly kind: 'literal'; readonly value: number }
  | { readonly kind: 'uniform'; readonly name: Uniform }
  | { readonly kind: 'index'; readonly value: Affine }
  /** The result of an earlier reduction of the same kernel. */
  | { readonly kind: 'reduced'; readonly stage: Reduce }
  | { readonly kind: 'apply'; readonly op: PointwiseOp; readonly operands: readonly Scalar[] }

/** Adds up (or takes the largest of) `body` over all of `over`, in row-major order, starting from 0 (or -Infinity). */
export interface Reduce {
  readonly kind: 'reduce'
  readonly combine: 'sum' | 'max'
  readonly over: readonly Axis[]
  readonly body: Scalar
}

export interface Write {
  readonly kind: 'write'
  readonly over: readonly Axis[]
  readonly target: Access
  readonly value: Scalar
  /** Whether the value replaces the element or is added to it. */
  readonly mode: 'store' | 'add'
  /** Where an addition leaves what rounding has made too much of it, if anywhere: the next one at the same element takes that off. */
  readonly lost?: Access
}

export type Stage = Reduce | Write

/** What a stage computes at each of its indices. */
export function expressionOf(stage: Stage): Scalar {
  return stage.kind === 'reduce' ? stage.body : stage.value
}

/**
 * A loop nest: for every index of `parallel`, in any order, the stages one after another. Later stages use the results of earlier
 * ones at the same index: a product with its bias and activation, a softmax, a loss are one kernel each.
 */
export interface Kernel {
  readonly parallel: readonly Axis[]
  /** Parallel axes at whose indices the same elements are added to: they are run through in order. */
  readonly sequential: readonly Axis[]
  /** The axis of the `Repeat` around it. */
  readonly time?: Axis
  readonly stages: readonly Stage[]
  readonly purpose: Purpose
}

/** The purpose of a kernel: its name and the equations in its comment follow from it. */
export type Purpose =
  | { readonly kind: 'compute'; readonly nodes: readonly Node[] }
  /** Writes the parts `first` to `last`, from 1, of a join that is too large for one kernel; the kernel before begins it. */
  | { readonly kind: 'part'; readonly node: Node; readonly first: number; readonly last: number }
  /** Sets the elements of `node`, or what additions to them lose, to 0, before another kernel adds to them. */
  | { readonly kind: 'clear'; readonly node: Node; readonly what: 'sums' | 'losses' }
  /** Lays out an operand of the kernel `reader` in another order. */
  | { readonly kind: 'pack'; readonly reader: Kernel }
  /** Sets a carry of a loop to the value that it has at the next time. */
  | { readonly kind: 'carry'; readonly carry: Node; readonly value: Node }

/** The nodes that a kernel computes. */
export function computedBy({ purpose }: Kernel): readonly Node[] {
  return purpose.kind === 'compute' ? purpose.nodes : []
}

/** Kernels that run once for each index of an axis. A scan becomes one. */
export interface Repeat {
  readonly kind: 'repeat'
  readonly time: Axis
  /** Whether the indices run from the last to the first. */
  readonly reverse: boolean
  readonly body: readonly Kernel[]
}

/** One of the things that a program runs, one after the other. */
export type Step = Kernel | Repeat

export function isRepeat(step: Step): step is Repeat {
  return 'kind' in step
}

/** The kernels of steps, in order. */
export function kernelsOf(steps: readonly Step[]): Kernel[] {
  return steps.flatMap((step) => (isRepeat(step) ? step.body : [step]))
}
