import type { Call } from '../loops/routine/routine.ts'
import type { Kernel } from '../loops/notation/kernel.ts'
import type { Base } from './locals.ts'

/** The announcement of a kernel: the function's name, and the equations for its comment. */
export interface Announcement {
  readonly name: string
  readonly equations: readonly string[]
}

/** Calls of equal routines, which one function can serve. */
export interface SharedRoutine {
  readonly calls: readonly [Call, ...Call[]]
  /** The starts of the routine's buffers; where the calls have them at different places, the name of the parameter that holds it. */
  readonly bases: readonly Base[]
  /** The names of those parameters. */
  readonly parameters: readonly string[]
  /** The arguments for them in one of the calls, in elements. */
  readonly startsOf: (call: Call) => readonly number[]
  /** The equations of the first call, and those of others that it doesn't have. */
  readonly equations: readonly string[]
  readonly others: readonly string[]
  readonly name: string
}

/** A routine by the name that it has in the module. */
export type NamedRoutine = Pick<SharedRoutine, 'calls' | 'equations' | 'others' | 'name'>

/** The lines of a routine's comment. */
export function headingOf({ equations, others }: Pick<SharedRoutine, 'equations' | 'others'>): string[] {
  return [...equations, ...(others.length > 0 ? ['and with other offsets:', ...others] : [])]
}

/**
 * Groups calls, in order of first use.
 * @param print a call's routine as text; calls are equal if their texts are, with parameters for all starts of buffers.
 */
export function shareRoutines(
  calls: readonly Call[],
  print: (call: Call, bases: readonly Base[]) => string,
  announce: (kernel: Kernel) => Announcement,
): SharedRoutine[] {
  const groups = new Map<string, [Call, ...Call[]]>()
  for (const call of calls) {
    const shape = print(
      call,
      call.bases.map((_, position) => parameterFor(position)),
    )
    const group = groups.get(shape)
    if (group) group.push(call)
    else groups.set(shape, [call])
  }
  return [...groups.values()].map((group) => shared(group, announce))
}

function shared(calls: readonly [Call, ...Call[]], announce: (kernel: Kernel) => Announcement): SharedRoutine {
  const [{ bases, kernel }, ...rest] = calls
  const { name, equations } = announce(kernel)
  const differing = bases.map((base, position) => calls.some((call) => call.bases[position] !== base))
  return {
    calls,
    bases: bases.map((base, position) => (differing[position] ? parameterFor(position) : base)),
    parameters: bases.flatMap((_, position) => (differing[position] ? [parameterFor(position)] : [])),
    startsOf: (call) => call.bases.filter((_, position) => differing[position]),
    name,
    equations,
    others: rest
      .flatMap((other) => announce(other.kernel).equations)
      .filter((line, k, lines) => !equations.includes(line) && lines.indexOf(line) === k),
  }
}

function parameterFor(position: number): string {
  return `base${position}`
}
