import type { Stepper } from './contenders/contract.ts'

/** Steps taken in one go. */
export interface Burst {
  steps: number
  microseconds: number
  /** The last step's loss. */
  loss: number
}

/** Takes a contender's steps through its batches, over and over. */
export class Runner {
  readonly #stepper: Stepper
  readonly #batches: number
  #next = 0
  /** Steps between two looks at the clock: about a millisecond's worth, so that the clock costs nothing. */
  #chunk = 1

  /** @param batches how many batches the stepper was given */
  constructor(stepper: Stepper, batches: number) {
    this.#stepper = stepper
    this.#batches = batches
  }

  /** Returns the last step's loss. */
  run(steps: number): number {
    let loss = 0
    for (let i = 0; i < steps; i++) {
      loss = this.#stepper.step(this.#next)
      this.#next = (this.#next + 1) % this.#batches
    }
    return loss
  }

  steps(count: number): Burst {
    const start = performance.now()
    const loss = this.run(count)
    return { steps: count, microseconds: (performance.now() - start) * 1000, loss }
  }

  burst(milliseconds: number): Burst {
    const start = performance.now()
    let [steps, elapsed, loss] = [0, 0, 0]
    while (elapsed < milliseconds) {
      loss = this.run(this.#chunk)
      steps += this.#chunk
      elapsed = performance.now() - start
    }
    this.#chunk = Math.max(1, Math.floor(steps / elapsed))
    return { steps, microseconds: elapsed * 1000, loss }
  }
}
