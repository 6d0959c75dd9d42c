import type { Network } from '../../src/language/networks/network.ts'
import { sizeOf, smooth, type Random, type Tensors } from '../../src/verify/data.ts'

/** Random parameters; what they are multiplied with stays about as large as it is. */
export function drawParameters({ parameters }: Network, random: Random): Tensors {
  return Object.fromEntries(
    parameters.map(({ name, shape }) => {
      const scale = 1 / Math.sqrt(sizeOf(shape.slice(1)))
      return [name, Float64Array.from({ length: sizeOf(shape) }, () => scale * smooth(random))]
    }),
  )
}

/** Random statistics; variances are positive. */
export function drawBuffers({ buffers }: Network, random: Random): Tensors {
  return Object.fromEntries(
    buffers.map(({ name, shape }) => [name, Float64Array.from({ length: sizeOf(shape) }, () => 1.5 + smooth(random))]),
  )
}
