import { toAscii } from '../graph/equations/ascii.ts'
import type { Equation } from '../graph/equations/form.ts'
import type { Call } from '../loops/routine/routine.ts'
import type { Kernel } from '../loops/notation/kernel.ts'

/** How a kernel is announced: the function's name, and the equations for its comment. */
export interface Announcement {
  readonly name: string
  /** The kind of its work, for the name of a function that kernels with little else in common share. */
  readonly kind?: string
  readonly equations: readonly Equation[]
}

/** Calls of equal routines, which one function can serve. */
export interface SharedRoutine {
  readonly calls: readonly [Call, ...Call[]]
  /** Of each of the routine's buffers, whether the calls have it at different places: then its start is an argument. */
  readonly differing: readonly boolean[]
  /** The equations of the first call, and those of others that it doesn't have. */
  readonly equations: readonly Equation[]
  readonly others: readonly Equation[]
  readonly name: string
}

/** A routine by the name that it has in the module. */
export type NamedRoutine = Pick<SharedRoutine, 'calls' | 'equations' | 'others' | 'name'>

/** The lines of its comment. */
export function headingOf({ equations, others }: Pick<SharedRoutine, 'equations' | 'others'>): string[] {
  const [own, more] = [equations, others].map((list) => list.map(toAscii)) as [string[], string[]]
  return [...own, ...(more.length > 0 ? ['and with other offsets:', ...more] : [])]
}

/** Groups calls, in order of first use. @param shapeOf a text that equal routines have in common, wherever their buffers start. */
export function shareRoutines(
  calls: readonly Call[],
  shapeOf: (call: Call) => string,
  announce: (kernel: Kernel) => Announcement,
): SharedRoutine[] {
  const groups = new Map<string, [Call, ...Call[]]>()
  for (const call of calls) {
    const shape = shapeOf(call)
    const group = groups.get(shape)
    if (group) group.push(call)
    else groups.set(shape, [call])
  }
  return [...groups.values()].map((group) => {
    const [{ bases }] = group
    const announced = group.map(({ kernel }) => announce(kernel))
    const { equations } = announced[0]!
    const known = new Set(equations.map(toAscii))
    return {
      calls: group,
      differing: bases.map((base, position) => group.some((other) => other.bases[position] !== base)),
      name: commonName(announced),
      equations,
      others: announced
        .flatMap((other) => other.equations)
        .filter((equation) => known.size < known.add(toAscii(equation)).size),
    }
  })
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

/** The name, or one of its kind that isn't taken yet. */
export function freshName(name: string, taken: Set<string>): string {
  let fresh = name
  for (let count = 2; taken.has(fresh); count++) fresh = `${name}_${count}`
  taken.add(fresh)
  return fresh
}
