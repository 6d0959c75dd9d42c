import type { Node } from '../../graph/node.ts'
import { isPointwise, type PointwiseOp } from '../../graph/op.ts'
import { isPortable, type PortableOp } from '../../graph/elementary/index.ts'
import type { Operands } from '../spelling.ts'

/** The side that computes transcendental functions: the engine, or functions that the module brings. */
export type Mathematics = 'engine' | 'portable'

/** An expression and how tightly it binds, after the precedence of JavaScript's operators. */
export interface Printed {
  readonly text: string
  readonly precedence: number
}

const atom = 20
const unary = 15

type Spelling = (...operands: readonly Printed[]) => Printed

const spelling: { readonly [O in PointwiseOp]: (...operands: Operands<O, Printed>) => Printed } = {
  negate: (x) => ({ text: `-${within(x, atom)}`, precedence: unary }),
  abs: call('Math.abs'),
  sign: call('Math.sign'),
  sqrt: call('Math.sqrt'),
  exp: call('Math.exp'),
  expm1: call('Math.expm1'),
  log: call('Math.log'),
  log1p: call('Math.log1p'),
  sin: call('Math.sin'),
  cos: call('Math.cos'),
  tan: call('Math.tan'),
  tanh: call('Math.tanh'),
  sigmoid: (x) => ({ text: `1 / (1 + Math.exp(-${within(x, atom)}))`, precedence: 13 }),
  softplus: call('softplus'),
  erf: call('erf'),
  add: infix('+', 12),
  subtract: infix('-', 12),
  multiply: infix('*', 13),
  divide: infix('/', 13),
  maximum: call('Math.max'),
  minimum: call('Math.min'),
  power: call('Math.pow'),
  less: infix('<', 10),
  lessEqual: infix('<=', 10),
  equal: infix('===', 9),
  notEqual: infix('!==', 9),
  noise: call('noise'),
  nearest: call('nearest'),
  powerOfTwo: call('powerOfTwo'),
  exponentOf: call('exponentOf'),
  reducedAngle: call('reducedAngle'),
  select: (condition, a, b) => ({
    text: `${within(condition, 4)} ? ${within(a, 4)} : ${within(b, 3)}`,
    precedence: 3,
  }),
}

/** Functions of the runtime that the ops' spellings call. */
export const runtimeFunctions: Partial<Record<PointwiseOp, string>> = {
  erf: 'erf',
  softplus: 'softplus',
  noise: 'noise',
  nearest: 'nearest',
  powerOfTwo: 'powerOfTwo',
  exponentOf: 'exponentOf',
  reducedAngle: 'reducedAngle',
}

export function printApplication(op: PointwiseOp, operands: readonly Printed[], math: Mathematics): Printed {
  const spell: Spelling = math === 'portable' && isPortable(op) ? call(portableName(op)) : spelling[op]
  return spell(...operands)
}

/** The name of a portable function: that of ECMAScript's Math, if it is there. */
export function portableName(op: PortableOp): string {
  return op === 'power' ? 'pow' : op
}

export function printNumber(value: number): Printed {
  if (Object.is(value, -0)) return { text: '-0', precedence: unary }
  return { text: String(value), precedence: value < 0 ? unary : atom }
}

/**
 * Prints a scalar made of constants and the host's doubles.
 * @param names expressions for the doubles.
 * @throws Error for other nodes, and doubles without one.
 */
export function printScalar(node: Node, names: Readonly<Record<string, string>>, math: Mathematics): Printed {
  const { op, inputs } = node
  if (node.op === 'constant') return printNumber(node.attributes.value)
  if (node.op === 'uniform') {
    const { name } = node.attributes
    const text = names[name]
    if (text === undefined) throw new Error(`nothing says how to write ${name}`)
    return printAtom(text)
  }
  if (!isPointwise(op)) throw new Error(`a scalar of the host's numbers has ${op}`)
  const operands = inputs.map((input) => printScalar(input, names, math))
  return printApplication(op, operands, math)
}

export function printAtom(text: string): Printed {
  return { text, precedence: atom }
}

function within(printed: Printed, precedence: number): string {
  return printed.precedence < precedence ? `(${printed.text})` : printed.text
}

/** Left-associative: a right operand of the same precedence keeps its parentheses, and with them the order of rounding. */
function infix(operator: string, precedence: number) {
  return (a: Printed, b: Printed): Printed => ({
    text: `${within(a, precedence)} ${operator} ${within(b, precedence + 1)}`,
    precedence,
  })
}

function call(name: string): Spelling {
  return (...operands) => ({
    text: `${name}(${operands.map(({ text }) => text).join(', ')})`,
    precedence: atom,
  })
}
