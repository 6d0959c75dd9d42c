import { input } from '../graph/build.ts'
import { evaluate, type Bindings } from '../graph/evaluate.ts'
import { topologicalOrder, type Node } from '../graph/node.ts'
import { substitute } from '../graph/rebuild.ts'
import type { Tensors } from './data.ts'
import { Kinks } from './kinks.ts'

/** Steps from the point; the second is tried where the first finds a kink or a bend. Rounding leaves 10⁻¹⁰ and 10⁻⁸ of a value. */
const steps = [2 ** -19, 2 ** -25] as const

/** A slope is found where two estimates of it lie no farther apart, in terms of the values that it is made of. */
const wanted = 1e-6

/** What differences tell of a slope. */
export type Slope =
  | { readonly kind: 'slope'; readonly value: number; readonly uncertainty: number }
  /** The function has no slope within reach, or none that differences find: at the node, if it is known. */
  | { readonly kind: 'kink' | 'bend'; readonly node?: Node | undefined; readonly within: number }

/** A scalar along lines through a point. What a gradient holds fixed stays there: noise by its key, and what no derivative passes. */
export class Differences {
  readonly #whole: Node
  /** With leaves for what is held fixed. */
  readonly #output: Node
  readonly #bindings: Bindings
  readonly #value: number
  #kinks: Kinks | undefined

  constructor(output: Node, bindings: Bindings) {
    const fixed = topologicalOrder([output]).filter(({ op }) => op === 'detach')
    const leaves = fixed.map(({ graph, shape }, k) => input(graph, `fixed ${k}`, shape))
    const values = evaluate(fixed, bindings)
    this.#whole = output
    this.#output = substitute([output], new Map(fixed.map((node, k) => [node, leaves[k]!])))[0]!
    const inputs = Object.fromEntries(values.map((value, k) => [`fixed ${k}`, value]))
    this.#bindings = { ...bindings, inputs: { ...bindings.inputs, ...inputs } }
    this.#value = this.#at({}, 0)
  }

  /**
   * @param scale of the values that the slope is made of.
   * @param moved Σ |slope · value| of the numbers that move: their rounding is as if the step were another.
   */
  slope(direction: Tensors, scale: number, moved = 0): Slope {
    for (const step of steps) {
      const { central, wider, left, right } = this.#slopesAt(direction, step)
      const apart = Math.abs(central - wider)
      const uncertainty = apart + (2 ** -52 * moved) / step
      // At a kink itself central differences agree, on the mean of both sides; where a function saturates, on next to nothing.
      const isSmooth = Math.abs(left - right) <= wanted * scale && uncertainty <= wanted * scale
      const isSteady = apart <= 1e-3 * Math.abs(central) + wanted * (Math.abs(this.#value) + 1)
      if (isSmooth && isSteady) return { kind: 'slope', value: central, uncertainty }
    }
    const within = 4 * steps.at(-1)!
    this.#kinks ??= new Kinks([this.#whole])
    const node = this.#kinks.firstApart(this.#moved(direction, -within), this.#moved(direction, within))
    return { kind: node ? 'kink' : 'bend', node, within }
  }

  /** Central slopes of fourth order over two steps and over four, and one-sided of second. Fornberg 1988, tables 1 and 3. */
  #slopesAt(direction: Tensors, step: number) {
    const f = (k: number) => this.#at(direction, k * step)
    const [before4, before2, before, after, after2, after4] = [f(-4), f(-2), f(-1), f(1), f(2), f(4)]
    const at = this.#value
    const fourth = (inner: number, outer: number) => (2 / 3) * inner - (1 / 12) * outer
    return {
      central: fourth(after - before, after2 - before2) / step,
      wider: fourth(after2 - before2, after4 - before4) / (2 * step),
      left: (1.5 * at - 2 * before + 0.5 * before2) / step,
      right: (-1.5 * at + 2 * after - 0.5 * after2) / step,
    }
  }

  #at(direction: Tensors, distance: number): number {
    return evaluate([this.#output], this.#moved(direction, distance))[0]![0]!
  }

  #moved(direction: Tensors, distance: number): Bindings {
    const along = (tensors: Tensors = {}): Tensors =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, values]) => {
          const change = Object.hasOwn(direction, name) ? direction[name] : undefined
          return [name, change ? new Float64Array(values).map((value, at) => value + distance * change[at]!) : values]
        }),
      )
    const { inputs, parameters } = this.#bindings
    return { ...this.#bindings, inputs: along(inputs), parameters: along(parameters) }
  }
}
