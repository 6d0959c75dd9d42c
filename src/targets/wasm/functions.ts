import { elementaryFunction, isElementary, isHosted, type HostOp } from '../../graph/elementary/index.ts'
import type { PointwiseOp } from '../../graph/op.ts'
import { writeFormula } from '../../loops/routine/formula.ts'
import { askHost, hostParameters } from './hosted.ts'
import { printNoise } from './noise.ts'
import { simd, type Instructions } from './operations.ts'
import { printBody } from './routine.ts'
import { isVector, numbersOf, valueType, type Kind } from './types.ts'
import { call, lines, parameter, type Item, type Wat } from './wat.ts'

/** Functions of the host's that a module has itself, for doubles: what runs once for each element. */
const own: { readonly [O in HostOp]?: () => Item[] } = { noise: printNoise }

/** The functions that kernels call for ops that are no instruction: one for each op and kind of numbers. */
export class Functions {
  readonly #ofDoubles = new Set<HostOp>()
  readonly #used = new Map<string, { readonly op: PointwiseOp; readonly kind: Kind }>()
  readonly #instructions: Instructions

  /** @param instructions ops that the engine has. */
  constructor(instructions: Instructions = simd) {
    this.#instructions = instructions
  }

  /** The runtime's functions that were applied. */
  get imports(): readonly string[] {
    return [...this.#ofDoubles].filter((op) => !own[op])
  }

  /** An op as an instruction, or as the call of a function, which `print` then prints. */
  readonly apply = (op: PointwiseOp, kind: Kind, operands: readonly Wat[]): Wat => {
    const instruction: ((kind: Kind, ...operands: readonly Wat[]) => Wat) | undefined = this.#instructions[op]
    return instruction ? instruction(kind, ...operands) : call(this.#nameOf(op, kind), operands)
  }

  /** The functions that were applied, and those that these apply, each below its comment. */
  print(): Item[][] {
    // A map iterates over what is added meanwhile.
    const functions = Array.from(this.#used, ([name, { op, kind }]) =>
      isHosted(op)
        ? [{ line: functionOf(name, hostParameters, kind, [askHost(op, kind)]) }]
        : this.#formula(name, op, kind),
    )
    return [...functions, ...[...this.#ofDoubles].flatMap((op) => (own[op] ? [own[op]()] : []))]
  }

  #nameOf(op: PointwiseOp, kind: Kind): string {
    if (isHosted(op)) this.#ofDoubles.add(op)
    if (isHosted(op) && kind === 'f64') return op
    const name = `${op}_${kind}`
    this.#used.set(name, { op, kind })
    return name
  }

  #formula(name: string, op: PointwiseOp, kind: Kind): Item[] {
    if (!isElementary(op)) throw new Error(`WebAssembly has no ${op}`)
    const numbers = numbersOf(kind)
    const { source, parameters, formula } = elementaryFunction(op, numbers.scalar)
    const lanes = isVector(kind) ? numbers.lanes : 1
    const locals = parameters.map((label) => ({ label, depth: 0, lanes }))
    const { body, result } = writeFormula(formula, locals)
    const code = printBody({ body, buffers: [], bases: [], parameters: locals, result }, numbers, this.apply)
    return [{ comment: source }, { line: functionOf(name, parameters, kind, code) }]
  }
}

/** A function of numbers of one kind. */
function functionOf(name: string, parameters: readonly string[], kind: Kind, code: readonly Wat[]): Wat {
  const type = valueType(kind)
  const declared = parameters.map((each) => parameter(each, type))
  return ['func', `$${name}`, ...declared, ['result', type], ...lines(code)]
}
