import type { Equation } from '../graph/equations/form.ts'
import type { Node } from '../graph/node.ts'
import type { Buffer, Step } from '../loops/notation/kernel.ts'
import type { Demand } from '../loops/notation/lower.ts'
import type { Uniform } from '../loops/notation/uniforms.ts'

/**
 * A run of `count` adjacent elements, the first of which is number `start` in each zone that a piece works on. So an update reads
 * and writes elements of equal numbers in the zones of parameters, of gradients and of each optimizer state.
 */
export interface Stretch {
  readonly start: number
  readonly count: number
}

/** Nodes that a program computes together. */
export interface Piece {
  /** The nodes, and the buffers in which their elements must be left. */
  readonly results: readonly Demand[]
  /** The buffers of the leaves that the nodes read. */
  readonly leaves: ReadonlyMap<Node, Buffer>
  /** What the run-time extent `n` counts: the samples of a batch, or the elements of stretches, for each of which the kernels run. */
  readonly over: 'samples' | readonly Stretch[]
  /** For the heading of the program's section, where it has one. */
  readonly equations?: readonly Equation[]
}

/** A double that the host computes before the kernels of a program run. */
export interface HostNumber {
  readonly name: Uniform
  /** A scalar of constants and of uniforms, which stand for elements that earlier programs have left in buffers. */
  readonly value: Node
  readonly reads: Readonly<Record<string, Buffer>>
  readonly equation: Equation
}

/** What the emitted module runs by one name: a row. */
export interface Program {
  readonly name: string
  readonly pieces: readonly Piece[]
  /** Whether a model runs it too. */
  readonly inModel?: true
  /** Whether its caller gives it inputs alone. So it must read no target: that would be what the last batch left. */
  readonly untargeted?: true
  /** The program that has just run on the same samples: this one goes on from what that has left in the arena. */
  readonly after?: string
  /** The program that it runs right before, in the same call. */
  readonly opens?: string
  /**
   * Programs whose kernels are lowered together and apart from all others, by a name. Kernels never cross programs, so shared nodes would
   * split the others' kernels.
   */
  readonly apart?: string
  /** Whether it may compute activations a second time rather than keep them, as far as the memory goal asks for it. */
  readonly mayRerun?: true
  /** Whether a training step runs it, so that its operations count. */
  readonly inStep?: true
  readonly host?: readonly HostNumber[]
  /** Whether its caller says, by `first` and `end`, over which elements of its stretches it runs. */
  readonly partly?: true
  /** For programs whose kernels belong to no layer: the title of their section, and what each kernel is called. */
  readonly section?: { readonly title: string; readonly kernel: string }
}

/** Adjacent tensors of the arena, without gaps between them. */
export interface Zone {
  readonly name: string
  readonly buffers: readonly Buffer[]
  /** Whether a model has it too; those of trainers alone lie behind all activations. */
  readonly inModel: boolean
  /** The number of its first element, where it has none of the elements before: stretches count them. */
  readonly first?: number
}

/** A program as kernels, piece by piece. */
export interface LoweredProgram extends Omit<Program, 'pieces'> {
  readonly pieces: readonly LoweredPiece[]
}

export interface LoweredPiece extends Piece {
  readonly steps: readonly Step[]
}

/** All steps of a program that run on samples. */
export function stepsOf({ pieces }: LoweredProgram): readonly Step[] {
  return pieces.flatMap(({ over, steps }) => (over === 'samples' ? steps : []))
}

/** What a program's host computes, then what its kernels do, where it has a section of its own. */
export function equationsIn({ host = [], pieces }: LoweredProgram): Equation[] {
  return [...host.map(({ equation }) => equation), ...pieces.flatMap(({ equations = [] }) => equations)]
}

/** The program of that name. @throws Error where there is none. */
export function programNamed<P extends { readonly name: string }>(programs: readonly P[], name: string): P {
  const program = programs.find((one) => one.name === name)
  if (!program) throw new Error(`there is no program ${name}`)
  return program
}

export function elementsIn(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { count }) => sum + count, 0)
}

/** Where the stretches of all pieces end. */
export function endOf(pieces: readonly Piece[]): number {
  const ends = pieces.flatMap(({ over }) => (over === 'samples' ? [] : over.map(({ start, count }) => start + count)))
  return Math.max(0, ...ends)
}

/** The elements of the longest stretch. */
export function longest(stretches: readonly Stretch[]): number {
  return Math.max(...stretches.map(({ count }) => count))
}
