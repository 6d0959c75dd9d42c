import type { Margin } from '../build.ts'

interface Two {
  readonly left: Form
  readonly right: Form
}

interface One {
  readonly of: Form
}

/** The forms in which mathematics is written, each with its parts. Printers are records over their kinds. */
interface Forms {
  readonly name: { readonly name: string }
  readonly number: { readonly value: number }
  /** Stands for an expression that is too long to be read. */
  readonly ellipsis: object
  /** Prose, in place of an equation. */
  readonly words: { readonly text: string }

  readonly sum: Two
  readonly difference: Two
  readonly fraction: Two
  readonly negative: One
  readonly power: { readonly base: Form; readonly exponent: Form }
  /** 2 x: a number beside what it multiplies. */
  readonly multiple: Two
  /** a · b, where at least one is a scalar. */
  readonly scalarProduct: Two
  /** a ⊙ b. */
  readonly elementwiseProduct: Two
  /** Ω h: of matrices and vectors. */
  readonly product: Two
  readonly transpose: One
  /** A product of tensors by the letters of their axes; letters that `out` lacks are summed over. */
  readonly contraction: Two & {
    readonly letters: { readonly left: string; readonly right: string; readonly out: string }
  }
  /** Of `right` with the kernel `left`, or the adjoint of that. */
  readonly convolution: Two & { readonly adjoint: boolean; readonly settings?: Settings | undefined }

  readonly relation: Two & { readonly relation: Relation }
  /** I[condition]: 1 where it holds, else 0. */
  readonly indicator: { readonly condition: Form }
  /** The first place along some axes at which a condition holds. */
  readonly first: { readonly condition: Form; readonly axes: readonly number[] }
  readonly choice: { readonly condition: Form; readonly whenTrue: Form; readonly whenFalse: Form }

  /** The index along an axis of the expression around it, from 0; for the samples, the number of the sample. */
  readonly index: { readonly axis: Axis }
  /** The number of samples. */
  readonly extent: object
  /** Where a tensor's axes are among those of the expression around it: a[i] + b[j]. Null is an axis of length 1. */
  readonly placed: One & { readonly axes: readonly (number | null)[] }
  readonly shape: { readonly lengths: readonly number[] }

  readonly call: {
    readonly function: string
    readonly operands: readonly Form[]
    /** The axes that it works along, where these aren't all of its operand. */
    readonly axes?: readonly Axis[] | undefined
    readonly settings?: Settings | undefined
  }
  /** Over the samples of a batch. */
  readonly total: One
  readonly slice: One & { readonly axis: number; readonly from: number; readonly to: number }
  /** Rows of a table, by number. */
  readonly element: One & { readonly index: Form }
  /** Margins of `value` along some axes, those of all if `isWhole`. */
  readonly pad: One & { readonly margins: readonly Margin[]; readonly isWhole: boolean; readonly value: number }
  /** Tensors one after another along an axis. */
  readonly stack: { readonly parts: readonly Form[]; readonly axis: number }
}

/** The number of an axis of one sample, from 0, or that of the samples. */
export type Axis = number | 'samples'

/** What a function is told beside its operands: one number for all axes, or one for each. */
export type Settings = Readonly<Record<string, readonly number[]>>

export type FormKind = keyof Forms
export type FormOf<K extends FormKind> = { readonly [P in K]: { readonly kind: P } & Forms[P] }[K]

/** An expression as people write it. */
export type Form = FormOf<FormKind>

export type Relation = '<' | '≤' | '>' | '≥' | '=' | '≠'

/** An equation, an assignment, or, without a left side, an expression. */
export interface Equation {
  readonly left?: Form
  readonly sign: '=' | '←'
  readonly right: Form
}

export function nameForm(name: string): Form {
  return { kind: 'name', name }
}

export function callForm(called: string, ...operands: readonly Form[]): FormOf<'call'> {
  return { kind: 'call', function: called, operands }
}

/** A function along some axes of its operand. */
export function callOver(called: string, axes: readonly Axis[], of: Form): FormOf<'call'> {
  return { kind: 'call', function: called, operands: [of], axes }
}

/** Strides and dilations, those that aren't 1, if there are any. */
export function stepSettings(stride: readonly number[], dilation: readonly number[]): Settings | undefined {
  const steps = Object.entries({ stride, dilation }).filter(([, each]) => each.some((step) => step !== 1))
  return steps.length > 0 ? Object.fromEntries(steps) : undefined
}

/** The names in a form. */
export function namesIn(form: Form): string[] {
  if (form.kind === 'name') return [form.name]
  return Object.values(form).flat().filter(isForm).flatMap(namesIn)
}

function isForm(part: unknown): part is Form {
  return typeof part === 'object' && part !== null && 'kind' in part
}
