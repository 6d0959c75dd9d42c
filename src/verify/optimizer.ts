import { multiply, parameter, sqrt, sum, uniform } from '../graph/build.ts'
import { Interner } from '../graph/node.ts'
import { elementsPerSample } from '../graph/shape.ts'
import type { Network } from '../language/networks/network.ts'
import { normOf, numbered, stretchesOf } from '../programs/optimizer.ts'
import type { Scalar } from '../language/words/optimizer.ts'
import type { Tensors } from './data.ts'
import type { Meaning } from './meaning.ts'

/** Clipping and the optimizer as their rows say, evaluated by the interpreter. */
export class Optimizer {
  readonly #network: Network
  readonly #whole: Network
  readonly #meaning: Meaning
  readonly #states: Record<string, Readonly<Record<string, ArrayLike<number>>>> = {}
  /** What the optimizer carries from step to step: all tensors make all steps. */
  #scalars: Readonly<Record<string, number>>
  #steps = 0

  /** @param whole where the network is of one of several losses: all that they train lies in the arena together. */
  constructor(network: Network, meaning: Meaning, whole = network) {
    this.#network = network
    this.#whole = whole
    this.#meaning = meaning
    const { scalars = {} } = network.train.optimizer.row
    this.#scalars = Object.fromEntries(Object.entries<Scalar>(scalars).map(([name, { start }]) => [name, start]))
    for (const { name, shape } of network.trained) {
      const zeros = new Float64Array(elementsPerSample(shape))
      this.#states[name] = Object.fromEntries(network.train.optimizer.states.map((state) => [state, zeros]))
    }
  }

  /** What the parameters become. */
  step(parameters: Tensors, gradients: Tensors, learningRate: number): Tensors {
    this.#steps++
    this.#carry()
    const clip = this.#clipFactor(gradients)
    const updated = this.#network.trained.map(({ name, weightDecay }) => [
      name,
      this.#update(name, parameters[name]!, gradients[name]!, weightDecay, { learningRate, clip }),
    ])
    return { ...parameters, ...Object.fromEntries(updated) } as Tensors
  }

  #carry(): void {
    const { row, settings } = this.#network.train.optimizer
    const next = Object.entries(row.scalars ?? {}).map(([name, scalar]) => {
      const graph = new Interner()
      const value = scalar.next(uniform(graph, 'before'), uniform(graph, 't'), settings)
      const uniforms = { before: this.#scalars[name]!, t: this.#steps }
      return [name, this.#meaning.host([value], { batch: 1, uniforms })[0]![0]!]
    })
    this.#scalars = Object.fromEntries(next) as Readonly<Record<string, number>>
  }

  #update(
    name: string,
    values: ArrayLike<number>,
    gradient: ArrayLike<number>,
    weightDecay: number,
    uniforms: { readonly learningRate: number; readonly clip: number },
  ): ArrayLike<number> {
    const { optimizer, clip } = this.#network.train
    const graph = new Interner()
    const leaf = (role: string) => parameter(graph, role, [values.length])
    const [learningRate, factor] = ['learningRate', 'clip'].map((scalar) => uniform(graph, scalar))
    const given = leaf('gradient')
    const update = optimizer.row.update(
      {
        parameter: leaf('parameter'),
        gradient: clip ? clip.row.clip(given, clip.settings, factor!) : given,
        states: Object.fromEntries(optimizer.states.map((state) => [state, leaf(state)])),
        learningRate: learningRate!,
        scalars: Object.fromEntries(Object.keys(this.#scalars).map((scalar) => [scalar, uniform(graph, scalar)])),
        weightDecay,
      },
      optimizer.settings,
    )
    const [result, ...states] = this.#meaning.kernels(
      [update.parameter, ...optimizer.states.map((state) => update.states[state]!)],
      {
        batch: 1,
        parameters: { parameter: values, gradient, ...this.#states[name] },
        uniforms: { ...uniforms, ...this.#scalars },
      },
    )
    const kept = (value: number) => (Math.abs(value) < this.#meaning.negligible ? 0 : value)
    this.#states[name] = Object.fromEntries(optimizer.states.map((state, k) => [state, states[k]!.map(kept)]))
    return result!
  }

  /** Of the norm of all gradients: each stretch of the arena that holds some is added up in order. */
  #clipFactor(gradients: Tensors): number {
    const { clip } = this.#network.train
    if (!clip?.row.factor) return NaN
    const all = this.#network.trained.flatMap(({ name }) => Array.from(gradients[name]!))
    const stretches = stretchesOf(this.#network, this.#whole.trained)
    let end = 0
    const norms = stretches.map(({ count }, k) => {
      const gradient = all.slice(end, (end += count))
      const g = parameter(new Interner(), 'gradient', [count])
      const root = sqrt(sum(multiply(g, g), [0]))
      const [norm] = this.#meaning.kernels([root], { batch: 1, parameters: { gradient } })
      return [numbered('norm', k), norm![0]!] as const
    })
    const factor = clip.row.factor(normOf(stretches.length), clip.settings)
    return this.#meaning.host([factor], { batch: 1, uniforms: Object.fromEntries(norms) })[0]![0]!
  }
}
