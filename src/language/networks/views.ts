import type { Network } from './network.ts'
import type { Objective } from './objectives.ts'

/** A network with one loss, and the objective that has it, where it is one of several. */
export interface View {
  readonly network: Network
  readonly objective?: string | undefined
}

/**
 * A network of several objectives as a network for each: the same, but for the loss, and for what is trained and how. Others are the only
 * view of themselves.
 */
export function viewsOf(network: Network): readonly View[] {
  const { objectives } = network
  if (objectives.length === 0) return [{ network }]
  return objectives.map((objective) => ({ objective: objective.name, network: viewOf(network, objective) }))
}

function viewOf(network: Network, { evaluation, training, trained, writes, updating }: Objective): Network {
  const names = new Set(trained.map(({ name }) => name))
  const { batch, epochs, schedule, patience } = network.train
  return {
    ...network,
    ...evaluation,
    ...{ training, trained, writes, objectives: [] },
    train: { batch, epochs, ...updating, ...(schedule && { schedule }), ...(patience && { patience }) },
    emit: {
      ...network.emit,
      directions: network.emit.directions.filter((_, k) => names.has(network.trained[k]!.name)),
    },
  }
}

/** What an objective's learning rate is a multiple of the network's by; where that is 0 all are, and follow it as they are set. */
export function shareIn({ train }: Network, learningRate: number): number {
  return train.learningRate === 0 ? 1 : learningRate / train.learningRate
}
