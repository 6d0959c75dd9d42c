import fc from 'fast-check'
import { activations, type Activation } from '../../../src/language/words/activations.ts'
import { unaryFunctions } from '../../../src/language/formulas/expression.ts'
import { choicesFrom, decisions, steps, type Choices } from './choices.ts'
import { mostElements, sizeOf, type Shape } from './pieces.ts'

/*
 * Random equations, from a recipe: each step makes a value of earlier ones, as an equation of its own or within the next ones.
 */

/** A name, or an expression in parentheses. */
interface Value {
  readonly text: string
  readonly shape: Shape
}

/** Where a step takes its operands from. */
interface Site extends Choices {
  /** Mostly one of the latest values, of so many axes if that is said; undefined if there is none. */
  value(rank?: number): Value | undefined
  /** What numbers can be varied of, if there is any: an input of so many axes. */
  input(rank?: number): Value | undefined
  /** A value of this shape, or a parameter. */
  like(shape: Shape): Value
  /** A new one, or at times one that is used already. */
  parameter(shape: Shape): Value
}

/** An equation's right side; undefined where there is nothing to make it of. Values stay of order 1, away from poles. */
type Maker = (site: Site) => Value | undefined

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

const products: Readonly<Record<string, Maker>> = {
  affine: (site) => {
    const x = site.value(1 + site.choose(2)) ?? site.value()!
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

/** Of what stays small, by an input that has a part in it: of any order, where a step takes the one before. */
const derivatives: Readonly<Record<string, Maker>> = {
  derivative: (site) => {
    const x = site.input()
    const u = x && site.value(x.shape.length === 0 ? undefined : 0)
    return (
      u && {
        text: `tanh(derivative(sin(${u.text} + sum(${x.text})), ${x.text}))`,
        shape: u.shape.length > 0 ? u.shape : x.shape,
      }
    )
  },
  slope: (site) => {
    const x = site.input(0)
    const u = x && site.value(0)
    return u && { text: `0.5 * derivative(${u.text} + tanh(${x.text}), ${x.text})`, shape: [] }
  },
  jacobian: (site) => {
    const x = site.input(1) ?? site.input(0)
    const u = site.value(1)
    return (
      x && u && { text: `jacobian(tanh(${u.text} + 0.1 * sum(${x.text})), ${x.text})`, shape: [...u.shape, ...x.shape] }
    )
  },
}

const makers: Readonly<Record<string, Maker>> = {
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

/** Of a prediction p and a target that is yet to be declared. */
const losses: readonly {
  readonly write: (p: string, y: string) => string
  /** The shape of the target; undefined where the loss isn't defined. */
  readonly target: (shape: Shape) => Shape | undefined
}[] = [
  ...['mse', 'mae', 'logCosh', 'binaryCrossEntropy', 'huber'].map((word) => ({
    write: (p: string, y: string) => `${word}(${p}, ${y})`,
    target: (shape: Shape) => shape,
  })),
  { write: (p, y) => `mean((${p} - ${y})^2)`, target: (shape) => shape },
  { write: (p, y) => `huber(${p}, ${y}, 0.3)`, target: (shape) => shape },
  { write: (p, y) => `poisson(tanh(${p}), ${y})`, target: (shape) => shape },
  {
    write: (p, y) => `crossEntropy(${p}, ${y})`,
    target: (shape) => (shape.length > 0 ? shape.slice(0, -1) : undefined),
  },
  { write: (p, y) => `crossEntropy(${p}, ${y}, 0.2)`, target: (shape) => (shape.length > 0 ? shape : undefined) },
]

const shape = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 1 }) },
  { weight: 2, arbitrary: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constant([]) },
)

const declared = (shape: Shape) => (shape.length === 0 ? 'scalar' : shape.length === 1 ? shape[0]! : shape)

