import { countOperations } from '../graph/count.ts'
import { sum } from '../graph/build.ts'
import type { Network } from '../language/networks/network.ts'
import { ComplexStep } from './complexStep.ts'
import { largestMagnitude } from './compare.ts'
import { bindingsOf, sizeOf, smooth, type Data, type Random, type State, type Tensors } from './data.ts'
import { Differences } from './differences.ts'
import type { Findings, Quantity } from './findings.ts'
import { whereIs } from './place.ts'
import { divisorIn } from './meaning.ts'

/** Up to so many numbers are varied one by one. Of more, each tensor in a random direction; for differences, all in some. */
const mostSingles = 200
const sweeps = 3

/** What a complex step, and differences, may be away from a slope, in terms of the values that it is made of: rounding, mostly. */
const tolerances = { complex: 1e-9, differences: 1e-6 } as const

/** Gradients of a mean loss, and where they are taken. */
export interface Derived {
  readonly data: Data
  readonly state: State
  /** By trained parameters, and by inputs that are shown. */
  readonly gradients: Tensors
  /** How uncertain rounding leaves an element of each: where terms cancel, more than its size tells. */
  readonly uncertainty: Readonly<Record<string, number>>
}

/** What is varied. */
interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
}

/** A line through the point, and the slope along it that gradients tell. */
interface Line {
  readonly quantity: Quantity
  /** The element that is varied, of one that is varied alone. */
  readonly from: number
  readonly direction: Tensors
  readonly slope: number
  /** Of the values that the slope is made of. */
  readonly scale: number
  readonly uncertainty: number
  /** Σ |slope · value| of the numbers that vary. */
  readonly moved: number
}

/** Whether gradients are the slopes of the loss: by complex steps, and by differences. */
export class GradientCheck {
  readonly #network: Network
  readonly #derived: Derived
  readonly #isSingle: boolean
  readonly #lines: readonly Line[]
  /** For differences. */
  readonly #sweeps: readonly Line[]
  /** What the sum of losses is divided by; infinity, which gives 0, where nothing counts. */
  readonly #divisor: number
  readonly #steps: ComplexStep

