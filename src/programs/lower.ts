import type { Pass } from '../base/passes.ts'
import type { TrainingGraph } from '../calculus/training.ts'
import type { Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import { checkKernels } from '../loops/memory/check.ts'
import { flushStates } from '../loops/notation/flush.ts'
import type { Buffer } from '../loops/notation/kernel.ts'
import { lower as lowerNodes, type Demand } from '../loops/notation/lower.ts'
import { capacityOf } from '../loops/notation/padding.ts'
import { packOperands } from '../loops/schedule/pack.ts'
import { targets } from '../targets/index.ts'
import type { Arrangement } from './arrange.ts'
import { longest, programNamed, stepsOf, type LoweredProgram, type Piece, type Program } from './program.ts'
import { refuseTooLarge } from './size.ts'

interface Known {
  readonly network: Network
  readonly training: TrainingGraph
  readonly arrangement: Arrangement
}

export interface Lowered {
  readonly programs: readonly LoweredProgram[]
  /** Where each leaf and each stored node lies. */
  readonly buffers: ReadonlyMap<Node, Buffer>
}

/**
 * From nodes to kernels in index notation.
 * @throws FindingError when a tensor alone is over 2 GiB.
 */
export const lower: Pass<Known, Lowered> = {
  name: 'lower',
  run: ({ network, training, arrangement: { programs, leaves } }) => {
    const buffers = new Map(leaves)
    const lowered = new Map<Piece, LoweredProgram['pieces'][number]>()
    for (const group of loweredTogether(programs)) {
      const demands = Object.fromEntries(group.map((piece, k) => [String(k), piece.results]))
      const result = lowerNodes<string>(demands as Readonly<Record<string, readonly Demand[]>>, group[0]!.leaves)
      for (const [node, buffer] of result.buffers) if (!buffers.has(node)) buffers.set(node, buffer)
      group.forEach((piece, k) => lowered.set(piece, { ...piece, steps: result.programs[String(k)]! }))
    }
    refuseTooLarge({ network, training, buffers })
    const all = programs.map((program) => ({ ...program, pieces: program.pieces.map((piece) => lowered.get(piece)!) }))
    return { programs: all.map((program) => goingOn(program, all)), buffers }
  },
  check: checked,
}

/** Copies what kernels of large products read as they would have it, and keeps optimizer states from becoming subnormal. */
export const pack: Pass<Known & Lowered, Pick<Lowered, 'programs'>> = {
  name: 'pack',
  run: ({ network: { train, emit }, programs }) => {
    const costs = targets[emit.target].costs(emit.precision)
    const packed = packOperands(costs, train.batch)
    return {
      programs: programs.map((program) => ({
        ...program,
        pieces: program.pieces.map((piece) => ({
          ...piece,
          steps: piece.over === 'samples' ? packed(piece.steps) : flushStates(piece.steps, costs.negligible),
        })),
      })),
    }
  },
  check: checked,
}

/** Pieces over samples share kernels with all others, unless they are apart; pieces over stretches with none. */
function loweredTogether(programs: readonly Program[]): readonly (readonly Piece[])[] {
  const groups = new Map<unknown, Piece[]>()
  for (const { apart, pieces } of programs)
    for (const piece of pieces) {
      const key = piece.over === 'samples' ? (apart ?? piece.leaves) : piece
      groups.set(key, [...(groups.get(key) ?? []), piece])
    }
  return [...groups.values()]
}

/** The program without the steps that the one before it has run. */
function goingOn(program: LoweredProgram, all: readonly LoweredProgram[]): LoweredProgram {
  if (program.after === undefined) return program
  const done = new Set(stepsOf(programNamed(all, program.after)))
  const pieces = program.pieces.map((piece) => ({
    ...piece,
    steps: piece.steps.filter((step) => !done.has(step)),
  }))
  return { ...program, pieces }
}

export function checked({
  network,
  programs,
}: {
  readonly network: Network
  readonly programs: readonly LoweredProgram[]
}) {
  const before = ({ after }: LoweredProgram) => (after === undefined ? [] : stepsOf(programNamed(programs, after)))
  checkKernels(
    programs.map((program) => [...before(program), ...stepsOf(program)]),
    capacityOf(network.train.batch),
  )
  for (const { over, steps } of programs.flatMap(({ pieces }) => pieces))
    if (over !== 'samples') checkKernels([steps], longest(over))
}