/** What a spec says of equations. */
export const equationNetworks = fc
  .record({
    inputs: fc.array(fc.record({ shape, index: fc.option(fc.integer({ min: 1, max: 5 }), { freq: 6 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    recipes: steps(fc.record({ word: fc.constantFrom(...Object.keys(makers)), decisions })),
    targets: fc.array(decisions, { minLength: 1, maxLength: 3 }),
    isTargeted: fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  })
  .map(({ inputs, recipes, targets, isTargeted }) => {
    const values: Value[] = inputs.map(({ shape }, k) => ({ text: `x${k}`, shape }))
    const varied = values.filter((_, k) => inputs[k]!.index === null)
    const parameters: Value[] = []
    const equations: string[] = []
    const define = (value: Value): Value => {
      const name = `h${equations.length}`
      equations.push(`${name} = ${value.text}`)
      return { text: name, shape: value.shape }
    }
    /** In parentheses, the text within the next steps': now and then, and while it is short. */
    const place = (value: Value, { rarely }: Choices, isNumber: boolean): Value =>
      rarely(3) && !isNumber && value.text.length < 60 ? { ...value, text: `(${value.text})` } : define(value)

    for (const { word, decisions } of recipes) {
      const site = siteOf(choicesFrom(decisions), values, varied, parameters)
      const value = makers[word]!(site)
      if (value && sizeOf(value.shape) <= mostElements) values.push(place(value, site, word === 'number'))
    }
    const end = siteOf(choicesFrom(targets[0]!), values, varied, parameters)
    const output = define(products.affine!(end)!)
    values.push(output)

    const declaredTargets = (isTargeted ? targets : []).map((decisions, k) => {
      const site = siteOf(choicesFrom(decisions), values, varied, parameters)
      const p = k === 0 ? output : site.value()!
      const { write, target } = site.pick(losses.filter(({ target }) => target(p.shape)))
      return { term: write(p.text, `y${k}`), shape: target(p.shape)! }
    })
    const terms = isTargeted ? declaredTargets.map(({ term }) => term) : [`mean(${output.text}^2)`]
    equations.push(`ℓ = ${terms.join(' + 0.5 * ')}`)
    const record = (entries: readonly (readonly [string, unknown])[]) => Object.fromEntries(entries)
    return {
      inputs: record(
        inputs.map(({ shape, index }, k) => [`x${k}`, index === null ? declared(shape) : { shape, index }]),
      ),
      targets: record(declaredTargets.map(({ shape }, k) => [`y${k}`, declared(shape)])),
      parameters: record(parameters.map(({ text, shape }) => [text, declared(shape)])),
      equations,
      output: output.text,
      loss: 'ℓ',
    }
  })

function siteOf(choices: Choices, values: readonly Value[], varied: readonly Value[], parameters: Value[]): Site {
  const { choose, rarely, pick } = choices
  const equals = (a: Shape, b: Shape) => a.length === b.length && a.every((extent, axis) => extent === b[axis])
  /** Mostly the latest, so that the network is deep. */
  const latest = (list: readonly Value[]) => list.at(-1 - choose(rarely(3) ? list.length : 1))
  const parameter = (shape: Shape): Value => {
    const known = parameters.filter((value) => equals(value.shape, shape))
    if (known.length > 0 && !rarely(2)) return pick(known)
    const created = { text: `${['s', 'β', 'Ω', 'T'][shape.length]!}${parameters.length}`, shape }
    parameters.push(created)
    return created
  }
  return {
    ...choices,
    parameter,
    value: (rank) => {
      const fitting = rank === undefined ? values : values.filter(({ shape }) => shape.length === rank)
      return fitting.length > 0 ? latest(fitting) : undefined
    },
    input: (rank) => {
      const fitting = varied.filter(({ shape }) => rank === undefined || shape.length === rank)
      return fitting.length > 0 ? pick(fitting) : undefined
    },
    like: (shape) => {
      const fitting = values.filter((value) => equals(value.shape, shape))
      return fitting.length > 0 && !rarely(4) ? pick(fitting) : parameter(shape)
    },
  }
}
