import type { Equation, Form } from '../graph/equations/form.ts'

/*
 * A derivation as plain data, which printers write as text, Markdown or a page. Formulas are the trees from which the comments in modules
 * are printed.
 */

/** Words with formulas among them. */
export type Prose = readonly (string | Form)[]

/** What a formula's left side is, and what computes it. */
export interface Facts {
  /** Of one sample; [] for a number. */
  readonly shape: readonly number[]
  /** The layer, or the part of the network, that it belongs to. */
  readonly layer?: string
  /** What one sample costs: a multiplication and an addition count one each, a transcendental function eight. */
  readonly operations: number
  /** The kernels of the module that compute it, by name. */
  readonly kernels: readonly string[]
}

export interface Paragraph {
  readonly kind: 'paragraph'
  readonly text: Prose
}

export interface Table {
  readonly kind: 'table'
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** One equation. */
export interface Formula {
  readonly kind: 'formula'
  /** What printers refer to it by. */
  readonly id: string
  readonly equation: Equation
  readonly facts?: Facts
}

/** An equation in steps: its left side equals each right side, for a reason. */
export interface Chain {
  readonly kind: 'chain'
  readonly id: string
  readonly left: Form
  readonly steps: readonly Step[]
  readonly facts?: Facts
}

export interface Step {
  readonly right: Form
  readonly reason: Prose
}

export type Block = Paragraph | Table | Formula | Chain

export interface Section {
  readonly id: string
  readonly title: string
  readonly blocks: readonly Block[]
}

export interface Derivation {
  readonly name: string
  readonly description?: string
  /** The spec's file. */
  readonly spec: string
  readonly sections: readonly Section[]
}

/** Words around forms: prose`${f} depends on ${h}`. */
export function prose(words: TemplateStringsArray, ...forms: readonly Form[]): Prose {
  return words.flatMap((text, k): Prose => (k === 0 ? [text] : [forms[k - 1]!, text]))
}

export const paragraph = (...text: Prose): Paragraph => ({ kind: 'paragraph', text })
