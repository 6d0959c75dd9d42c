import type { Form } from '../graph/equations/form.ts'

/*
 * Forms that are written by hand.
 */

export const number = (value: number): Form => ({ kind: 'number', value: Number(value.toPrecision(12)) })
export const times = (left: Form, right: Form): Form => ({ kind: 'scalarProduct', left, right })
export const over = (left: Form, right: Form): Form => ({ kind: 'fraction', left, right })
export const plus = (left: Form, right: Form): Form => ({ kind: 'sum', left, right })
export const minus = (left: Form, right: Form): Form => ({ kind: 'difference', left, right })
export const power = (base: Form, exponent: Form): Form => ({ kind: 'power', base, exponent })
export const choice = (left: Form, whenTrue: Form, whenFalse: Form): Form => ({
  kind: 'choice',
  condition: left,
  whenTrue,
  whenFalse,
})
export const isLess = (left: Form, right: Form): Form => ({ kind: 'relation', left, relation: '<', right })
