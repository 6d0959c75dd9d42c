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
  readonly convolution: Two & { readonly adjoint: boolean }
  readonly windows: One

  readonly relation: Two & { readonly relation: Relation }
  /** I[condition]: 1 where it holds, else 0. */
  readonly indicator: { readonly condition: Form }
  /** The first place of all at which a condition holds. */
  readonly first: { readonly condition: Form }
  readonly choice: { readonly condition: Form; readonly whenTrue: Form; readonly whenFalse: Form }

  readonly call: { readonly function: string; readonly operands: readonly Form[] }
  /** Over the samples of a batch. */
  readonly total: One
  readonly slice: One & { readonly from: number; readonly to: number }
  /** Rows of a table, by number. */
  readonly element: One & { readonly index: Form }
  readonly pad: One & { readonly margins: readonly Margin[] }
  /** Tensors one after another. */
  readonly stack: { readonly parts: readonly Form[] }
}

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

export function callForm(called: string, ...operands: readonly Form[]): Form {
  return { kind: 'call', function: called, operands }
}

/** The names in a form. */
export function namesIn(form: Form): string[] {
  if (form.kind === 'name') return [form.name]
  return Object.values(form).flat().filter(isForm).flatMap(namesIn)
}

function isForm(part: unknown): part is Form {
  return typeof part === 'object' && part !== null && 'kind' in part
}
