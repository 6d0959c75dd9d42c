import type { Pass } from '../base/passes.ts'
import type { Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import { effectsOf } from '../loops/memory/effects.ts'
import type { Buffer } from '../loops/notation/kernel.ts'
import { withoutUnread } from '../loops/notation/unread.ts'
import type { Arrangement } from './arrange.ts'
import { checked } from './lower.ts'
import type { LoweredProgram } from './program.ts'

export interface Kept {
  readonly network: Network
  readonly arrangement: Arrangement
  readonly programs: readonly LoweredProgram[]
  readonly buffers: ReadonlyMap<Node, Buffer>
}

/**
 * Leaves what a model has, where the module is to be inference alone. It comes after kernels were made, as they depend on what training
 * shares with predictions, and so does where single precision rounds: a model predicts what the whole module would, to the last bit.
 */
export const keep: Pass<Kept, Kept> = {
  name: 'keep',
  run: (known) => (known.network.emit.only === 'model' ? inferenceOf(known) : known),
  check: checked,
}

function inferenceOf({ network, arrangement, programs, buffers }: Kept): Kept {
  const zones = arrangement.zones.filter(({ inModel }) => inModel)
  const kept = programs.filter(({ inModel }) => inModel).map((program) => withoutUnreadBy(program, buffers))
  const steps = kept.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.steps))
  const lying = new Set([
    ...zones.flatMap((zone) => zone.buffers),
    ...arrangement.inputs,
    ...steps.map(effectsOf).flatMap(({ needs, writes }) => [...needs, ...writes]),
  ])
  return {
    network: untrained(network),
    arrangement: {
      ...withoutNormalizer(arrangement),
      programs: arrangement.programs.filter(({ inModel }) => inModel),
      ...{ zones, targets: [], metricSums: [], inputGradients: [] },
    },
    programs: kept,
    buffers: new Map([...buffers].filter(([, buffer]) => lying.has(buffer))),
  }
}

function withoutNormalizer({ normalizerSum: _, ...arrangement }: Arrangement): Arrangement {
  return arrangement
}

/** A program without what it computes for others alone. */
function withoutUnreadBy(program: LoweredProgram, buffers: ReadonlyMap<Node, Buffer>): LoweredProgram {
  const pieces = program.pieces.map((piece) => ({
    ...piece,
    steps: withoutUnread(
      piece.steps,
      piece.results.map(({ node, buffer }) => buffer ?? buffers.get(node)!),
    ),
  }))
  return { ...program, pieces }
}

/** A network of which nothing is trained, or told but predictions. */
function untrained({ metrics: _, ...network }: Network): Network {
  const { batch, epochs, learningRate, optimizer } = network.train
  return {
    ...network,
    ...{ objectives: [], trained: [], writes: [], starts: [] },
    train: { batch, epochs, learningRate, optimizer },
    emit: { ...network.emit, inputGradients: [], directions: [] },
  }
}
