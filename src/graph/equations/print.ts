import { asciiName } from '../../base/name.ts'
import { marginsOf, type Margin } from '../build.ts'
import { countUses, topologicalOrder, type Node } from '../node.ts'
import { isPointwise, type Op, type PointwiseOp } from '../op.ts'
import { regionOutputs } from '../scan.ts'
import { isBatched, sampleShape } from '../shape.ts'

/** What nodes are called in equations: `f0`, `h1`, `Ω0`, `∂ℓ/∂f0`. */
export type Symbols = ReadonlyMap<Node, string>

interface Term {
  readonly text: string
  readonly precedence: number
}

/** From loosest to tightest. */
const level = { choice: 0, comparison: 1, sum: 2, product: 3, sign: 4, power: 5, atom: 6 } as const

/** An unnamed expression that is used several times gets a name of its own, unless it is as short as this. */
const shortExpression = 2

/** Longer expressions without a name are abbreviated: what is shared in the graph would repeat on paper, up to exponentially. */
const longestExpression = 200

/**
 * Equations as in a book: for one sample (the batch axis is left out), Ω h for products, ⊙ between tensors, I[·] for choices
 * against zero. What is a sum over the n samples as a whole, such as a gradient, is written for one; within an equation, as in a
 * mean over the batch, that sum is sum_n. One line for each named node that `outputs` need, and for each output.
 */
export function printEquations(outputs: readonly Node[], symbols: Symbols): string[] {
  const order = withRegions(outputs)
  const uses = countUses(order)
  const names = new Map(symbols)
  const sizes = new Map<Node, number>()
  const taken = new Set(symbols.values())
  for (const node of order) {
    const size = node.inputs.reduce(
      (sum, input) => sum + (names.has(input) ? 0 : sizes.get(input)!),
      isTransparent(node) ? 0 : 1,
    )
    sizes.set(node, size)
    if (!names.has(node) && uses.get(node)! > 1 && size > shortExpression && node.element === 'real')
      names.set(node, freshTemporary(taken))
  }
  const lines = order
    .filter((node) => names.has(node) && !isLeaf(node))
    .map((node) => `${names.get(node)} = ${definition(node, names).text}`)
  const unnamed = outputs
    .filter((node) => !names.has(node) && !isLeaf(node))
    .map((node) => definition(node, names).text)
  return [...lines, ...unnamed]
}

/** The first of t0, t1 … that nothing is called yet. */
function freshTemporary(taken: Set<string>): string {
  for (let k = 0; ; k++) {
    const name = `t${k}`
    if (!taken.has(name)) return taken.add(name) && name
  }
}

/** All nodes that `outputs` need, those of a scan's region before the scan. */
function withRegions(outputs: readonly Node[]): readonly Node[] {
  return [...new Set(topologicalOrder(outputs).flatMap((node) => [...topologicalOrder(regionOutputs(node)), node]))]
}

/** The right-hand side of a node's equation: its inputs by name where they have one, written out where not. */
export function printDefinition(node: Node, symbols: Symbols): string {
  return definition(node, symbols).text
}

/** Spells equations in ASCII: `dl/df0 = I[f0 > 0] .* (Omega1^T dl/df1)`. */
export function toAscii(equation: string): string {
  return [...equation].map((character) => asciiSpelling[character] ?? asciiName(character)).join('')
}

/** Letters are spelt as in names, all but ℓ: a name in code is `ell`, which can't be mistaken for 1, but an equation has `dl`. */
const asciiSpelling: Readonly<Record<string, string>> = {
  '∂': 'd',
  ℓ: 'l',
  '⊙': '.*',
  ᵀ: '^T',
  '·': '*',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '²': '^2',
  '³': '^3',
  '→': '->',
  '…': '...',
}

/** An equation's right side: a sum over the samples is seen for one of them. */
function definition(node: Node, names: Symbols): Term {
  if (node.op !== 'sum' || !overBatch(node)) return expression(node, names)
  const ofSample = operandOf(node.inputs[0]!, names)
  return node.attributes.axes.length === 1 ? ofSample : atom(`sum(${ofSample.text})`)
}

function operandOf(input: Node, names: Symbols): Term {
  const name = names.get(input)
  if (name !== undefined) return atom(name)
  return isLonger(input, longestExpression, names) ? atom('…') : expression(input, names)
}

