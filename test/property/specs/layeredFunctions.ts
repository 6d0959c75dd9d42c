import type { Choices } from './choices.ts'
import { follow, simple, type Recipe } from './layers.ts'
import { after, sizeOf, type Piece, type Shape } from './pieces.ts'

/*
 * Layered networks as functions of equations.
 */

/** What a network is called on. */
export interface Argument {
  readonly shape: Shape
  /** What the elements are below, of an input of whole numbers. */
  readonly index?: number | undefined
}

export interface LayeredFunction {
  readonly name: string
  /** The shape of what it takes. */
  readonly input: Shape
  /** What its numbers are below, where they are whole. */
  readonly index?: number | undefined
  /** The shape of what a call gives. */
  readonly output: Shape
  /** Whether samples have a part in one another's values while it is trained. */
  readonly mixes: boolean
  /** What a spec says of it. */
  readonly spec: Readonly<Record<string, unknown>>
}

/** A network that takes a value. */
export function newNetwork(name: string, x: Argument, recipes: readonly Recipe[], choices: Choices): LayeredFunction {
  const { choose, pick, rarely } = choices
  const index = x.index === undefined || rarely(3) ? undefined : x.index + choose(2)
  const input = x.shape.length === 0 && rarely(2) ? [1] : x.shape
  const [first] = recipes
  const rows = index === undefined ? [] : [{ word: 'embedding', decisions: first?.decisions ?? [] }]
  const piece = follow([...rows, ...recipes], { sample: input, index })
  const whole = piece.layers.length === 0 || !rarely(3) ? followedBy(piece, simple.linear!(piece, choices)!) : piece
  // Equations have parameters of three axes at most.
  const { layers, sample } = whole.sample.length > 3 ? after(whole, 'flatten', [sizeOf(whole.sample)]) : whole
  const init = pick([undefined, 'glorotNormal', 'fixup', 'lsuv'])
  const shape = input.length > 0 ? input : 'scalar'
  return {
    ...{ name, input, index },
    output: sample.length === 1 && sample[0] === 1 ? [] : sample,
    mixes: JSON.stringify(layers).includes('batchNorm'),
    spec: { input: index === undefined ? shape : { shape, index }, layers, ...(init === undefined ? {} : { init }) },
  }
}

/** Whether it can be called on a value. */
export function takes({ input, index }: LayeredFunction, { shape, index: below }: Argument): boolean {
  const isSingle = input.length === 1 && input[0] === 1 && shape.length === 0
  const fits = isSingle || (String(shape) === String(input) && shape.length === input.length)
  return fits && (index === undefined || (below !== undefined && below <= index))
}

function followedBy(piece: Piece, end: Piece): Piece {
  return { ...end, layers: [...piece.layers, ...end.layers] }
}
