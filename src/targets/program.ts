import type { Node } from '../graph/node.ts'
import { uniformRow, type Uniform } from '../loops/notation/uniforms.ts'
import type { Call } from '../loops/routine/routine.ts'

/** Calls that run once for each time, from the first or from the last. */
export interface Loop {
  readonly times: number
  readonly reverse: boolean
  readonly body: readonly Call[]
}

export type Action = Call | Loop

export function isLoop(action: Action): action is Loop {
  return 'body' in action
}

/** A double that the host computes before a program's calls run. */
export interface HostValue {
  readonly name: Uniform
  /** A scalar of constants and uniforms. */
  readonly value: Node
  /** The element of the arena that each of these uniforms is. */
  readonly reads: Readonly<Record<string, number>>
}

/** A program as the calls that it consists of. */
export interface CalledProgram {
  readonly name: string
  readonly host: readonly HostValue[]
  readonly actions: readonly Action[]
}

export function callsOf({ actions }: Pick<CalledProgram, 'actions'>): readonly Call[] {
  return actions.flatMap((action) => (isLoop(action) ? action.body : [action]))
}

/** The uniforms that a program is called with: the bounds that its calls don't have of their own, doubles, and last those of its host. */
export function argumentsOf(program: CalledProgram): readonly Uniform[] {
  const calls = callsOf(program)
  const taken = new Set(calls.flatMap(({ routine }) => routine.uniforms))
  const doubles = [...taken].filter((name) => uniformRow(name).type === 'double')
  const isHost = (name: Uniform) => uniformRow(name).from === 'host'
  const samples: readonly Uniform[] = calls.some(({ count }) => count === undefined) ? ['n'] : []
  const part: readonly Uniform[] = calls.some(({ within }) => within) ? ['first', 'end'] : []
  return [...samples, ...part, ...doubles.filter((name) => !isHost(name)), ...doubles.filter(isHost)]
}

/** A uniform as the emitted module writes it where it calls kernels. */
export function spelled(name: Uniform): string {
  return uniformRow(name).from === 'state' ? `state.${name}` : name
}
