import fc from 'fast-check'
import { choicesFrom, decisions, seldom, steps, type Choices } from './choices.ts'
import { Draft, type Maker, type Site, type Value, type Written } from './draft.ts'
import { makers, products } from './equationMakers.ts'
import { recipe, type Recipe } from './layers.ts'
import { networkMakers, noiseMakers } from './networkMakers.ts'
import { mostElements, sizeOf, type Shape } from './pieces.ts'

/*
 * Random equations, from a recipe: each step makes a value of earlier ones, as an equation of its own or within the next ones.
 */

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
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant([]) },
)

const declared = (shape: Shape) => (shape.length === 0 ? 'scalar' : shape.length === 1 ? shape[0]! : shape)

const allMakers: Readonly<Record<string, Maker>> = { ...makers, ...noiseMakers, ...networkMakers }

interface Step {
  readonly word: string
  readonly decisions: readonly number[]
  /** Of a network, where the step makes one. */
  readonly layers?: readonly Recipe[]
}

const wordOf = (rows: Readonly<Record<string, Maker>>) => fc.constantFrom(...Object.keys(rows))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ word: wordOf(makers), decisions }) },
  { weight: 2, arbitrary: fc.record({ word: wordOf(noiseMakers), decisions }) },
  {
    weight: 2,
    arbitrary: fc.record({ word: wordOf(networkMakers), decisions, layers: fc.array(recipe(2), { maxLength: 4 }) }),
  },
)

/** What a spec says of equations. */
export const equationNetworks = fc
  .record({
    inputs: fc.array(fc.record({ shape, index: seldom(6, fc.integer({ min: 1, max: 5 })) }), {
      minLength: 1,
      maxLength: 3,
    }),
    recipes: steps(step),
    targets: fc.array(decisions, { minLength: 1, maxLength: 3 }),
    further: fc.array(decisions, { maxLength: 2 }),
    divisor: seldom(4, decisions),
    rivalry: seldom(6, decisions),
    isTargeted: fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  })
  .map(({ inputs, recipes, targets, further, divisor, rivalry, isTargeted }) => {
    const draft = new Draft(inputs.map(({ shape, index }, k) => ({ text: `x${k}`, shape, index })))
    for (const { word, decisions, layers } of recipes) {
      const site = draft.site(decisions, layers)
      const value = allMakers[word]!(site)
      if (value && sizeOf(value.shape) <= mostElements) draft.values.push(place(value, draft, site, word === 'number'))
    }
    const output = draft.define(products.affine!(draft.site(targets[0]!))!)
    draft.values.push(output)

    const declaredTargets = (isTargeted ? targets : []).map((decisions, k) => {
      const site = draft.site(decisions)
      const p = k === 0 ? output : site.value()!
      const { write, target } = site.pick(losses.filter(({ target }) => target(p.shape)))
      return { term: write(p.text, `y${k}`), shape: target(p.shape)! }
    })
    const others = further.map((decisions) => draft.define(draft.site(decisions).value()!).text)
    // Away from 0, as what the loss is divided by.
    const normalizer = divisor && `0.5 + mean(${draft.site(divisor).value()!.text})^2`
    const terms = isTargeted ? declaredTargets.map(({ term }) => term) : [`mean(${output.text}^2)`]
    const rival = rivalry && `mean(${draft.site(rivalry).value()!.text}^2)`
    const { equations, parameters, networks } = draft
    const names = [...parameters.map(({ text }) => text), ...networks.map(({ name }) => name)]
    const divided = normalizer ? { normalizer: 'n' } : {}
    const record = (entries: readonly (readonly [string, unknown])[]) => Object.fromEntries(entries)
    return {
      inputs: record(
        inputs.map(({ shape, index }, k) => [`x${k}`, index === undefined ? declared(shape) : { shape, index }]),
      ),
      targets: record(declaredTargets.map(({ shape }, k) => [`y${k}`, declared(shape)])),
      ...(networks.length > 0 ? { networks: record(networks.map(({ name, spec }) => [name, spec])) } : {}),
      parameters: record(parameters.map(({ text, shape }) => [text, declared(shape)])),
      equations: [
        ...equations,
        ...(normalizer ? [`n = ${normalizer}`] : []),
        `ℓ = ${terms.join(' + 0.5 * ')}`,
        ...(rival ? [`rival = ${rival}`] : []),
      ],
      output: others.length > 0 ? [output.text, ...others] : output.text,
      ...(rival
        ? {
            objectives: objectivesOf(
              parameters.map(({ text }) => text),
              names,
              divided,
              choicesFrom(rivalry),
            ),
          }
        : { loss: 'ℓ', ...divided }),
      ...(normalizer ? { metrics: { divisor: 'n' } } : {}),
    }
  })

/** Two losses that train some of what there is each: it may be the same, and lie apart. */
function objectivesOf(
  free: readonly string[],
  names: readonly string[],
  divided: object,
  { choose, rarely, pick }: Choices,
) {
  // A network may be frozen.
  const some = (first: string) => names.filter((name) => name === first || choose(2) === 0)
  return {
    first: { loss: 'ℓ', ...divided, trains: some(pick(free)) },
    second: {
      loss: 'rival',
      trains: some(pick(free)),
      ...(rarely(2) ? { optimizer: { adam: { learningRate: 0.05, weightDecay: 0.1 } } } : {}),
      ...(rarely(2) ? { clip: { norm: 0.1 } } : {}),
    },
  }
}

/** In parentheses, the text within the next steps': now and then, and while it is short. */
function place(value: Written, draft: Draft, { rarely }: Site, isNumber: boolean): Value {
  return rarely(3) && !isNumber && value.text.length < 60 ? { ...value, text: `(${value.text})` } : draft.define(value)
}
