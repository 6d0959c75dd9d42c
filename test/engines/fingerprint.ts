import { sha256Of } from '../../src/base/bytes.ts'
import type { Emitted } from '../support/emitted.ts'

const STEPS = 1_000

/** A hash of the losses of 1,000 steps, and of the parameters and buffers that they leave. */
export function fingerprint({ network, createTrainer }: Emitted): string {
  const { batch, input, target } = network as unknown as Ports
  const random = wholeNumbers()
  const draw = (shape: readonly number[], next: () => number) =>
    Array.from({ length: batch * shape.reduce((size, extent) => size * extent, 1) }, next)
  const trainer = createTrainer({ seed: 1 })
  const losses = Array.from({ length: STEPS }, () => {
    const x = draw(input, () => random() / 2 ** 30 - 1)
    // They are classes, or truths, or numbers.
    return trainer.step(
      x,
      draw(target, () => random() >>> 30),
    )
  })
  const numbers = [
    ...losses,
    ...Object.values({ ...trainer.parameters, ...trainer.buffers }).flatMap((view) => [...view]),
  ]
  return sha256Of(new Uint8Array(Float64Array.from(numbers).buffer)).slice(0, 16)
}

interface Ports {
  readonly batch: number
  readonly input: readonly number[]
  readonly target: readonly number[]
}

/** Numbers below 2^31, in the same order everywhere: Lehmer's generator with Park and Miller's factor. */
function wholeNumbers(): () => number {
  let state = 1
  return () => (state = (state * 48_271) % (2 ** 31 - 1))
}
