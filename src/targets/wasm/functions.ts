import { constant, less, select, uniform } from '../../graph/build.ts'
import { Interner, type Node } from '../../graph/node.ts'
import { pointwiseRow, type PointwiseOp } from '../../graph/op.ts'
import { isPortable, portableFunctions } from '../../graph/elementary/index.ts'
import { writeFormula } from '../../loops/routine/formula.ts'
import { printBody } from './routine.ts'
import { isVector, numbers, valueType, type Kind } from './types.ts'

/** The functions that kernels call for what is no instruction: for each op one a kind of numbers. */
export class Functions {
  readonly #imports = new Set<PointwiseOp>()
  readonly #used = new Map<string, { readonly op: PointwiseOp; readonly kind: Kind }>()

  /** Functions of the runtime. */
  get imports(): readonly string[] {
    return [...this.#imports]
  }

  /** The name of an op's function, which `print` then prints. */
  nameOf(op: PointwiseOp, kind: Kind): string {
    const { host } = pointwiseRow(op)
    if (host) this.#imports.add(op)
    if (host && kind === 'f64') return `$${op}`
    const name = `$${op}_${kind}`
    this.#used.set(name, { op, kind })
    return name
  }

  /** Those that were named, and those that these need. */
  print(): string[] {
    // A map iterates over what is added meanwhile.
    return Array.from(this.#used, ([name, { op, kind }]) =>
      pointwiseRow(op).host ? this.#hosted(name, op, kind) : this.#formula(name, op, kind),
    )
  }

  #formula(name: string, op: PointwiseOp, kind: Kind): string {
    const precision = kind === 'f32' || kind === 'f32x4' ? 'f32' : 'f64'
    const { comment, parameters, formula } = formulaOf(op, precision)
    const lanes = isVector(kind) ? numbers[precision].lanes : 1
    const locals = parameters.map((label) => ({ label, depth: 0, lanes }))
    const { body, result } = writeFormula(formula, locals)
    const functionFor = (inner: PointwiseOp, innerKind: Kind) => this.nameOf(inner, innerKind)
    const text = printBody(
      { body, buffers: [], bases: [], parameters: locals, result },
      numbers[precision],
      functionFor,
    )
    return `;; ${comment}\n(func ${signature(name, parameters, kind)}\n${text})`
  }

  /** A function of the runtime, of two doubles, lane by lane; an angle is 0 for all that are small, so it isn't asked for then. */
  #hosted(name: string, op: PointwiseOp, kind: Kind): string {
    const host = `$${op}`
    const parameters = ['x', 'y']
    if (!isVector(kind))
      return `(func ${signature(name, parameters, kind)}\n(f32.demote_f64 (call ${host} (f64.promote_f32 (local.get $x)) (f64.promote_f32 (local.get $y)))))`
    const { scalar, lanes } = kind === 'f32x4' ? numbers.f32 : numbers.f64
    const [widen, narrow] = scalar === 'f32' ? ['f64.promote_f32 ', 'f32.demote_f64 '] : ['', '']
    const lane = (operand: string, k: number) => {
      const extracted = `(${kind}.extract_lane ${k} (local.get $${operand}))`
      return widen ? `(${widen}${extracted})` : extracted
    }
    const called = Array.from({ length: lanes }, (_, k) => {
      const result = `(call ${host} ${lane('x', k)} ${lane('y', k)})`
      return narrow ? `(${narrow}${result})` : result
    })
    const all = called
      .slice(1)
      .reduce((text, one, k) => `(${kind}.replace_lane ${k + 1} ${text} ${one})`, `(${kind}.splat ${called[0]!})`)
    const isLarge = `(v128.any_true (${kind}.ge (${kind}.abs (local.get $x)) (${kind}.splat (${scalar}.const 1024))))`
    const body =
      op === 'reducedAngle' ? `(if (result v128) ${isLarge} (then ${all}) (else (v128.const i64x2 0 0)))` : all
    return `(func ${signature(name, parameters, kind)}\n${body})`
  }
}

function signature(name: string, parameters: readonly string[], kind: Kind): string {
  const type = valueType(kind)
  return `${name} ${parameters.map((parameter) => `(param $${parameter} ${type})`).join(' ')} (result ${type})`
}

function formulaOf(
  op: PointwiseOp,
  precision: 'f32' | 'f64',
): { readonly comment: string; readonly parameters: readonly string[]; readonly formula: Node } {
  if (isPortable(op)) {
    const { source, parameters, formula } = portableFunctions([op], precision).find((one) => one.op === op)!
    return { comment: source, parameters, formula }
  }
  if (op !== 'sign') throw new Error(`WebAssembly has no ${op}`)
  const graph = new Interner()
  const x = uniform(graph, 'x')
  const negative = select(less(x, constant(graph, 0)), constant(graph, -1), x)
  return {
    comment: 'x itself where it is 0 or no number',
    parameters: ['x'],
    formula: select(less(constant(graph, 0), x), constant(graph, 1), negative),
  }
}
