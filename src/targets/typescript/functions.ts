import type { Kernel } from '../../loops/notation/kernel.ts'
import type { Uniform } from '../../loops/notation/uniforms.ts'
import type { Call } from '../../loops/routine/routine.ts'
import type { PointwiseOp } from '../../graph/op.ts'
import type { Statement, Value } from '../../loops/routine/statement.ts'
import { FreshNames } from '../../base/name.ts'
import type { Base } from '../locals.ts'
import { spelled, type Loop } from '../program.ts'
import { headingOf, shareRoutines, type Announcement, type NamedRoutine } from '../share.ts'
import { printBody, type Numbers } from './routine.ts'

export interface PrintedFunctions {
  /** In order of first use: the kernel whose announcement the function carries, and its text. */
  readonly functions: readonly { readonly kernel: Kernel; readonly text: string }[]
  /** In the same order, those among them that are written out in place. */
  readonly routines: readonly NamedRoutine[]
  /** The statement for each call. */
  readonly calls: ReadonlyMap<Call, string>
  /** The ops that the functions apply. */
  readonly ops: ReadonlySet<PointwiseOp>
}

/**
 * Prints kernels as top-level functions over the arena. Equal routines become one function, which takes as arguments the offsets in
 * which its uses differ; a routine that is used once keeps its constants.
 * @param inPlace calls that are written out as blocks where they run, if nothing else shares their routine.
 */
export function printFunctions(
  calls: readonly Call[],
  announce: (kernel: Kernel) => Announcement,
  numbers?: Numbers,
  inPlace: ReadonlySet<Call> = new Set(),
): PrintedFunctions {
  const print = ({ routine }: Call, bases: readonly Base[]) => printBody(routine, bases, numbers)
  const names = new FreshNames()
  const functions: { kernel: Kernel; text: string }[] = []
  const routines: NamedRoutine[] = []
  const statements = new Map<Call, string>()
  const ops = new Set<PointwiseOp>()
  for (const shared of shareRoutines(calls, print, announce)) {
    const [first] = shared.calls
    const { routine, kernel, bases } = first
    for (const op of opsOf(routine.body)) ops.add(op)
    if (shared.calls.length === 1 && inPlace.has(first)) {
      routines.push(shared)
      statements.set(first, `${comment(headingOf(shared))}\n{\n${print(first, bases)}\n}`)
      continue
    }
    const name = names.from(shared.name)
    routines.push({ ...shared, name })
    const numbers = [...routine.uniforms, ...shared.parameters].map((parameter) => `${parameter}: number`)
    const head = `function ${name}(${['arena: Vector', ...numbers].join(', ')}): void {`
    const text = [comment(headingOf(shared)), head, print(first, shared.bases), '}'].join('\n')
    functions.push({ kernel, text })
    for (const call of shared.calls) {
      const given = call.routine.uniforms.map((uniform) => argumentFor(uniform, call))
      statements.set(call, `${name}(${['arena', ...given, ...shared.startsOf(call)].join(', ')})`)
    }
  }
  return { functions, routines, calls: statements, ops }
}

/** What a call gives for a uniform. */
function argumentFor(name: Uniform, { count, within }: Call): string | number {
  if (name === 'n' && count !== undefined) return count
  if (name === 'first' && within!.from > 0) return `Math.max(first, ${within!.from})`
  if (name === 'end' && within!.below < Infinity) return `Math.min(end, ${within!.below})`
  return spelled(name)
}

/** Statements in a loop over time. */
export function printLoop({ times, reverse }: Loop, body: readonly string[]): string {
  const last = times - 1
  const range = reverse ? `let time = ${last}; time >= 0; time--` : `let time = 0; time <= ${last}; time++`
  return `for (${range}) {\n${body.join('\n')}\n}`
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => `// ${line}`).join('\n')
}

function opsOf(statements: readonly Statement[]): PointwiseOp[] {
  const inValue = (value: Value): PointwiseOp[] =>
    value.kind === 'apply' ? [value.op, ...value.operands.flatMap(inValue)] : []
  return statements.flatMap((statement) => {
    if (statement.kind === 'for') return opsOf(statement.body)
    return 'value' in statement ? inValue(statement.value) : []
  })
}