  constructor(network: Network, derived: Derived, random: Random) {
    this.#network = network
    this.#derived = derived
    this.#divisor = divisorIn(network.training, this.#bindings) || Infinity
    this.#steps = new ComplexStep(this.#lossSum, this.#bindings)
    const tensors = this.#tensors()
    this.#isSingle = countNumbers(network, derived.data.samples) <= mostSingles
    this.#lines = tensors.flatMap((tensor) =>
      this.#isSingle
        ? Array.from(tensor.values, (_, at) => this.#along([[tensor, unit(tensor.values.length, at)]], at))
        : [this.#along([[tensor, drawn(tensor, random)]])],
    )
    const sweep = () => tensors.map((tensor) => [tensor, drawn(tensor, random)] as const)
    this.#sweeps = this.#isSingle ? this.#lines : Array.from({ length: sweeps }, () => this.#along(sweep()))
  }

  get aboutComplexSteps(): string {
    return this.#isSingle ? 'the gradient by each number' : 'the gradient by each tensor, along a random direction'
  }

  get aboutDifferences(): string {
    return this.#isSingle ? 'the gradient by each number' : `the gradient along ${sweeps} random directions`
  }

  get #lossSum() {
    return sum(this.#network.training.losses, [0])
  }

  get #bindings() {
    return bindingsOf(this.#derived.data, this.#derived.state)
  }

  byComplexSteps(findings: Findings): void {
    for (const line of this.#lines) {
      const found = this.#complexSlope(line.direction)
      const isWrong = !(Math.abs(found - line.slope) <= tolerances.complex * line.scale + line.uncertainty)
      this.#compare(isWrong ? this.#narrowed(line) : line, (one) => this.#complexSlope(one.direction), {
        findings,
        tolerance: tolerances.complex,
      })
    }
  }

  byDifferences(findings: Findings): void {
    const divisor = this.#divisor
    // Nothing counts, and every gradient is 0, as complex steps show.
    if (divisor === Infinity) return
    const differences = new Differences(this.#lossSum, this.#bindings)
    for (const line of this.#sweeps) {
      // A difference has the rounding of the losses that it is of.
      const scale = line.scale + Math.abs(this.#steps.value / divisor)
      const found = differences.slope(line.direction, scale * divisor, line.moved * divisor)
      if (found.kind === 'slope') {
        const tolerance = tolerances.differences + found.uncertainty / (scale * divisor)
        this.#compare({ ...line, scale }, () => found.value / divisor, { findings, tolerance })
        continue
      }
      const what = found.kind === 'kink' ? 'a kink' : 'a bend too sharp for differences'
      const where = found.node ? `, ${whereIs(this.#network, found.node)}` : ''
      const of = line.quantity.tensor ?? 'here'
      findings.note(`${what} lies within ${found.within.toPrecision(2)} of ${of}${where}`)
    }
  }

  #compare(
    line: Line,
    slopeOf: (line: Line) => number,
    { findings, tolerance }: { readonly findings: Findings; readonly tolerance: number },
  ): void {
    const { quantity, slope, scale, uncertainty, from } = line
    const found = slopeOf(line)
    if (!Number.isFinite(slope) && !Number.isFinite(found))
      findings.note(`${quantity.tensor} has no finite gradient here`)
    else findings.compare([slope], [found], quantity, { absolute: tolerance * scale + uncertainty }, { from, scale })
  }

  #complexSlope(direction: Tensors): number {
    return this.#steps.slope(direction) / this.#divisor
  }

  #tensors(): Tensor[] {
    const { trained, emit } = this.#network
    const { data, gradients } = this.#derived
    const tensors = [
      ...trained.map(({ name, shape }) => ({ name, shape })),
      ...emit.inputGradients.map(({ name, shape }) => ({ name, shape: [data.samples, ...shape] })),
    ]
    return tensors.map((tensor) => ({ ...tensor, values: gradients[tensor.name]! }))
  }

  /** @param from the one element that varies, if it is one. */
  #along(changes: readonly (readonly [Tensor, Float64Array])[], from?: number): Line {
    const terms = changes.map(([{ values }, change]) => change.map((value, at) => value * values[at]!))
    const total = (of: (term: number) => number, from: number) =>
      terms.reduce((sum, part) => part.reduce((sum, term) => sum + of(term), sum), from)
    // A slope that is small may be a sum of larger terms: as large as those of the loss, or about 1.
    const floor = 1e-6 * (this.#greatest + Math.abs(this.#steps.value / this.#divisor) + 1)
    const [{ name, shape }] = changes[0]!
    const isSingle = from !== undefined
    const tensor = changes.length === 1 ? { tensor: name } : {}
    return {
      quantity: {
        quantity: `${isSingle ? '' : 'along a direction, '}the gradient${changes.length === 1 ? ' by' : ''}`,
        ...{ ...tensor, shape: isSingle ? shape : [] },
      },
      from: from ?? 0,
      direction: Object.fromEntries(changes.map(([{ name }, change]) => [name, change])),
      slope: total(Number, 0),
      moved: changes.reduce((total, [{ name, values }, change]) => {
        const point = this.#pointOf(name)
        return change.reduce((sum, value, at) => (value === 0 ? sum : sum + Math.abs(values[at]! * point[at]!)), total)
      }, 0),
      uncertainty: changes.reduce(
        (total, [{ name }, change]) =>
          total + (this.#derived.uncertainty[name] ?? 0) * change.reduce((sum, value) => sum + Math.abs(value), 0),
        0,
      ),
      scale: total(Math.abs, floor),
    }
  }

  #pointOf(name: string): ArrayLike<number> {
    const { state, data } = this.#derived
    return state.parameters[name] ?? data.inputs[name]!
  }

  get #greatest(): number {
    return Math.max(...Object.values(this.#derived.gradients).map(largestMagnitude), 0)
  }

  /** The element of a line's direction that is most wrong, found by halving. */
  #narrowed(line: Line): Line {
    const name = line.quantity.tensor!
    const tensor = this.#tensors().find((one) => one.name === name)!
    const whole = Float64Array.from(line.direction[name]!)
    const within = (from: number, to: number) =>
      this.#along([[tensor, whole.map((change, at) => (from <= at && at < to ? change : 0))]])
    const errorOf = (one: Line) => {
      const error = Math.abs(this.#complexSlope(one.direction) - one.slope)
      return Number.isNaN(error) ? Infinity : error
    }
    let [from, to] = [0, whole.length]
    while (to - from > 1) {
      const middle = (from + to) >> 1
      if (errorOf(within(from, middle)) >= errorOf(within(middle, to))) to = middle
      else from = middle
    }
    return this.#along([[tensor, unit(whole.length, from)]], from)
  }
}

function drawn({ values }: Tensor, random: Random): Float64Array {
  return new Float64Array(values.length).map(() => smooth(random))
}

function unit(length: number, at: number): Float64Array {
  const direction = new Float64Array(length)
  direction[at] = 1
  return direction
}

/** How many numbers there are to vary: parameters, and inputs whose gradients are shown. */
function countNumbers({ trained, emit }: Network, samples: number): number {
  const count = (tensors: readonly { readonly shape: readonly number[] }[]) =>
    tensors.reduce((total, { shape }) => total + sizeOf(shape), 0)
  return count(trained) + samples * count(emit.inputGradients)
}

/** As many samples, of all that there are, as keep the looking along all lines to so many operations. */
export function samplesFor(network: Network, most: number): number {
  const numbers = countNumbers(network, most)
  const lines = numbers <= mostSingles ? numbers : network.trained.length + network.emit.inputGradients.length
  const ofSample = countOperations([sum(network.training.losses, [0])], 1)
  return Math.max(network.leastSamples, Math.min(most, Math.floor(1e7 / (ofSample * lines + 1))), 1)
}
