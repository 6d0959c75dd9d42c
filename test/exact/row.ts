import type { Precision } from '../../src/base/precision.ts'
import { exact, round, type Big } from '../support/exact.ts'
import { pointsOf } from './points.ts'

/** A module is within 4 units of the last place; or a row says of what it is within how many, and why no more is asked. */
export interface Allowance {
  /** For people, after "within": `4 units of the larger term`. */
  readonly claim: string
  readonly reason: string
  /** Unless given, 4. */
  readonly units?: (x: readonly number[]) => number
  /** How many of the least numbers, besides. */
  readonly least?: (x: readonly number[]) => number
  /** A number as large as what is added to get a result, the k-th: units are of its last place where the sum is smaller. */
  readonly of?: (x: readonly Big[], y: readonly Big[], k: number) => Big
  /** Whether it is what double precision, in which TypeScript computes, doesn't need. */
  readonly spared?: 'f32 in TypeScript'
}

export interface Sample {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

export interface Answer {
  readonly values: readonly Big[]
  /** Of the loss by x, times `scale`. */
  readonly slopes: readonly Big[]
}

/** A word of a spec, as mathematics. */
export interface Row {
  /** As it stands in a spec. */
  readonly word: string
  /** A network whose loss's derivative by x is the word's, over `scale`. */
  readonly spec: string
  readonly scale: number
  /** Whether the values are the loss, rather than what the network predicts. */
  readonly isLoss: boolean
  readonly samples: (precision: Precision) => readonly Sample[]
  readonly answer: (x: readonly Big[], y: readonly Big[]) => Answer
  readonly allowed: { readonly value?: Allowance; readonly slope?: Allowance }
  /** Whether squares are taken: they overflow, or vanish, at numbers whose roots are far from 1. */
  readonly squares?: true
}

export interface Pointwise {
  readonly value: (x: Big, y: Big) => Big
  readonly slope: (x: Big, y: Big) => Big
  /** Where the formula bends or has its zeros and seams: looked at more closely. */
  readonly near?: readonly number[]
  /** Bounds of x, where there are some. */
  readonly within?: readonly [number, number]
  readonly allowed?: Row['allowed']
}

const training = 'train: { batch: 1, optimizer: sgd }'

/** An activation of one number. */
export function activation(word: string, pointwise: Pointwise): Row {
  const spec = `input: scalar\nlayers: [${word}]\nloss: { expression: p }\n${training}`
  return pointwiseRow(word, spec, false, [0], pointwise)
}

/** A loss of one number, with several targets. */
export function loss(word: string, targets: readonly number[], pointwise: Pointwise): Row {
  return pointwiseRow(
    word,
    `input: scalar\nlayers: [identity]\nloss: ${flow(word)}\n${training}`,
    true,
    targets,
    pointwise,
  )
}

/** A word with its argument, in YAML's flow. */
export const flow = (word: string): string => (word.includes(':') ? `{ ${word} }` : word)

function pointwiseRow(
  word: string,
  spec: string,
  isLoss: boolean,
  targets: readonly number[],
  { value, slope, near = [], within = [-Infinity, Infinity], allowed = {} }: Pointwise,
): Row {
  const samples = (precision: Precision) =>
    targets.flatMap((y) =>
      pointsOf(precision, [...near, ...targets], targets.length)
        .filter((x) => x >= within[0] && x <= within[1])
        .map((x) => ({ x: [x], y: [y] })),
    )
  const answer = ([x]: readonly Big[], [y]: readonly Big[]) => ({ values: [value(x!, y!)], slopes: [slope(x!, y!)] })
  return { word, spec, scale: 1, isLoss, samples, answer, allowed }
}

export const bigs = (numbers: readonly number[]): Big[] => numbers.map((x) => exact(x))

export const rounded = (x: readonly number[], precision: Precision): number[] => x.map(round[precision])
