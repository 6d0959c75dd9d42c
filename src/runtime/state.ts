import type { Carried } from './types.ts'

/** A trainer's numbers, which change from step to step and epoch to epoch. Its file holds them beside its tensors. */
export interface State extends Carried {
  /** The number of epochs finished. */
  epoch: number
  seed: number
  /** The number of steps taken: with the seed it fixes a step's random numbers. */
  steps: number
  learningRate: number
}
