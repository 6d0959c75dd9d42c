import type { Layer as LayerSpec } from '../../../src/language/networks/spec.ts'
import type { Choices } from './choices.ts'

/*
 * Layers with the shapes that they give. Shapes are followed here a second time, independently of the compiler: that it refuses a
 * spec is a failure.
 */

export type Shape = readonly number[]

/** What arrives at a layer. */
export interface Flow {
  /** The shape of a sample. */
  readonly sample: Shape
  /** What its elements are below, where they are whole numbers of the input. */
  readonly index?: number | undefined
}

/** Layers and the shape that they give. */
export interface Piece extends Flow {
  readonly layers: readonly LayerSpec[]
}

/** A word's layer, after what must stand before it to fit; undefined where it can't fit. */
export type Maker = (flow: Flow, choices: Choices) => Piece | undefined

/** Of a sample. */
export const mostElements = 36

export const sizeOf = (shape: Shape) => shape.reduce((product, extent) => product * extent, 1)

export const divisorsOf = (size: number) =>
  Array.from({ length: size }, (_, k) => k + 1).filter((divisor) => size % divisor === 0)

/** A word with its settings, or alone where there are none. */
export function layer(word: string, settings: unknown): LayerSpec {
  const isEmpty =
    settings === undefined || (typeof settings === 'object' && Object.keys(settings as object).length === 0)
  return (isEmpty ? word : { [word]: settings }) as unknown as LayerSpec
}

/** From any shape to another of any size. */
export function reshapedTo(shape: Shape): LayerSpec[] {
  return ['flatten', { linear: sizeOf(shape) }, { reshape: shape.length > 0 ? shape : 'scalar' }]
}

/** So many axes of the same elements, or at times of a linear layer's. */
export function withAxes(rank: number, flow: Flow, { choose, pick, rarely }: Choices): Piece {
  if (rarely(3)) {
    const shape = Array.from({ length: rank }, () => 1 + choose(4))
    if (sizeOf(shape) <= mostElements) return { layers: reshapedTo(shape), sample: shape }
  }
  if (flow.sample.length === rank) return asItIs(flow)
  let rest = sizeOf(flow.sample)
  const shape = Array.from({ length: rank }, (_, axis) => {
    const extent = axis === rank - 1 ? rest : pick(divisorsOf(rest))
    rest /= extent
    return extent
  })
  return { ...flow, layers: [{ reshape: shape }], sample: shape }
}

export const asItIs = (flow: Flow): Piece => ({ ...flow, layers: [] })

/** At least one axis. */
export function withVectors(flow: Flow, choices: Choices): Piece {
  return flow.sample.length > 0 ? asItIs(flow) : withAxes(1, flow, choices)
}

/** A layer after what makes its sample fit. */
export function after({ layers }: Piece, layer: LayerSpec, sample: Shape): Piece {
  return { layers: [...layers, layer], sample }
}

/** A layer that keeps the shape. */
export function keeping(
  prepare: (flow: Flow, choices: Choices) => Piece,
  make: (choices: Choices, sample: Shape) => LayerSpec,
): Maker {
  return (flow, choices) => {
    const piece = prepare(flow, choices)
    return after(piece, make(choices, piece.sample), piece.sample)
  }
}
