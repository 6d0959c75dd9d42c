import { callForm, nameForm, namesIn, type Form, type FormOf } from '../graph/equations/form.ts'
import { definitionOf } from '../graph/equations/formOf.ts'
import type { Symbols } from '../graph/equations/names.ts'
import { sampleShape } from '../graph/shape.ts'
import type { Prose } from './document.ts'
import { shortened } from './factor.ts'
import type { Contribution } from './named.ts'

/** The derivative of one tensor by another, as what multiplies a derivative of the loss. */
export interface Jacobian {
  readonly factor: Form
  readonly kind: 'number' | 'identity' | 'diagonal' | 'matrix'
  /** Why it is that, where it isn't plain. */
  readonly reason: Prose
}

/** Stands for the derivative that a Jacobian multiplies. */
const vector = 'δ'

/**
 * The derivative of a user by what it is made of, where that is a number, the identity, a matrix or a diagonal one: it is read off from what a
 * derivative of the loss comes to by way of that user. Undefined for others, such as that of a convolution.
 */
export function jacobianOf({ user, node }: Contribution, symbols: Symbols): Jacobian | undefined {
  const simple = shortened([node]).get(node)!
  const form = definitionOf(simple, { get: (one) => (one === user.slope ? vector : symbols.get(one)) })
  const isOfNumbers = [user.slope, node].every(({ shape }) => sampleShape(shape).length === 0)
  const one: Jacobian = isOfNumbers
    ? { factor: { kind: 'number', value: 1 }, kind: 'number', reason: [] }
    : { factor: nameForm('I'), kind: 'identity', reason: ['the identity'] }
  return readOff(form, one)
}

function readOff(form: Form, one: Jacobian): Jacobian | undefined {
  if (isVector(form)) return one
  if (form.kind === 'negative') return negated(readOff(form.of, one))
  if (form.kind === 'product' && isVector(form.right) && !mentions(form.left))
    return {
      factor: form.left,
      kind: 'matrix',
      reason: ['what element i gets by element j stands in row j, column i'],
    }
  const factors = factorsIn(form)
  const others = factors.filter((factor) => !isVector(factor))
  if (others.length !== factors.length - 1 || others.some(mentions)) return undefined
  const { kind } = form as Multiplication
  const factor = others.reduce((left, right): Form => ({ kind, left, right }))
  if (kind !== 'elementwiseProduct') return { factor, kind: 'number', reason: [] }
  const reason = ['each element depends on the one in its place alone']
  return { factor: callForm('diag', factor), kind: 'diagonal', reason }
}

type Multiplication = FormOf<'elementwiseProduct' | 'scalarProduct' | 'multiple'>

/** What products within products multiply. */
function factorsIn(form: Form): readonly Form[] {
  if (form.kind !== 'elementwiseProduct' && form.kind !== 'scalarProduct' && form.kind !== 'multiple') return [form]
  return [form.left, form.right].flatMap((part) => (part.kind === form.kind ? factorsIn(part) : [part]))
}

function negated(jacobian: Jacobian | undefined): Jacobian | undefined {
  return jacobian && { ...jacobian, factor: { kind: 'negative', of: jacobian.factor } }
}

const isVector = (form: Form): boolean => form.kind === 'name' && form.name === vector

const mentions = (form: Form): boolean => namesIn(form).includes(vector)
