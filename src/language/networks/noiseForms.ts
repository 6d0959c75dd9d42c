import { constant, cos, log, maximum, minimum, multiply, sqrt, type Operand } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import type { FormulaForm } from '../formulas/dialect.ts'
import { real, requireCount } from '../formulas/expression.ts'
import type { Expression } from '../formulas/formula.ts'
import { maskOf } from '../layers/dropout.ts'
import type { Mode } from '../layers/layer.ts'
import { Misfit } from '../words/misfit.ts'
import { noiseLike } from '../words/numerics.ts'
import type { Streams } from './layerContext.ts'

/*
 * Noise in equations: new in every training step, and in evaluation its mean.
 */

/** The streams of random numbers of calls: a call that is read again, for a derivative or in another mode, has those that it had. */
export class NoiseStreams {
  readonly #all: Streams = { count: 0 }
  readonly #firsts = new Map<readonly Expression[], number>()

  /** @param operands those of the call, by which it is known. */
  of(operands: readonly Expression[]): Streams {
    const first = this.#firsts.get(operands)
    if (first !== undefined) return { count: first }
    this.#firsts.set(operands, this.#all.count)
    return this.#all
  }
}

/** Numbers are rounded to single precision: none may come to 1. */
const largest = 1 - 2 ** -24
/** Below every number that isn't 0. */
const smallest = 2 ** -54

/** Uniform in [0, 1). */
function uniformLike(x: Node, streams: Streams): Node {
  return minimum(noiseLike(x, streams.count++), largest)
}

/** √(−2 log u) cos 2πv: Box and Muller 1958. u keeps its digits near 0, where the tails come from. */
function normalLike(x: Node, streams: Streams): Node {
  const [u, v] = [noiseLike(x, streams.count++), noiseLike(x, streams.count++)]
  return multiply(sqrt(multiply(-2, log(maximum(u, smallest)))), cos(multiply(2 * Math.PI, v)))
}

type NoiseForm = (mode: Mode, streams: NoiseStreams) => FormulaForm

const noiseOf =
  (drawn: (x: Node, streams: Streams) => Node, mean: number): NoiseForm =>
  (mode, streams) =>
  (operands, values) => {
    requireCount(values, 1)
    const x = tensor(values[0]!)
    return mode === 'training' ? drawn(x, streams.of(operands)) : constant(x.graph, mean, x.shape)
  }

const dropout: NoiseForm = (mode, streams) => {
  return (operands, values) => {
    requireCount(values, 2)
    const [x, rate] = [tensor(values[0]!), values[1]!]
    if (typeof rate !== 'number' || rate < 0 || rate > 1)
      throw new Misfit('out-of-range', `takes a rate from 0 to 1, got ${typeof rate === 'number' ? rate : 'a value'}`)
    if (mode !== 'training' || rate === 0) return x
    return multiply(maskOf(noiseLike(x, streams.of(operands).count++), rate), x)
  }
}

function tensor(operand: Operand): Node {
  const value = real(operand)
  if (typeof value === 'number') throw new Misfit('shape', 'takes a value whose shape it has, got a number')
  return value
}

/** The functions whose value depends on the mode. */
const forms = { normal: noiseOf(normalLike, 0), uniform: noiseOf(uniformLike, 0.5), dropout }

export const noiseWords: ReadonlySet<string> = new Set(Object.keys(forms))

export function noiseForms(mode: Mode, streams: NoiseStreams): readonly (readonly [string, FormulaForm])[] {
  return Object.entries(forms).map(([word, form]) => [word, form(mode, streams)])
}
