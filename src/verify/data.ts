import type { Bindings } from '../graph/evaluate.ts'
import type { TargetValues } from '../language/formulas/losses.ts'
import type { Port } from '../language/networks/builder.ts'
import type { Network } from '../language/networks/network.ts'
import { randomUniform, stepKey } from '../runtime/random.ts'
import type { Vector } from '../runtime/types.ts'

export type Tensors = Readonly<Record<string, ArrayLike<number>>>

/** Numbers from [0, 1), one after another. */
export type Random = () => number

/** Some samples for a network. */
export interface Data {
  readonly samples: number
  readonly inputs: Tensors
  readonly targets: Tensors
}

/** What a trainer has learnt and gathered. */
export interface State {
  readonly parameters: Tensors
  readonly buffers: Tensors
  readonly seed: number
  /** The steps so far. */
  readonly steps: number
}

/** Stream 2^31 + 1: no tensor, step or epoch of a training has it. */
export function randomFrom(seed: number): Random {
  let counter = 0
  return () => randomUniform(seed, 2 ** 31 + 1, counter++)
}

/** Numbers from [-1, 1). */
export const smooth = (random: Random) => 2 * random() - 1

/** Half of them zeros and repeats, where kinks and ties are. */
export const withTies = (random: Random) => (random() < 0.5 ? Math.round(4 * random() - 2) / 2 : smooth(random))

/** A standard normal number by Box and Muller's method, as single precision has it, so that modules of both take the same. */
const normal = (random: Random) =>
  Math.fround(Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))

/** A number, whatever for; or one that a port's elements may be for. */
export type Draw = (random: Random, values?: TargetValues) => number

/** Random data: whole numbers where a port takes those, what samples may count, else what `draw` gives. */
export function drawData(
  { inputs, targets }: Pick<Network, 'inputs' | 'targets'>,
  samples: number,
  random: Random,
  draw: Draw,
): Data {
  const fill = (ports: readonly Port[]): Tensors =>
    Object.fromEntries(
      ports.map(({ name, shape, below, ignored, values }) => [
        name,
        Float64Array.from({ length: samples * sizeOf(shape) }, () =>
          below === undefined
            ? values === 'weights'
              ? meant[values](random)
              : draw(random, values)
            : ignored !== undefined && random() < 0.25
              ? ignored
              : Math.floor(below * random()),
        ),
      ]),
    )
  return { samples, inputs: fill(inputs), targets: fill(targets) }
}

/** The same with the numbers that targets are for, and normal ones else. */
export function drawTypical(network: Pick<Network, 'inputs' | 'targets'>, samples: number, random: Random): Data {
  const data = drawData(network, samples, random, (random, values) => (values ? meant[values] : normal)(random))
  const targets = network.targets.map(({ name, shape, values }): [string, ArrayLike<number>] => {
    const drawn = data.targets[name]!
    return [name, values === 'shares' ? inShares(drawn, shape.at(-1)!) : drawn]
  })
  return { ...data, targets: Object.fromEntries(targets) }
}

/** Each row so that its sum is 1. */
function inShares(values: ArrayLike<number>, length: number): ArrayLike<number> {
  return Array.from(values, (value, at) => {
    const row = at - (at % length)
    const sum = Array.from({ length }, (_, k) => values[row + k]!).reduce((total, other) => total + other, 0)
    return Math.fround(value / sum)
  })
}

/** Elements of targets that have a meaning. */
const meant: Readonly<Record<TargetValues, (random: Random) => number>> = {
  bits: (random) => Math.floor(2 * random()),
  counts: (random) => Math.floor(5 * random()),
  shares: (random) => 1 + random(),
  weights: (random) => Math.floor(3 * random()) / 2 + 0.25,
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/** The samples from one to before another. */
export function cut(
  { inputs, targets }: Pick<Network, 'inputs' | 'targets'>,
  data: Data,
  from: number,
  to: number,
): Data {
  const part = (ports: readonly Port[], tensors: Tensors): Tensors =>
    Object.fromEntries(
      ports.map(({ name, shape }) => {
        const [start, end] = [from, to].map((sample) => sample * sizeOf(shape))
        return [name, Array.prototype.slice.call(tensors[name], start, end) as number[]]
      }),
    )
  return { samples: to - from, inputs: part(inputs, data.inputs), targets: part(targets, data.targets) }
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

/** What a model or trainer is made with, to be in a state. */
export const startOf = ({ parameters, buffers, seed }: State) => ({ parameters, buffers, seed })

/** The inputs by which one can differentiate. */
export const realInputs = ({ inputs }: Pick<Network, 'inputs'>) => inputs.filter(({ below }) => below === undefined)

/** What live views hold now. */
export function copies(views: Readonly<Record<string, Vector>>): Tensors {
  return Object.fromEntries(Object.entries(views).map(([name, view]) => [name, view.slice()]))
}

/** What a model or trainer holds now. */
export function stateOf(
  { parameters, buffers }: { readonly parameters: Record<string, Vector>; readonly buffers: Record<string, Vector> },
  seed: number,
  steps: number,
): State {
  return { parameters: copies(parameters), buffers: copies(buffers), seed, steps }
}
