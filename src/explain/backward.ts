import { derivativeSymbol } from '../graph/equations/derivativeSymbol.ts'
import { nameForm, type Form } from '../graph/equations/form.ts'
import { prose, type Block, type Prose, type Step } from './document.ts'
import { factsIn, type Known } from './facts.ts'
import { jacobianOf, type Jacobian } from './jacobian.ts'
import type { Line } from './lines.ts'
import { slopeName, type Derivative } from './named.ts'

/** The derivatives of the loss by what is computed on the way, from the loss on; by parameters too, if told. */
export function backwardBlocks(known: Known, ofParameters: boolean): Block[] {
  const isOfParameter = ({ of }: Line) => of !== undefined && of.made === undefined
  return known.lines.backward.filter((line) => isOfParameter(line) === ofParameters).map((line) => blockOf(line, known))
}

/** A derivative in steps: by the chain rule, with each factor put in, and multiplied out. */
function blockOf(line: Line, known: Known): Block {
  const { equation, derivative } = line
  const shared = { id: `backward ${line.name}`, facts: factsIn(known, line) }
  const terms = derivative && termsOf(derivative, known)
  if (!terms) return { kind: 'formula', equation, ...shared }
  const general = { right: sumOf(terms.map((term) => productOf(term, ({ symbol }) => symbol))) }
  const steps: Step[] = [
    { ...general, reason: chainRule(derivative, known) },
    ...(derivative.by.made ? putIn(terms) : definitionPutIn(derivative, terms, known)),
    ...(terms.every(isOfNumbers) && derivative.by.made
      ? []
      : [{ right: equation.right, reason: multipliedOut(derivative, terms, equation.right) }]),
  ]
  return { kind: 'chain', left: equation.left!, steps: withoutRepetition(steps), ...shared }
}

/** With each factor put in, where all are matrices or numbers. */
function putIn(terms: readonly Term[]): Step[] {
  if (!terms.every(isClosed) || terms.every(isIdentical)) return []
  const factors = terms.map(({ factors, slope }) => ({
    factors: factors.filter((factor) => !isIdentity(factor)),
    slope,
  }))
  return [{ right: sumOf(factors.map((term) => productOf(term, closed))), reason: factorsOf(terms) }]
}

/** As for a parameter, whose derivative may have more than two axes: what is differentiated is written out. */
function definitionPutIn({ by, contributions }: Derivative, terms: readonly Term[], { lines }: Known): Step[] {
  const [first, ...others] = contributions
  const line = lines.forward.find(({ of }) => of === first!.user)
  if (others.length > 0 || terms.length > 1 || !line) return []
  const { right } = line.equation
  const left: Form = { kind: 'product', left: nameForm(`∂/∂${by.name}`), right }
  return [
    { right: { kind: 'product', left, right: terms[0]!.slope }, reason: [nameForm(first!.user.name), ' written out'] },
  ]
}

/** Why the last step is so. */
function multipliedOut({ by, contributions }: Derivative, terms: readonly Term[], right: Form): Prose {
  const factors = terms.flatMap((term) => term.factors)
  if (by.made) {
    const isDiagonal = terms.every(isClosed) && factors.some(({ jacobian }) => jacobian?.kind === 'diagonal')
    return isDiagonal ? ['a diagonal matrix multiplies element by element'] : []
  }
  const [{ symbol }] = factors as [Factor]
  if (terms.every(isIdentical)) return [symbol, ' is the identity']
  if (terms.length > 1 || right.kind !== 'product' || right.right.kind !== 'transpose') return []
  const user = contributions[0]!.user.name
  return [...prose`its element i, j multiplies element j of ${right.right.of} in element i of ${nameForm(user)}`]
}

/** What comes by one way: the factors of a product, and the derivative of the loss that they multiply. */
interface Term {
  readonly factors: readonly Factor[]
  readonly slope: Form
}

interface Factor {
  /** ∂f/∂h */
  readonly symbol: Form
  readonly jacobian: Jacobian | undefined
}

/** The ways by which the loss depends on a tensor; undefined where it stands in the loss itself. */
function termsOf({ by, contributions }: Derivative, known: Known): readonly Term[] | undefined {
  const { loss, symbols, inPassing } = known.lines
  if (contributions.length === 0 || contributions.some(({ user }) => user === loss)) return undefined
  return contributions.flatMap((contribution): readonly Term[] => {
    const { user } = contribution
    const symbol = nameForm(derivativeSymbol(user.name, [by.name]))
    const factor = { symbol, jacobian: jacobianOf(contribution, symbols) }
    const next = inPassing.get(user)
    if (!next) return [{ factors: [factor], slope: nameForm(slopeName(loss, user)) }]
    return termsOf(next, known)!.map(({ factors, slope }) => ({ factors: [factor, ...factors], slope }))
  })
}

const isIdentity = ({ jacobian }: Factor): boolean => jacobian?.kind === 'identity'

/** Whether a product is of numbers alone, so that nothing is left to be multiplied out. */
const isOfNumbers = ({ factors }: Term): boolean => factors.every(({ jacobian }) => jacobian?.kind === 'number')

const isIdentical = ({ factors }: Term): boolean => factors.every(isIdentity)

const isClosed = ({ factors }: Term): boolean => factors.every(({ jacobian }) => jacobian !== undefined)

const closed = ({ jacobian }: Factor): Form => jacobian!.factor

function productOf({ factors, slope }: Term, form: (factor: Factor) => Form): Form {
  return factors.reduceRight((right, factor): Form => ({ kind: 'product', left: form(factor), right }), slope)
}

function sumOf(forms: readonly Form[]): Form {
  return forms.reduce((left, right): Form => ({ kind: 'sum', left, right }))
}

/** Such as: ℓ depends on f1 through h2. */
function chainRule({ by, contributions }: Derivative, { lines: { loss } }: Known): Prose {
  const through = contributions.flatMap(({ user }, k): Prose => [k > 0 ? ' and ' : '', nameForm(user.name)])
  return [...prose`the chain rule: ${nameForm(loss.name)} depends on ${nameForm(by.name)} through `, ...through]
}

/** Why each factor is what it is. */
function factorsOf(terms: readonly Term[]): Prose {
  return terms
    .flatMap(({ factors }) => factors)
    .flatMap(({ symbol, jacobian }, k): Prose => {
      const { factor, reason } = jacobian!
      return [k > 0 ? '; ' : '', symbol, ' = ', factor, ...(reason.length > 0 ? [': ', ...reason] : [])]
    })
}

/** Without steps that say what the one before said. */
function withoutRepetition(steps: readonly Step[]): Step[] {
  const key = ({ right }: Step) => JSON.stringify(right)
  return steps.filter((step, k) => k === 0 || key(step) !== key(steps[k - 1]!))
}
