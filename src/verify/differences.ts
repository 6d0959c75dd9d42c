import { sum } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import type { Network } from '../../src/language/networks/network.ts'
import { bindingsOf, realInputs, smooth, type Data, type State, type Tensors } from './data.ts'

/** So small that few kinks lie within reach of a point; rounding leaves a slope uncertain by 1e-11 of the value. */
const step = 2 ** -16

/** Of the values and terms that a slope is made of. Both kinds of difference are good to a hundredth of it on random networks. */
const tolerance = 1e-6

/** Slopes of f at 0: central of fourth order, and one-sided of second. Fornberg 1988, tables 1 and 3. */
function slopesAt0(f: (t: number) => number): { central: number; left: number; right: number } {
  const [before2, before, at, after, after2] = [-2, -1, 0, 1, 2].map((k) => f(k * step)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  return {
    central: ((2 / 3) * (after - before) - (1 / 12) * (after2 - before2)) / step,
    left: (1.5 * at - 2 * before + 0.5 * before2) / step,
    right: (-1.5 * at + 2 * after - 0.5 * after2) / step,
  }
}

/**
 * Asserts that the mean loss changes as its gradients say when all parameters and inputs move at once, in a random direction.
 * @returns false where there is a kink, as one-sided differences disagree: then nothing is asserted.
 */
export function expectSlope(
  network: Network,
  data: Data,
  state: State,
  gradients: Tensors,
  random: () => number,
): boolean {
  const moving = [...network.trained, ...realInputs(network)].map(({ name }) => name)
  const given = { ...state.parameters, ...data.inputs }
  const directions = new Map(moving.map((name) => [name, Array.from(given[name]!, () => smooth(random))]))
  const moved = (tensors: Tensors, t: number): Tensors =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, values]) => {
        const direction = directions.get(name)
        return [name, direction ? Array.from(values, (value, at) => value + t * direction[at]!) : values]
      }),
    )
  const lossSum = sum(network.training.losses, [0])
  const meanLoss = (t: number): number => {
    const inputs = moved(data.inputs, t)
    const parameters = moved(state.parameters, t)
    return evaluate([lossSum], bindingsOf({ ...data, inputs }, { ...state, parameters }))[0]![0]! / data.samples
  }
  const terms = moving.flatMap((name) =>
    Array.from(gradients[name]!, (slope, at) => slope * directions.get(name)![at]!),
  )
  const derived = terms.reduce((sum, term) => sum + term, 0)
  // A loss near 0 may be a difference of numbers that aren't.
  const scale = terms.reduce((sum, term) => sum + Math.abs(term), Math.abs(meanLoss(0)) + 1e-3)
  const { central, left, right } = slopesAt0(meanLoss)
  if (!(Math.abs(left - right) <= tolerance * scale)) return false
  if (!(Math.abs(derived - central) <= tolerance * scale))
    throw new Error(`along a direction the loss changes by ${central}, and by its gradients it would by ${derived}`)
  return true
}
