import { sum } from '../../src/graph/build.ts'
import type { Network } from '../../src/language/networks/network.ts'
import { ComplexStep } from '../../src/verify/complexStep.ts'
import { bindingsOf, realInputs, smooth, type Data, type State, type Tensors } from '../../src/verify/data.ts'
import { Differences } from '../../src/verify/differences.ts'
import { divisorIn } from '../../src/verify/meaning.ts'

/** Of the values and terms that a slope is made of. Both are good to a hundredth of it on random networks. */
const tolerances = { complex: 1e-9, differences: 1e-6 } as const

/**
 * Asserts that the mean loss changes as its gradients say when all parameters and inputs move at once, in a random direction: by a
 * complex step, and by differences.
 * @returns false where differences find a kink or a bend: then they assert nothing.
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
  const direction = Object.fromEntries(moving.map((name) => [name, Array.from(given[name]!, () => smooth(random))]))
  const terms = moving.flatMap((name) => Array.from(gradients[name]!, (slope, at) => slope * direction[name]![at]!))
  const derived = terms.reduce((total, term) => total + term, 0)

  const [output, bindings] = [sum(network.training.losses, [0]), bindingsOf(data, state)]
  const divisor = divisorIn(network.training, bindings)
  // Nothing counts: every gradient is 0.
  if (divisor === 0) return terms.every((term) => term === 0)
  const complex = new ComplexStep(output, bindings)
  // A loss near 0 may be a difference of numbers that aren't.
  const scale = terms.reduce((total, term) => total + Math.abs(term), Math.abs(complex.value / divisor) + 1e-3)
  const expectNear = (slope: number, tolerance: number) => {
    if (!(Math.abs(derived - slope) <= tolerance * scale) && !(Number.isNaN(derived) && Number.isNaN(slope)))
      throw new Error(`along a direction the loss changes by ${slope}, and by its gradients it would by ${derived}`)
  }
  if (!Number.isFinite(complex.value)) return false
  expectNear(complex.slope(direction) / divisor, tolerances.complex)
  const moved = moving.flatMap((name) =>
    Array.from(gradients[name]!, (slope, at) => Math.abs(slope * given[name]![at]!)),
  )
  const rounded = moved.reduce((total, term) => total + term, 0)
  const found = new Differences(output, bindings).slope(direction, scale * divisor, rounded * divisor)
  if (found.kind !== 'slope') return false
  expectNear(found.value / divisor, tolerances.differences)
  return true
}
