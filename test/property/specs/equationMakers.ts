import { activations, type Activation } from '../../../src/language/words/activations.ts'
import { unaryFunctions } from '../../../src/language/formulas/expression.ts'
import type { Choices } from './choices.ts'
import type { Maker, Site, Written } from './draft.ts'
import { sizeOf } from './pieces.ts'

/*
 * Right sides of equations, by word: all that equations have but networks and noise.
 */

/** Of one value of any shape, which it keeps. */
const map =
  (write: (x: string, site: Site) => string): Maker =>
  (site) => {
    const x = site.value()
    return x && { text: write(x.text, site), shape: x.shape }
  }

/** Of two values of one shape, or a scalar and any. */
const join =
  (write: (x: string, y: string, site: Site) => string): Maker =>
  (site) => {
    const x = site.value()
    const y = x && (site.rarely(3) ? site.like([]) : site.like(x.shape))
    return (
      x && y && { text: site.rarely(4) ? write(y.text, x.text, site) : write(x.text, y.text, site), shape: x.shape }
    )
  }

/** To a scalar. */
const reduce =
  (write: (x: string) => string): Maker =>
  (site) => {
    const x = site.value()
    return x && { text: write(x.text), shape: [] }
  }

/** Along the last axis, which stays or doesn't. */
const along =
  (write: (x: string) => string, keeps: boolean): Maker =>
  (site) => {
    const x = site.value(1 + site.choose(2)) ?? site.value(1)
    return x && { text: write(x.text), shape: keeps ? x.shape : x.shape.slice(0, -1) }
  }

/** Domains: bounded, or positive. */
const operands: Readonly<Record<string, (x: string) => string>> = {
  exp: (x) => `tanh(${x})`,
  log: (x) => `abs(${x}) + 0.5`,
  sqrt: (x) => `abs(${x}) + 0.5`,
  tan: (x) => `tanh(${x})`,
}
const unary = (word: string) => map((x) => `${word}(${operands[word]?.(x) ?? x})`)

function activation(word: string, { first, pointwise }: Activation): Maker {
  const write = (x: string, { rarely, pick }: Choices) =>
    first !== undefined && rarely(2)
      ? `${word}(${x}, ${pick([0.2, 0.7, 1.3])})`
      : `${word}(${operands[word]?.(x) ?? x})`
  return pointwise ? map(write) : along((x) => `${word}(${x})`, true)
}

/** A scalar, or the mean of what there is. */
function scalar(site: Site): Written {
  return site.value(0) ?? { text: `mean(${site.value()!.text})`, shape: [] }
}

export const products: Readonly<Record<string, Maker>> = {
  affine: (site) => {
    const x = site.value(1 + site.choose(2)) ?? site.value(1) ?? site.value(2) ?? scalar(site)
    if (x.shape.length === 0) return { text: `${site.parameter([]).text} * ${x.text}`, shape: [] }
    const [inner, ...columns] = x.shape
    const units = 1 + site.choose(6)
    const product = `${site.parameter([units, inner!]).text} * ${x.text}`
    const shape = [units, ...columns]
    return { text: site.rarely(3) ? product : `${site.parameter(shape).text} + ${product}`, shape }
  },
  product: (site) => {
    const a = site.value(2)
    const b = a && site.like([a.shape[1]!, ...(site.rarely(2) ? [1 + site.choose(3)] : [])])
    return a && b && { text: `0.5 * (${a.text} * tanh(${b.text}))`, shape: [a.shape[0]!, ...b.shape.slice(1)] }
  },
  transpose: (site) => {
    const x = site.value(2)
    return x && { text: `transpose(${x.text})`, shape: [x.shape[1]!, x.shape[0]!] }
  },
  dot: (site) => {
    const x = site.value(1)
    return x && { text: `dot(${x.text}, tanh(${site.like(x.shape).text}))`, shape: [] }
  },
  outer: (site) => {
    const x = site.value(1)
    const y = x && (site.rarely(2) ? site.value(1)! : site.parameter([1 + site.choose(4)]))
    return x && y && { text: `outer(${x.text}, tanh(${y.text}))`, shape: [x.shape[0]!, y.shape[0]!] }
  },
  /** Of a matrix, made square by a product. */
  diagonal: (site) => {
    const x = site.value(2)
    if (!x) return undefined
    const square = x.shape[0] === x.shape[1] ? x.text : `tanh(${x.text}) * transpose(${x.text})`
    return site.rarely(2)
      ? { text: `0.25 * trace(${square})`, shape: [] }
      : { text: `diagonal(${square})`, shape: [x.shape[0]!] }
  },
}