function expression(node: Node, names: Symbols): Term {
  const operand = (input: Node): Term => operandOf(input, names)
  const inputs = () => node.inputs.map(operand)
  if (node.op === 'select') return choice(node, operand)
  if (isPointwise(node.op)) return pointwise(node.op, node, inputs())
  switch (node.op) {
    case 'input':
    case 'parameter':
    case 'state':
    case 'uniform':
      return atom(names.get(node) ?? node.attributes.name)
    case 'constant':
      return number(node.attributes.value)
    case 'extent':
      return atom('n')
    case 'iota':
      return atom('index')
    case 'contract':
      return product(node, inputs())
    case 'sum':
      return atom(`${overBatch(node) ? 'sum_n' : 'sum'}(${inputs()[0]!.text})`)
    case 'max':
      return atom(`max(${inputs()[0]!.text})`)
    case 'reshape':
    case 'broadcast':
    case 'detach':
      return inputs()[0]!
    case 'permute':
      return node.shape.length - Number(isBatched(node.shape)) === 2
        ? atom(`${within(inputs()[0]!, level.atom)}ᵀ`)
        : atom(`permute(${inputs()[0]!.text})`)
    case 'slice':
      return atom(`${within(inputs()[0]!, level.atom)}[${node.attributes.from}:${node.attributes.to}]`)
    case 'pad':
      return atom(`pad(${inputs()[0]!.text}, ${marginsOf(node.attributes).map(printMargin).join(', ')})`)
    case 'gather':
      return atom(`${within(inputs()[0]!, level.atom)}[${inputs()[1]!.text}]`)
    case 'scatter':
      return atom(
        `scatter(${inputs()
          .map(({ text }) => text)
          .join(', ')})`,
      )
    case 'argument':
      return atom(names.get(node) ?? node.attributes.name)
    case 'scan':
      return atom(`scan(${operand(node.attributes.output).text})`)
    case 'unfold':
      return atom(`windows(${inputs()[0]!.text})`)
    case 'fold':
      return atom(`fold(${inputs()[0]!.text})`)
    case 'concat':
      return atom(
        `[${inputs()
          .map(({ text }) => text)
          .join('; ')}]`,
      )
  }
}

const infix: Partial<Record<PointwiseOp, readonly [string, number]>> = {
  add: ['+', level.sum],
  subtract: ['-', level.sum],
  divide: ['/', level.product],
  less: ['<', level.comparison],
  lessEqual: ['≤', level.comparison],
  equal: ['=', level.comparison],
  notEqual: ['≠', level.comparison],
}

function pointwise(op: PointwiseOp, node: Node, operands: readonly Term[]): Term {
  const [a, b] = operands as [Term, Term]
  const operator = infix[op]
  if (operator)
    return { text: `${within(a, operator[1])} ${operator[0]} ${within(b, operator[1] + 1)}`, precedence: operator[1] }
  if (op === 'negate') return { text: `-${within(a, level.sign)}`, precedence: level.sign }
  if (op === 'power')
    return { text: `${within(a, level.atom)}${powers[b.text] ?? `^${within(b, level.atom)}`}`, precedence: level.power }
  if (op === 'multiply') return times(node, a, b)
  if (op === 'noise') return atom('noise')
  return atom(`${op}(${operands.map(({ text }) => text).join(', ')})`)
}

const powers: Readonly<Record<string, string>> = { '2': '²', '3': '³' }

/** 2 x beside a number; a · b between scalars; a ⊙ b between tensors; x² for x x. */
function times(node: Node, a: Term, b: Term): Term {
  const [left, right] = node.inputs as [Node, Node]
  if (left === right) return { text: `${within(a, level.atom)}²`, precedence: level.power }
  const sign = left.op === 'constant' ? ' ' : isScalar(left) || isScalar(right) ? ' · ' : ' ⊙ '
  return { text: `${within(a, level.product)}${sign}${within(b, level.sign)}`, precedence: level.product }
}

const relations: Partial<Record<Op, string>> = { less: '<', lessEqual: '≤', equal: '=', notEqual: '≠' }
const negation: Readonly<Record<string, string>> = { '<': '≥', '≤': '>', '=': '≠', '≠': '=' }
const mirror: Readonly<Record<string, string>> = { '<': '>', '≤': '≥', '>': '<', '≥': '≤' }

/** A choice with zero is an indicator: I[f > 0] ⊙ δ for f ≤ 0 ? 0 : δ. */
function choice(node: Node, operand: (input: Node) => Term): Term {
  const [test, whenTrue, whenFalse] = node.inputs as [Node, Node, Node]
  const first = firstPlace(test)
  if (first)
    return {
      text: `I[first ${operand(first).text}] ⊙ ${within(operand(whenTrue), level.sign)}`,
      precedence: level.product,
    }
  const relation = relations[test.op]
  const isZero = (x: Node) => x.op === 'constant' && x.attributes.value === 0
  if (relation && (isZero(whenTrue) || isZero(whenFalse))) {
    const sides = test.inputs.map((side) => within(operand(side), level.sum))
    const holds = isZero(whenTrue) ? negation[relation]! : relation
    const exchanged = test.inputs[0]!.op === 'constant'
    const condition = exchanged
      ? `${sides[1]} ${mirror[holds] ?? holds} ${sides[0]}`
      : `${sides[0]} ${holds} ${sides[1]}`
    const value = isZero(whenTrue) ? whenFalse : whenTrue
    const indicator = `I[${condition}]`
    if (value.op === 'constant' && value.attributes.value === 1) return atom(indicator)
    return { text: `${indicator} ⊙ ${within(operand(value), level.sign)}`, precedence: level.product }
  }
  const [condition, a, b] = node.inputs.map(operand) as [Term, Term, Term]
  return {
    text: `${within(condition, level.comparison)} ? ${within(a, level.comparison)} : ${b.text}`,
    precedence: level.choice,
  }
}

