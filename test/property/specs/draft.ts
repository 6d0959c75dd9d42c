import { choicesFrom, type Choices } from './choices.ts'
import type { Recipe } from './layers.ts'
import { newNetwork, takes, type Argument, type LayeredFunction } from './layeredFunctions.ts'
import type { Shape } from './pieces.ts'

/*
 * A network of equations while it is drawn: its values so far, and what a step of its recipe finds there.
 */

export interface Written {
  readonly text: string
  readonly shape: Shape
}

/** A name, or an expression in parentheses. */
export interface Value extends Written, Argument {}

/** A network, and what it is to be called on. */
export interface Call {
  readonly network: LayeredFunction
  readonly x: Value
}

/** Where a step takes its operands from. */
export interface Site extends Choices {
  /** Mostly one of the latest values: of so many axes, and with a derivative by a name, if that is said; undefined if there is none. */
  value(rank?: number, by?: Value): Value | undefined
  /** What numbers can be varied of, if there is any: an input of so many axes. */
  input(rank?: number): Value | undefined
  /** A value of this shape, or a parameter. */
  like(shape: Shape): Value
  /** A new one, or at times one that is used already. */
  parameter(shape: Shape): Value
  /** A network that is new, of the layers that were drawn for the step, or at times one that is there, with a value that it takes. */
  call(): Call
  /** A value that a network takes, or a parameter. */
  argument(network: LayeredFunction): Value
  /** The names by which an expression has derivatives: of inputs, and of equations that it is made of. */
  variables(text: string): readonly Value[]
  /** The same by a name, with an equation of its own if it has none yet. */
  named(value: Written): Value
}

/** An equation's right side; undefined where there is nothing to make it of. Values stay of order 1, away from poles. */
export type Maker = (site: Site) => Written | undefined

/** What an expression is made of. */
interface Origins {
  /** The names of inputs and equations. */
  readonly names: ReadonlySet<string>
  /** Those that are mixed among samples, by the mean of a batch: there are no derivatives by them. */
  readonly mixed: ReadonlySet<string>
}

const letters = ['s', 'β', 'Ω', 'T'] as const

const equals = (a: Shape, b: Shape) => a.length === b.length && a.every((extent, axis) => extent === b[axis])

export class Draft {
  /** From which steps take their operands. */
  readonly values: Value[]
  readonly parameters: Value[] = []
  readonly equations: string[] = []
  readonly networks: LayeredFunction[] = []
  readonly #inputs: readonly Value[]
  /** By name, what numbers can be varied of. */
  readonly #variables: Map<string, Value>
  readonly #origins: Map<string, Origins>

  constructor(inputs: readonly Value[]) {
    this.values = [...inputs]
    this.#inputs = inputs.filter(({ index }) => index === undefined)
    this.#variables = new Map(this.#inputs.map((value) => [value.text, value]))
    this.#origins = new Map(inputs.map(({ text }) => [text, { names: new Set([text]), mixed: new Set() }]))
  }

  /** Gives a value an equation. */
  define({ text, shape }: Written): Value {
    const name = `h${this.equations.length}`
    this.equations.push(`${name} = ${text}`)
    const { names, mixed } = this.#originsOf(text)
    const value = { text: name, shape }
    this.#origins.set(name, { names: new Set([...names, name]), mixed })
    this.#variables.set(name, value)
    return value
  }

  /** @param layers for a network, if the step makes one. */
  site(decisions: readonly number[], layers: readonly Recipe[] = []): Site {
    const choices = choicesFrom(decisions)
    const { choose, rarely, pick } = choices
    /** Mostly the latest, so that the network is deep. */
    const latest = (list: readonly Value[]) => list.at(-1 - choose(rarely(3) ? list.length : 1))
    const someOf = <T>(list: readonly T[], take: (list: readonly T[]) => T | undefined) =>
      list.length > 0 ? take(list) : undefined
    const parameter = (shape: Shape) => this.#parameter(shape, choices)
    const fitting = (fits: (value: Value) => boolean, shape: Shape) => {
      const values = this.values.filter(fits)
      return values.length > 0 && !rarely(4) ? pick(values) : parameter(shape)
    }
    const argument = (network: LayeredFunction) => {
      const isTaken = (value: Value) => takes(network, value)
      return network.index === undefined ? fitting(isTaken, network.input) : latest(this.values.filter(isTaken))!
    }
    return {
      ...choices,
      parameter,
      argument,
      value: (rank, by) =>
        someOf(
          this.values.filter(
            ({ text, shape }) =>
              (rank === undefined || shape.length === rank) && !(by && this.#originsOf(text).mixed.has(by.text)),
          ),
          latest,
        ),
      input: (rank) =>
        someOf(
          this.#inputs.filter(({ shape }) => rank === undefined || shape.length === rank),
          pick,
        ),
      like: (shape) => fitting((value) => equals(value.shape, shape), shape),
      call: () => {
        if (this.networks.length > 0 && rarely(2)) {
          const network = pick(this.networks)
          return { network, x: argument(network) }
        }
        const whole = this.values.filter(({ index }) => index !== undefined)
        const x = whole.length > 0 && rarely(2) ? pick(whole) : latest(this.values)!
        const network = newNetwork(`u${this.networks.length}`, x, layers, choices)
        this.networks.push(network)
        return { network, x }
      },
      variables: (text) => {
        const { names, mixed } = this.#originsOf(text)
        return [...names].flatMap((name) => (mixed.has(name) ? [] : (this.#variables.get(name) ?? [])))
      },
      named: (value) => {
        const known = this.#variables.get(value.text)
        if (known) return known
        const created = this.define(value)
        this.values.push(created)
        return created
      },
    }
  }

  #parameter(shape: Shape, { pick, rarely }: Choices): Value {
    const known = this.parameters.filter((value) => equals(value.shape, shape))
    if (known.length > 0 && !rarely(2)) return pick(known)
    const created = { text: `${letters[shape.length]!}${this.parameters.length}`, shape }
    this.parameters.push(created)
    return created
  }

  #originsOf(text: string): Origins {
    const used = [...text.matchAll(/\b[hx]\d+\b/g)].flatMap(([name]) => this.#origins.get(name) ?? [])
    const names = new Set(used.flatMap((origins) => [...origins.names]))
    const mixes = this.networks.some((network) => network.mixes && text.includes(`${network.name}(`))
    return { names, mixed: mixes ? names : new Set(used.flatMap((origins) => [...origins.mixed])) }
  }
}
