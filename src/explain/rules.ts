import { callForm, nameForm, type Form } from '../graph/equations/form.ts'
import { sampleShape } from '../graph/shape.ts'
import { paragraph, prose, type Block, type Formula } from './document.ts'
import type { Known } from './facts.ts'
import { jacobianOf, type Jacobian } from './jacobian.ts'
import type { Contribution, Named } from './named.ts'

/*
 * Why a Jacobian is a transpose or diagonal, worked out element by element for the first layer where it is.
 */

/** A derivative of one vector by another, with the matrix that it is. */
interface Case {
  readonly by: Named
  readonly contribution: Contribution
  readonly jacobian: Jacobian
}

export function ruleBlocks(known: Known): Block[] {
  const cases = [...casesIn(known)]
  const transposed = cases.find(({ jacobian: { kind, factor } }) => kind === 'matrix' && factor.kind === 'transpose')
  const diagonal = cases.find(({ jacobian }) => jacobian.kind === 'diagonal')
  return [
    ...(transposed ? worked(transposed, known, transposedBlocks) : []),
    ...(diagonal ? worked(diagonal, known, diagonalBlocks) : []),
  ]
}

/** In the order of the forward pass. */
function* casesIn({ lines }: Known): Generator<Case> {
  const derivatives = [...lines.inPassing.values(), ...lines.backward.flatMap(({ derivative }) => derivative ?? [])]
  const ofVectors = derivatives.filter(({ by }) => by.made && isVector(by))
  for (const { by, contributions } of ofVectors.sort((a, b) => a.by.node.id - b.by.node.id))
    for (const contribution of contributions) {
      const jacobian = isVector(contribution.user) && jacobianOf(contribution, lines.symbols)
      if (jacobian) yield { by, contribution, jacobian }
    }
}

const isVector = ({ node }: Named): boolean => sampleShape(node.shape).length === 1

type Work = (rule: Case, elements: Form, id: (part: string) => string) => Block[]

function worked(rule: Case, { lines }: Known, work: Work): Block[] {
  const { user } = rule.contribution
  const line = lines.forward.find(({ of }) => of === user)!
  const numbers = [...lines.symbols].flatMap(([{ shape }, name]) => (sampleShape(shape).length === 0 ? [name] : []))
  const elements = atElement(line.equation.right, new Set(numbers))
  return elements ? work(rule, elements, (part) => `rule ${user.name} ${part}`) : []
}

/** The letters of axes, of which those of a matrix are i and j. */
const [i, j] = [0, 1].map((axis): Form => ({ kind: 'index', axis })) as [Form, Form]
const element = (of: Form, ...axes: readonly number[]): Form => ({ kind: 'placed', of, axes })
const slope = (of: string, by: string): Form => ({
  kind: 'fraction',
  left: element(nameForm(`∂${of}`), 0),
  right: element(nameForm(`∂${by}`), 1),
})

function equation(id: string, left: Form, right: Form): Formula {
  return { kind: 'formula', id, equation: { left, sign: '=', right } }
}

/** z = β + Ω h: element i of z has Ω[i, j] h[j] in it, so that Ω[i, j] stands in row j, column i. */
function transposedBlocks(
  { by, contribution: { user }, jacobian: { factor } }: Case,
  elements: Form,
  id: (part: string) => string,
): Block[] {
  const matrix = factor.kind === 'transpose' ? factor.of : factor
  return [
    paragraph(...prose`A product with a matrix: ${nameForm(user.name)} in ${nameForm(by.name)}, element by element.`),
    equation(id('element'), element(nameForm(user.name), 0), elements),
    equation(id('slope'), slope(user.name, by.name), element(matrix, 0, 1)),
    paragraph(
      ...prose`It stands in row ${j}, column ${i} of ${nameForm(`∂${user.name}/∂${by.name}`)}, which is hence ${factor}.`,
    ),
  ]
}

/** h = a(f), element by element: nothing stands beside the diagonal. */
function diagonalBlocks(
  { by, contribution: { user }, jacobian: { factor } }: Case,
  elements: Form,
  id: (part: string) => string,
): Block[] {
  const diagonal = factor.kind === 'call' ? factor.operands[0]! : factor
  const vector = nameForm('δ')
  return [
    paragraph(...prose`A function of each element: ${nameForm(user.name)} in ${nameForm(by.name)}.`),
    equation(id('element'), element(nameForm(user.name), 0), elements),
    equation(id('zero'), slope(user.name, by.name), { kind: 'number', value: 0 }),
    paragraph(
      ...prose`The last where ${j} is not ${i}: so the matrix is diagonal. To multiply by it is to multiply by its diagonal, element by element.`,
    ),
    equation(
      id('diagonal'),
      { kind: 'product', left: callForm('diag', diagonal), right: vector },
      { kind: 'elementwiseProduct', left: diagonal, right: vector },
    ),
  ]
}

/** A vector's element i; undefined where it isn't of the forms below. @param numbers the names of numbers. */
function atElement(form: Form, numbers: ReadonlySet<string>): Form | undefined {
  const at = (part: Form) => atElement(part, numbers)
  switch (form.kind) {
    case 'name':
      return numbers.has(form.name) ? form : element(form, 0)
    case 'number':
      return form
    case 'sum':
    case 'difference':
    case 'fraction':
    case 'scalarProduct':
    case 'multiple':
    case 'elementwiseProduct': {
      const [left, right] = [at(form.left), at(form.right)]
      return (
        left &&
        right && { ...form, kind: form.kind === 'elementwiseProduct' ? 'scalarProduct' : form.kind, left, right }
      )
    }
    case 'relation': {
      const [left, right] = [at(form.left), at(form.right)]
      return left && right && { ...form, left, right }
    }
    case 'indicator': {
      const condition = at(form.condition)
      return condition && { ...form, condition }
    }
    case 'negative': {
      const of = at(form.of)
      return of && { ...form, of }
    }
    case 'power': {
      const [base, exponent] = [at(form.base), at(form.exponent)]
      return base && exponent && { ...form, base, exponent }
    }
    case 'call': {
      const operands = form.operands.map(at)
      return operands.every((operand) => operand !== undefined) ? { ...form, operands: operands as Form[] } : undefined
    }
    case 'product':
      return form.left.kind === 'name' && form.right.kind === 'name'
        ? {
            kind: 'call',
            function: 'sum',
            axes: [1],
            operands: [{ kind: 'product', left: element(form.left, 0, 1), right: element(form.right, 1) }],
          }
        : undefined
    default:
      return undefined
  }
}
