import {
  add,
  broadcast,
  constant,
  contract,
  multiply,
  reshape,
  sigmoid,
  slice,
  subtract,
  tanh,
} from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { argument, scan } from '../../graph/scan.ts'
import type { Shape } from '../../graph/shape.ts'
import { count, flag } from '../words/arguments.ts'
import { keys, type Word } from '../words/word.ts'
import type { LayerContext } from './layer.ts'
import { affine } from './linear.ts'
import { lengthsOf } from './sample.ts'

export interface RecurrentSettings {
  readonly units: number
  readonly sequences: boolean
}

/** The computation at one time. */
interface Cell {
  /** Rows of the weights for each unit. */
  readonly gates: number
  readonly states: number
  /** Whether the bias of the product with the state is added to that of the product with x: then both are one vector. */
  readonly joinsBiases: boolean
  /**
   * From Ω x + β of this time, [batch, gates units], and the states that the time before has left, each [batch, units], to the states.
   * @param recur a state's own product with its weight: [batch, gates units].
   */
  readonly step: (x: Node, states: readonly Node[], recur: (h: Node) => Node, context: LayerContext) => readonly Node[]
}

/** Parameters weight_ih [gates units, features], weight_hh [gates units, units], bias_ih and bias_hh: all start as in torch. */
function recurrent({ gates, states, joinsBiases, step }: Cell) {
  return {
    arguments: keys({ units: count, sequences: flag.default(false) }),
    first: 'units',
    build: (x: Node, { units, sequences }: RecurrentSettings, context: LayerContext): Node => {
      const [time, features] = lengthsOf(x, ['time', 'features'])
      const { graph } = x
      const rows = gates * units
      const start: Word = { word: 'uniform', arguments: { limit: 1 / Math.sqrt(units) }, shorthand: false }
      const parameter = (name: string, shape: readonly number[], bias = false) =>
        context.parameter(name, shape, { init: start, bias })
      const [weight, inner] = [parameter('weight_ih', [rows, features]), parameter('weight_hh', [rows, units])]
      const [bias, innerBias] = [parameter('bias_ih', [rows], true), parameter('bias_hh', [rows], true)]
      const inputs = context.name('p', affine(x, weight, joinsBiases ? add(bias, innerBias) : bias, context))

      const state: Shape = ['batch', units]
      const given = (name: string, shape: Shape) => argument(graph, context.layer, name, shape)
      const carries = ['h', 'c'].slice(0, states).map((letter) => given(`${letter}[t-1]`, state))
      const [now, matrix, vector] = [given('p[t]', ['batch', rows]), given('Ωh', [rows, units]), given('βh', [rows])]
      const recur = (h: Node) => {
        const product = contract(h, 'bi', matrix, 'oi', 'bo')
        return joinsBiases ? product : add(broadcast(vector, product.shape, [1]), product)
      }
      const next = step(now, carries, recur, context)
      const h = scan(
        { carries, elements: [now], captured: joinsBiases ? [matrix] : [matrix, vector], next },
        {
          initial: carries.map(({ shape }) => constant(graph, 0, shape)),
          sequences: [inputs],
          captured: joinsBiases ? [inner] : [inner, innerBias],
        },
        next[0]!,
        false,
      )
      return sequences ? h : reshape(slice(h, 1, time - 1, time), state)
    },
  } as const
}

/** The k-th of the gates' equal parts of a vector of the whole. */
function part(whole: Node, k: number, gates: number): Node {
  const units = (whole.shape[1] as number) / gates
  return slice(whole, 1, k * units, (k + 1) * units)
}

/**
 * h ← tanh(Ω x + β + Ωh h + βh). Parameters start uniform in ±1/√units, as torch's, whatever `init` says, and have torch's names without `_l0`.
 * torch.nn.RNN: Elman 1990.
 */
export const rnn = recurrent({
  gates: 1,
  states: 1,
  joinsBiases: true,
  step: (x, [h], recur) => [tanh(add(x, recur(h!)))],
})

/**
 * c ← σ(f) ⊙ c + σ(i) ⊙ tanh g, h ← σ(o) ⊙ tanh c, with [i; f; g; o] = Ω x + β + Ωh h + βh. Starts and names as rnn's.
 * torch.nn.LSTM: Hochreiter and Schmidhuber 1997.
 */
export const lstm = recurrent({
  gates: 4,
  states: 2,
  joinsBiases: true,
  step: (x, [h, c], recur, context) => {
    const gates = context.name('a', add(x, recur(h!)))
    const gate = (letter: string, k: number, activation: (x: Node) => Node) =>
      context.name(letter, activation(part(gates, k, 4)))
    const [input, forget] = [gate('i', 0, sigmoid), gate('r', 1, sigmoid)]
    const [content, output] = [gate('g', 2, tanh), gate('o', 3, sigmoid)]
    const cell = context.name('c', add(multiply(forget, c!), multiply(input, content)))
    return [multiply(output, tanh(cell)), cell]
  },
})

/**
 * h ← (1 - z) ⊙ n + z ⊙ h, with r = σ(Ω x + β + Ωh h + βh), z alike, and n = tanh(Ω x + β + r ⊙ (Ωh h + βh)) by their rows.
 * Starts and names as rnn's. torch.nn.GRU: Cho et al. 2014.
 */
export const gru = recurrent({
  gates: 3,
  states: 1,
  joinsBiases: false,
  step: (x, [h], recur, context) => {
    const heard = context.name('a', recur(h!))
    const sum = (k: number) => add(part(x, k, 3), part(heard, k, 3))
    const [reset, update] = [context.name('r', sigmoid(sum(0))), context.name('z', sigmoid(sum(1)))]
    const candidate = context.name('n', tanh(add(part(x, 2, 3), multiply(reset, part(heard, 2, 3)))))
    return [add(multiply(subtract(1, update), candidate), multiply(update, h!))]
  },
})
