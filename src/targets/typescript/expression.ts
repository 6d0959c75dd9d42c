import type { Mathematics } from '../../base/mathematics.ts'
import { atom, call, infix, within, type Printed } from '../../base/text.ts'
import type { Node } from '../../graph/node.ts'
import { isPointwise, type PointwiseOp } from '../../graph/op.ts'
import { isPortable, type PortableOp } from '../../graph/elementary/index.ts'
import type { Operands } from '../spelling.ts'

/** Precedences of JavaScript's operators; those of names and calls are above all. */
export const level = {
  choice: 3,
  or: 4,
  equality: 9,
  comparison: 10,
  sum: 12,
  product: 13,
  sign: 15,
  atom: 20,
} as const

type Spelling = (...operands: readonly Printed[]) => Printed

interface OfRuntime {
  readonly runtimeFunction?: string
}

const spelling: { readonly [O in PointwiseOp]: ((...operands: Operands<O, Printed>) => Printed) & OfRuntime } = {
  negate: (x) => ({ text: `-${within(x, level.atom)}`, precedence: level.sign }),
  abs: functionCall('Math.abs'),
  sign: functionCall('Math.sign'),
  sqrt: functionCall('Math.sqrt'),
  exp: functionCall('Math.exp'),
  expm1: functionCall('Math.expm1'),
  log: functionCall('Math.log'),
  log1p: functionCall('Math.log1p'),
  sin: functionCall('Math.sin'),
  cos: functionCall('Math.cos'),
  tan: functionCall('Math.tan'),
  tanh: functionCall('Math.tanh'),
  sigmoid: runtimeCall('sigmoid'),
  softplus: runtimeCall('softplus'),
  erf: runtimeCall('erf'),
  gaussian: runtimeCall('gaussian'),
  normalCdf: runtimeCall('normalCdf'),
  add: operator('+', level.sum),
  subtract: operator('-', level.sum),
  multiply: operator('*', level.product),
  divide: operator('/', level.product),
  maximum: functionCall('Math.max'),
  minimum: functionCall('Math.min'),
  power: functionCall('Math.pow'),
  less: operator('<', level.comparison),
  lessEqual: operator('<=', level.comparison),
  equal: operator('===', level.equality),
  notEqual: operator('!==', level.equality),
  noise: runtimeCall('noise'),
  nearest: runtimeCall('nearest'),
  powerOfTwo: runtimeCall('powerOfTwo'),
  exponentOf: runtimeCall('exponentOf'),
  reducedAngle: runtimeCall('reducedAngle'),
  select: (condition, a, b) => ({
    text: `${within(condition, level.or)} ? ${within(a, level.or)} : ${within(b, level.choice)}`,
    precedence: level.choice,
  }),
}

/** The function of the runtime that an op's spelling calls, if any. */
export function runtimeFunctionOf(op: PointwiseOp): string | undefined {
  return spelling[op].runtimeFunction
}

export function printApplication(op: PointwiseOp, operands: readonly Printed[], math: Mathematics): Printed {
  const spell: Spelling = math === 'portable' && isPortable(op) ? functionCall(portableName(op)) : spelling[op]
  return spell(...operands)
}

/** The name of a portable function: that of ECMAScript's Math, if it is there. */
export function portableName(op: PortableOp): string {
  return op === 'power' ? 'pow' : op
}

export function printNumber(value: number): Printed {
  if (Object.is(value, -0)) return { text: '-0', precedence: level.sign }
  return value < 0 ? { text: String(value), precedence: level.sign } : atom(String(value))
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
    return atom(text)
  }
  if (!isPointwise(op)) throw new Error(`a scalar of the host's numbers has ${op}`)
  const operands = inputs.map((input) => printScalar(input, names, math))
  return printApplication(op, operands, math)
}

/** Operators are left-associative, so that the order of rounding is kept. */
function operator(symbol: string, precedence: number) {
  return (a: Printed, b: Printed): Printed => infix(a, symbol, b, precedence)
}

function functionCall(name: string): Spelling {
  return (...operands) => call(name, operands)
}

/** A call of a function of the runtime. */
function runtimeCall(name: string): Spelling & OfRuntime {
  return Object.assign(functionCall(name), { runtimeFunction: name })
}
