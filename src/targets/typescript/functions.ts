import { isRepeat, type Kernel, type Step } from '../../loops/notation/kernel.ts'
import type { Call } from '../../loops/routine/routine.ts'
import type { PointwiseOp } from '../../graph/op.ts'
import type { Statement, Value } from '../../loops/routine/statement.ts'
import { freshName, headingOf, shareRoutines, type Announcement, type NamedRoutine } from '../share.ts'
import type { Mathematics } from './expression.ts'
import { printBody, type Base } from './routine.ts'

export interface PrintedFunctions {
  /** In order of first use: the kernel whose announcement the function carries, and its text. */
  readonly functions: readonly { readonly kernel: Kernel; readonly text: string }[]
  /** In the same order, those among them that are written out in place. */
  readonly routines: readonly NamedRoutine[]
  /** The statement for each call. */
  readonly calls: ReadonlyMap<Call, string>
  /** Which the functions apply. */
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
  math: Mathematics = 'engine',
  inPlace: ReadonlySet<Call> = new Set(),
): PrintedFunctions {
  const shapeOf = ({ routine, bases }: Call) => printBody(routine, namesOf(bases), math)
  const names = new Set<string>()
  const functions: { kernel: Kernel; text: string }[] = []
  const routines: NamedRoutine[] = []
  const statements = new Map<Call, string>()
  const ops = new Set<PointwiseOp>()
  for (const shared of shareRoutines(calls, shapeOf, announce)) {
    const { calls: group, differing } = shared
    const [call] = group
    const { routine, kernel, bases } = call
    for (const op of opsOf(routine.body)) ops.add(op)
    if (group.length === 1 && inPlace.has(call)) {
      routines.push(shared)
      statements.set(call, `${comment(headingOf(shared))}\n{\n${printBody(routine, bases, math)}\n}`)
      continue
    }
    const printed: Base[] = bases.map((base, position) => (differing[position] ? `base${position}` : base))
    const offsets = printed.filter((base) => typeof base === 'string')
    const unique = freshName(shared.name, names)
    routines.push({ ...shared, name: unique })
    const parameters = [
      'arena: Vector',
      ...[...routine.uniforms, ...offsets].map((parameter) => `${parameter}: number`),
    ]
    const text = `${comment(headingOf(shared))}\nfunction ${unique}(${parameters.join(', ')}): void {\n${printBody(routine, printed, math)}\n}`
    functions.push({ kernel, text })
    for (const call of group) {
      const own = call.bases.filter((_, position) => differing[position])
      const uniforms = call.routine.uniforms.map((uniform) =>
        uniform === 'n' ? (call.count ?? uniform) : (call.given?.[uniform] ?? uniform),
      )
      statements.set(call, `${unique}(${['arena', ...uniforms, ...own].join(', ')})`)
    }
  }
  return { functions, routines, calls: statements, ops }
}

/** The statements of steps: a call each, or a loop of calls. */
export function printSteps(steps: readonly Step[], callOf: (kernel: Kernel) => string): string[] {
  return steps.map((step) => {
    if (!isRepeat(step)) return callOf(step)
    const { time, reverse, body } = step
    const last = Number(time.extent) - 1
    const range = reverse ? `let time = ${last}; time >= 0; time--` : `let time = 0; time <= ${last}; time++`
    return `for (${range}) {\n${body.map(callOf).join('\n')}\n}`
  })
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => `// ${line}`).join('\n')
}

function namesOf(bases: readonly number[]): string[] {
  return bases.map((_, position) => `base${position}`)
}

function opsOf(statements: readonly Statement[]): PointwiseOp[] {
  const inValue = (value: Value): PointwiseOp[] =>
    value.kind === 'apply' ? [value.op, ...value.operands.flatMap(inValue)] : []
  return statements.flatMap((statement) => {
    if (statement.kind === 'for') return opsOf(statement.body)
    return 'value' in statement ? inValue(statement.value) : []
  })
}
