import type { Bindings } from '../../src/graph/evaluate.ts'
import { stepKey } from '../../src/runtime/random.ts'
import type { Port } from '../../src/language/networks/builder.ts'
import type { Network } from '../../src/language/networks/network.ts'
import { sizeOf } from './specs/pieces.ts'

export type Tensors = Readonly<Record<string, ArrayLike<number>>>

/** Some samples for a network. */
export interface Data {
  readonly samples: number
  readonly inputs: Tensors
  readonly targets: Tensors
}

/** Numbers from [-1, 1). */
export const smooth = (random: () => number) => 2 * random() - 1

/** Half of them zeros and repeats, where kinks and ties are. */
export const withTies = (random: () => number) => (random() < 0.5 ? Math.round(4 * random() - 2) / 2 : smooth(random))

/** Random data; whole numbers where a port takes them. */
export function drawData(
  { inputs, targets }: Network,
  samples: number,
  random: () => number,
  draw: (random: () => number) => number,
): Data {
  const fill = (ports: readonly Port[]): Tensors =>
    Object.fromEntries(
      ports.map(({ name, shape, below }) => [
        name,
        Float64Array.from({ length: samples * sizeOf(shape) }, () =>
          below === undefined ? draw(random) : Math.floor(below * random()),
        ),
      ]),
    )
  return { samples, inputs: fill(inputs), targets: fill(targets) }
}

/** What a trainer has learnt and gathered. */
export interface State {
  readonly parameters: Tensors
  readonly buffers: Tensors
  readonly seed: number
  /** The steps so far. */
  readonly steps: number
}

/** Random parameters; what they are multiplied with stays about as large as it is. */
export function drawParameters({ parameters }: Network, random: () => number): Tensors {
  return Object.fromEntries(
    parameters.map(({ name, shape }) => {
      const scale = 1 / Math.sqrt(sizeOf(shape.slice(1)))
      return [name, Float64Array.from({ length: sizeOf(shape) }, () => scale * smooth(random))]
    }),
  )
}

/** Random statistics; variances are positive. */
export function drawBuffers({ buffers }: Network, random: () => number): Tensors {
  return Object.fromEntries(
    buffers.map(({ name, shape }) => [name, Float64Array.from({ length: sizeOf(shape) }, () => 1.5 + smooth(random))]),
  )
}

export function bindingsOf({ samples, inputs, targets }: Data, { parameters, buffers, seed, steps }: State): Bindings {
  const uniforms = { key: stepKey(seed, steps) }
  return { batch: samples, inputs: { ...inputs, ...targets }, parameters, states: buffers, uniforms }
}

/** As a module takes them: a tensor alone, or several by name. */
export function given(tensors: Tensors): ArrayLike<number> | Tensors {
  const list = Object.values(tensors)
  return list.length === 1 ? list[0]! : tensors
}

/** The inputs by which one can differentiate. */
export const realInputs = ({ inputs }: Network) => inputs.filter(({ below }) => below === undefined)