/** What holds first of all at the index that is compared: the largest of negated indices where it holds. */
function firstPlace(test: Node): Node | null {
  const side = test.op === 'equal' ? test.inputs[1]! : test
  const largest = side.op === 'broadcast' ? side.inputs[0]! : side
  const choice = largest.op === 'max' ? largest.inputs[0]! : largest
  if (largest.op !== 'max' || choice.op !== 'select') return null
  const [condition, , otherwise] = choice.inputs as [Node, Node, Node]
  return otherwise.op === 'constant' && otherwise.attributes.value === -Infinity ? condition : null
}

/** Ω h, Ωᵀ δ, δ hᵀ, aᵀ b, A B: products of vectors and matrices, seen for one sample. Others are spelt with their letters. */
function product(node: Extract<Node, { op: 'contract' }>, [a, b]: readonly Term[]): Term {
  const convolved = convolution(node, [a!, b!])
  if (convolved) return convolved
  const batch = batchLetter(node)
  const [left, right, out] = [node.attributes.left, node.attributes.right, node.attributes.out].map((labels) =>
    labels.replace(batch, ''),
  ) as [string, string, string]
  const join = (first: Term, transposed: boolean, second: Term, secondTransposed: boolean): Term => ({
    text: `${transpose(first, transposed)} ${transpose(second, secondTransposed)}`,
    precedence: level.product,
  })
  const ranks = `${left.length}${right.length}${out.length}`
  if (ranks === '211') return join(a!, left[0] !== out, b!, false)
  if (ranks === '121') return join(b!, right[0] !== out, a!, false)
  if (ranks === '112') return out === left + right ? join(a!, false, b!, true) : join(b!, false, a!, true)
  if (ranks === '110') return join(a!, true, b!, false)
  if (ranks === '000')
    return { text: `${within(a!, level.product)} · ${within(b!, level.sign)}`, precedence: level.product }
  if (ranks === '222' && left.includes(out[0]!)) return join(a!, left[0] !== out[0], b!, right[1] !== out[1])
  if (ranks === '222') return join(b!, right[0] !== out[0], a!, left[1] !== out[1])
  return atom(`contract[${left},${right}→${out}](${a!.text}, ${b!.text})`)
}

/** A product with windows over x is a convolution of x, or, where they are read backwards, the adjoint of one. */
function convolution(node: Extract<Node, { op: 'contract' }>, terms: readonly Term[]): Term | null {
  const k = node.inputs.findIndex(({ op }) => op === 'unfold')
  const windows = node.inputs[k]
  if (windows?.op !== 'unfold' || !terms[k]!.text.startsWith('windows(')) return null
  const adjoint = windows.attributes.dilations.some((dilation) => dilation < 0) ? 'ᵀ' : ''
  return atom(`conv${adjoint}(${terms[1 - k]!.text}, ${terms[k]!.text.slice('windows('.length, -1)})`)
}

/** The letter of the batch axis: the first of an operand that has one. */
function batchLetter({ inputs, attributes }: Extract<Node, { op: 'contract' }>): string {
  if (isBatched(inputs[0]!.shape)) return attributes.left[0]!
  return isBatched(inputs[1]!.shape) ? attributes.right[0]! : ''
}

function transpose(term: Term, transposed: boolean): string {
  return transposed ? `${within(term, level.atom)}ᵀ` : within(term, level.sign)
}

/** Whether an expression has more than `budget` ops, when what is shared is repeated and what is named counts as one. */
function isLonger(node: Node, budget: number, names: Symbols): boolean {
  const pending = [node]
  for (let size = 0; size <= budget; size++) {
    const next = pending.pop()
    if (!next) return false
    if (next === node || !names.has(next)) pending.push(...next.inputs)
  }
  return true
}

function isScalar(node: Node): boolean {
  return sampleShape(node.shape).length === 0 || (node.op === 'broadcast' && isScalar(node.inputs[0]!))
}

function overBatch({ inputs: [x], attributes: { axes } }: Extract<Node, { op: 'sum' }>): boolean {
  return axes.some((axis) => x!.shape[axis] === 'batch')
}

function isLeaf(node: Node): boolean {
  return node.inputs.length === 0
}

/** Nodes that leave no trace in an equation. */
function isTransparent(node: Node): boolean {
  return isLeaf(node) || node.op === 'broadcast' || node.op === 'reshape' || node.op === 'detach'
}

/** 1 on both sides: `1`; else `1:2`. */
function printMargin({ before, after }: Margin): string {
  return before === after ? String(before) : `${before}:${after}`
}

function number(value: number): Term {
  return { text: String(value), precedence: value < 0 ? level.sign : level.atom }
}

function atom(text: string): Term {
  return { text, precedence: level.atom }
}

function within(term: Term, precedence: number): string {
  return term.precedence < precedence ? `(${term.text})` : term.text
}
