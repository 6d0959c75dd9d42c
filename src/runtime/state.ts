import type { Carried } from './types.ts'

/** The numbers that change from step to step and epoch to epoch: what a trainer's file holds besides its tensors. */
export interface State extends Carried {
  /** Epochs finished. */
  epoch: number
  seed: number
  /** Steps taken. */
  steps: number
}