/** Parts of vectors, and vectors of parts. */
const parts: Readonly<Record<string, Maker>> = {
  concat: (site) => {
    const values = [site.value(site.choose(2)), site.value(1), site.value(0)].filter((value) => value !== undefined)
    const [first = site.parameter([])] = values
    const texts = [...values.map(({ text }) => text), ...(site.rarely(3) ? ['0.5'] : [])]
    const length = values.reduce((sum, { shape }) => sum + (shape[0] ?? 1), texts.length - values.length)
    return values.length > 0
      ? { text: `concat(${texts.join(', ')})`, shape: [length] }
      : { text: `concat(${first.text})`, shape: [1] }
  },
  slice: (site) => {
    const x = site.value(1)
    if (!x) return undefined
    const from = site.choose(x.shape[0]!)
    const to = from + 1 + site.choose(x.shape[0]! - from)
    return { text: `slice(${x.text}, ${from}, ${to})`, shape: [to - from] }
  },
  stopGradient: join((x, y) => `${x} + 0.5 * stopGradient(${y})`),
}

/** Of any shape by any, as small as a bounded function makes it. */
export function slopeOf(u: Written, by: Written, site: Site): Written {
  if (u.shape.length === 0 || by.shape.length === 0)
    return { text: `tanh(derivative(${u.text}, ${by.text}))`, shape: u.shape.length > 0 ? u.shape : by.shape }
  const isSmall = u.shape.length + by.shape.length <= 3 && sizeOf(u.shape) * sizeOf(by.shape) <= 12
  return isSmall && !site.rarely(3)
    ? { text: `tanh(jacobian(${u.text}, ${by.text}))`, shape: [...u.shape, ...by.shape] }
    : { text: `tanh(derivative(sum(${u.text}), ${by.text}))`, shape: by.shape }
}

/** Of what stays small, by an input that has a part in it: of any order, where a step takes the one before. */
const derivatives: Readonly<Record<string, Maker>> = {
  derivative: (site) => {
    const x = site.input()
    const u = x && site.value(x.shape.length === 0 ? undefined : 0, x)
    return (
      u && {
        text: `tanh(derivative(sin(${u.text} + sum(${x.text})), ${x.text}))`,
        shape: u.shape.length > 0 ? u.shape : x.shape,
      }
    )
  },
  slope: (site) => {
    const x = site.input(0)
    const u = x && site.value(0, x)
    return u && { text: `0.5 * derivative(${u.text} + tanh(${x.text}), ${x.text})`, shape: [] }
  },
  /** By a name that it is made of. */
  slopeByName: (site) => {
    const u = site.value()
    const names = u ? site.variables(u.text) : []
    return u && names.length > 0 ? slopeOf(u, site.pick(names), site) : undefined
  },
  jacobian: (site) => {
    const x = site.input(1) ?? site.input(0)
    const u = x && site.value(1, x)
    return (
      x && u && { text: `jacobian(tanh(${u.text} + 0.1 * sum(${x.text})), ${x.text})`, shape: [...u.shape, ...x.shape] }
    )
  },
}

export const makers: Readonly<Record<string, Maker>> = {
  ...products,
  ...parts,
  ...derivatives,
  add: join((x, y) => `${x} + ${y}`),
  subtract: join((x, y) => `${x} - ${y}`),
  dotMultiply: join((x, y) => `${x} .* tanh(${y})`),
  divide: join((x, y) => `${x} / (1 + abs(${y}))`),
  negate: map((x) => `-${x}`),
  power: map((x, { pick }) => `tanh(${x})^${pick([2, 3, 1, 0])}`),
  root: map((x, { pick }) => `(abs(${x}) + 0.5)^${pick([0.5, 1.5, -1])}`),
  powerOfVariable: join((x, y) => `(abs(tanh(${x})) + 0.5)^tanh(${y})`),
  exponential: map((x, { pick }) => `${pick(['2', 'e', 'pi'])}^(-abs(${x}))`),
  choose: join((x, y, { pick }) => `${x} ${pick(['<', '<=', '>', '>=', '==', '!='])} ${y} ? 0.5 * ${y} : ${x}`),
  indicator: join((x, y, { pick }) => `${x} .* (${y} ${pick(['>', '<='])} 0.3)`),
  minimum: join((x, y) => `min(${x}, ${y}, 0.7)`),
  maximum: join((x, y) => `max(${x}, ${y})`),
  number: ({ pick }) => ({ text: pick(['0.5', 'pi / 4', 'e - 2', '-1']), shape: [] }),
  sum: reduce((x) => `0.25 * sum(${x})`),
  mean: reduce((x) => `mean(${x})`),
  max: reduce((x) => `max(${x})`),
  norm: reduce((x) => `norm(${x})`),
  logSumExp: along((x) => `logSumExp(${x})`, false),
  ...Object.fromEntries(unaryFunctions.map((word) => [word, unary(word)])),
  ...Object.fromEntries(Object.entries<Activation>(activations).map(([word, row]) => [word, activation(word, row)])),
}
