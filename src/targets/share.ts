import { toAscii } from '../graph/equations/ascii.ts'
import type { Equation } from '../graph/equations/form.ts'
import type { Call } from '../loops/routine/routine.ts'
import type { Kernel } from '../loops/notation/kernel.ts'
import type { Routine } from '../loops/routine/statement.ts'
import type { Base } from './locals.ts'

/** The announcement of a kernel: the function's name, and the equations for its comment. */
export interface Announcement {
  readonly name: string
  /** The kind of its work, for the name of a function that kernels with little else in common share. */
  readonly kind?: string
  readonly equations: readonly Equation[]
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
  readonly equations: readonly Equation[]
  readonly others: readonly Equation[]
  readonly name: string
}

/** A routine by the name that it has in the module. */
export type NamedRoutine = Pick<SharedRoutine, 'calls' | 'equations' | 'others' | 'name'>

/** The lines of a routine's comment. */
export function headingOf({ equations, others }: Pick<SharedRoutine, 'equations' | 'others'>): string[] {
  const [own, more] = [equations, others].map((list) => list.map(toAscii)) as [string[], string[]]
  return [...own, ...(more.length > 0 ? ['and with other offsets:', ...more] : [])]
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
  const shapes = new Map<Routine, string>()
  for (const call of calls) {
    const shape =
      shapes.get(call.routine) ??
      print(
        call,
        call.bases.map((_, position) => parameterFor(position)),
      )
    shapes.set(call.routine, shape)
    const group = groups.get(shape)
    if (group) group.push(call)
    else groups.set(shape, [call])
  }
  return [...groups.values()].map((group) => shared(group, announce))
}

function shared(calls: readonly [Call, ...Call[]], announce: (kernel: Kernel) => Announcement): SharedRoutine {
  const [{ bases }] = calls
  const announced = calls.map(({ kernel }) => announce(kernel))
  const { equations } = announced[0]!
  const known = new Set(equations.map(toAscii))
  const differing = bases.map((base, position) => calls.some((call) => call.bases[position] !== base))
  return {
    calls,
    bases: bases.map((base, position) => (differing[position] ? parameterFor(position) : base)),
    parameters: bases.flatMap((_, position) => (differing[position] ? [parameterFor(position)] : [])),
    startsOf: (call) => call.bases.filter((_, position) => differing[position]),
    name: commonName(announced),
    equations,
    others: announced
      .flatMap((other) => other.equations)
      .filter((equation) => known.size < known.add(toAscii(equation)).size),
  }
}

function parameterFor(position: number): string {
  return `base${position}`
}

/** What the names of kernels that share a function have in common, without numbers: `gradient_beta`, or `forward_copy`. */
function commonName([first, ...others]: readonly Announcement[]): string {
  const { name, kind } = first!
  if (others.every((other) => other.name === name)) return name
  const [words, ...lists] = [first!, ...others].map((announced) => announced.name.match(/_?[A-Za-z]+|_?\d+/g) ?? [])
  const differing = words!.findIndex((word, k) => lists.some((list) => list[k] !== word))
  const common = words!.slice(0, differing < 0 ? undefined : differing).join('')
  const stem = common.replace(/[_\d]+$/, '').replace(/_for$/, '')
  return stem.includes('_') || kind === undefined ? stem || name : [stem, kind].filter(Boolean).join('_')
}
