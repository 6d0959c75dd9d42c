import fc from 'fast-check'
import { activations, type Activation } from '../../../src/language/words/activations.ts'
import type { Layer as LayerSpec } from '../../../src/language/networks/spec.ts'
import { choicesFrom, decisions, seldom, steps, type Choices } from './choices.ts'
import { after, asItIs, divisorsOf, keeping, layer, mostElements, reshapedTo, sizeOf } from './pieces.ts'
import { withAxes, withVectors, type Flow, type Maker, type Piece, type Shape } from './pieces.ts'
import { convolution, pooling, transposedConvolution } from './windows.ts'

/*
 * A random network of layers is drawn as a recipe: words with decisions. Any recipe is a network, as layers that don't fit are left
 * out; so a failure shrinks by leaving out words.
 */

const initializers = [
  ...['heNormal', 'glorotUniform', 'orthogonal', 'identity', 'truncatedNormal'],
  { normal: 0.5 },
  { lecunUniform: 'fanAverage' },
]

const formulas = [
  'x / (1 + exp(-x))',
  { formula: 'x * sigmoid(b * x)', parameters: { b: 1 } },
  { formula: 'α * tanh(x) - β2 / (1 + x^2) + α', parameters: { α: 0.5, β2: -1 } },
  'x > 0.1 ? tanh(x)^3 - x : sqrt(abs(x) + 1) * erf(x)',
  'max(x, -x / 2, 0.3) + min(1, exp(-x^2)) + log(1 + x^2) * sign(x) - tan(tanh(x)) / (pi + e)',
  'x * exp(x) / (2 + exp(2 * x)) + log(exp(x) + exp(x / 2)) - log(sigmoid(x)) + sqrt(x^2)',
  { formula: 'leakyRelu(x, 0.2) * (x < a) + 2^tanh(x) * cos(a * x)', parameters: { a: 0.25 } },
]

const recurrent =
  (word: string): Maker =>
  (flow, choices) => {
    const piece = withAxes(2, flow, choices)
    const units = 1 + choices.choose(4)
    return choices.rarely(2)
      ? after(piece, layer(word, { units, sequences: true }), [piece.sample[0]!, units])
      : after(piece, layer(word, units), [units])
  }

/** Of the shape of the last axes, or with 1 in place of some. */
const repeated = (word: string) =>
  keeping(asItIs, ({ choose, rarely }, sample) => {
    const shape = sample.slice(choose(sample.length + 1)).map((extent) => (rarely(3) ? 1 : extent))
    return layer(word, shape.length > 0 ? shape : undefined)
  })

const norm = (word: string) => keeping(withVectors, ({ pick }) => layer(word, pick([0.1, undefined])))

export const simple: Readonly<Record<string, Maker>> = {
  linear: (flow, choices) => {
    const { choose, pick, rarely } = choices
    const piece = withVectors(flow, choices)
    const units = rarely(6) ? 8 + choose(8) : 1 + choose(7)
    const settings = {
      ...(rarely(4) ? { bias: false } : {}),
      ...(rarely(4) ? { init: pick(initializers) } : {}),
    }
    const isShort = Object.keys(settings).length === 0
    return after(piece, layer('linear', isShort ? units : { units, ...settings }), [
      ...piece.sample.slice(0, -1),
      units,
    ])
  },
  flatten: (flow) => ({ ...flow, layers: ['flatten'], sample: [sizeOf(flow.sample)] }),
  reshape: (flow, choices) => {
    const size = sizeOf(flow.sample)
    if (size === 1 && choices.rarely(2)) return { ...flow, layers: [{ reshape: 'scalar' }], sample: [] }
    const first = choices.pick(divisorsOf(size))
    const second = choices.pick(divisorsOf(size / first))
    const sample = choices.pick<Shape>([[size], [first, size / first], [first, second, size / first / second]])
    return { ...flow, layers: [{ reshape: sample.length === 1 ? size : sample }], sample }
  },
  permute: (flow, { choose }) => {
    const rest = flow.sample.map((_, axis) => axis)
    const axes = flow.sample.map(() => rest.splice(choose(rest.length), 1)[0]!)
    return { ...flow, layers: [{ permute: axes }], sample: axes.map((axis) => flow.sample[axis]!) }
  },
  attention: keeping(
    (flow, choices) => withAxes(2, flow, choices),
    ({ pick, rarely }, sample) => {
      const heads = pick(divisorsOf(sample[1]!))
      return { attention: rarely(2) ? { heads, causal: true } : heads }
    },
  ),
  layerNorm: norm('layerNorm'),
  rmsNorm: norm('rmsNorm'),
  groupNorm: keeping(withVectors, ({ pick, rarely }, sample) => {
    const groups = pick(divisorsOf(sample[0]!))
    return { groupNorm: rarely(2) ? groups : { groups, epsilon: 0.1 } }
  }),
  actNorm: keeping(withVectors, () => layer('actNorm', undefined)),
  batchNorm: keeping(withVectors, ({ pick }) =>
    layer('batchNorm', pick([{ epsilon: 0.1 }, undefined, 0.3, { momentum: 1, epsilon: 0.1 }])),
  ),
  dropout: keeping(asItIs, ({ pick }) => layer('dropout', pick([undefined, 0.2, 0]))),
  scale: repeated('scale'),
  shift: repeated('shift'),
  prelu: keeping(asItIs, ({ pick }) => layer('prelu', pick([undefined, 0.3]))),
  globalAveragePool: (flow, choices) => {
    const piece = withAxes(2 + choices.choose(2), flow, choices)
    return after(piece, 'globalAveragePool', [piece.sample[0]!])
  },
  conv1d: convolution(1),
  conv2d: convolution(2),
  convTranspose2d: transposedConvolution,
  maxPool1d: pooling('maxPool1d', 1),
  maxPool2d: pooling('maxPool2d', 2),
  averagePool1d: pooling('averagePool1d', 1),
  averagePool2d: pooling('averagePool2d', 2),
  embedding: ({ sample, index }, { choose }) => {
    const units = 1 + choose(4)
    return index === undefined ? undefined : { layers: [{ embedding: units }], sample: [...sample, units] }
  },
  rnn: recurrent('rnn'),
  lstm: recurrent('lstm'),
  gru: recurrent('gru'),
  expression: keeping(asItIs, ({ pick }) => layer('expression', pick(formulas))),
}

function activation(word: string, { first, pointwise }: Activation): Maker {
  const make = ({ pick }: Choices) => layer(word, first === undefined ? undefined : pick([undefined, 0.2, 0.7, 1.3]))
  return keeping(pointwise ? asItIs : withVectors, make)
}

const makers: Readonly<Record<string, Maker>> = {
  ...simple,
  ...Object.fromEntries(Object.entries<Activation>(activations).map(([word, row]) => [word, activation(word, row)])),
  // Of something bounded, or two of them overflow.
  exp: (flow) => ({ layers: ['tanh', 'exp'], sample: flow.sample }),
}

export interface Recipe {
  readonly word: string
  readonly decisions: readonly number[]
  /** Of `residual` and `concat`. */
  readonly branches?: readonly (readonly Recipe[])[]
}

const simpleRecipe: fc.Arbitrary<Recipe> = fc.record({
  word: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...Object.keys(simple)) },
    { weight: 2, arbitrary: fc.constantFrom(...Object.keys(makers)) },
  ),
  decisions,
})

export const recipe: fc.Memo<Recipe> = fc.memo((depth) => {
  if (depth <= 1) return simpleRecipe
  const branches = fc.array(fc.array(recipe(depth - 1), { maxLength: 3 }), { minLength: 1, maxLength: 3 })
  const nested = fc.record({ word: fc.constantFrom('residual', 'concat'), decisions, branches })
  return fc.oneof({ weight: 9, arbitrary: simpleRecipe }, { weight: 2, arbitrary: nested })
})

/** The first branch beside a shortcut of the second, which is brought to its shape if it has another. */
function residual(branches: readonly Piece[], { rarely }: Choices): Piece {
  const [inner, shortcut] = branches as [Piece, Piece]
  const fits = String(inner.sample) === String(shortcut.sample) && inner.sample.length === shortcut.sample.length
  const beside = fits ? shortcut.layers : [...shortcut.layers, ...reshapedTo(inner.sample)]
  const short = beside.length === 0 && !rarely(2)
  return {
    layers: [{ residual: short ? inner.layers : { layers: inner.layers, shortcut: beside } }],
    sample: inner.sample,
  }
}

/** Branches along an axis in which alone they differ, or as vectors. */
function concat(branches: readonly Piece[], { choose, rarely }: Choices): Piece {
  const [first] = branches.map(({ sample }) => sample) as [Shape]
  const axis = choose(Math.max(first.length, 1))
  const others = (sample: Shape) => String(sample.with(axis, 1))
  const fits =
    first.length > 0 &&
    branches.every(({ sample }) => sample.length === first.length && others(sample) === others(first))
  const parts = fits ? branches : branches.map((piece) => after(piece, 'flatten', [sizeOf(piece.sample)]))
  const along = fits ? axis : 0
  const lists = parts.map(({ layers }) => layers)
  const sample = parts[0]!.sample.with(
    along,
    parts.reduce((sum, part) => sum + part.sample[along]!, 0),
  )
  return { layers: [{ concat: along === 0 && !rarely(2) ? lists : { branches: lists, axis: along } }], sample }
}

/** The layers of recipes, from what arrives. */
export function follow(recipes: readonly Recipe[], start: Flow): Piece {
  let piece: Piece = asItIs(start)
  for (const recipe of recipes) {
    const choices = choicesFrom(recipe.decisions)
    const made = make(recipe, piece, choices)
    if (!made || sizeOf(made.sample) > mostElements) continue
    const layers = choices.rarely(12) ? frozen(made.layers) : made.layers
    piece = { ...made, layers: [...piece.layers, ...layers] }
  }
  return piece
}

function make({ word, branches }: Recipe, flow: Flow, choices: Choices): Piece | undefined {
  if (!branches) return makers[word]!(flow, choices)
  const pieces = branches.map((recipes) => follow(recipes, flow))
  return word === 'residual' ? residual([...pieces, asItIs(flow)], choices) : concat(pieces, choices)
}

/** The last of them without training what it and the layers within it have. */
function frozen(layers: readonly LayerSpec[]): LayerSpec[] {
  const last = layers.at(-1)!
  return typeof last === 'object' ? [...layers.slice(0, -1), { ...last, frozen: true }] : [...layers]
}

/** Stands for the loss with a weight for each class, of which the layers tell how many there are. */
const weightedCrossEntropy = 'weightedCrossEntropy'

const losses = fc.constantFrom(
  ...['mse', 'mae', 'logCosh', 'binaryCrossEntropy', 'poisson', 'huber', 'crossEntropy'],
  { huber: 0.3 },
  { crossEntropy: { labelSmoothing: 0.2 } },
  { crossEntropy: { ignoreIndex: 0 } },
  weightedCrossEntropy,
  { crossEntropy: { targets: 'probabilities', labelSmoothing: 0.1 } },
  { expression: 'log(1 + (p - y)^2) + 0.1 * abs(p)' },
  { expression: 'log(1 + exp(p)) - y * log(exp(p) / (exp(p) + exp(y)))' },
)

const weightsOf = (sample: Shape) => Array.from({ length: sample.at(-1) ?? 1 }, (_, k) => [1, 0.25, 2][k % 3]!)

const extent = fc.integer({ min: 1, max: 5 })
const input = fc
  .oneof(
    { weight: 4, arbitrary: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 1 }) },
    { weight: 8, arbitrary: fc.array(extent, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant([]) },
  )
  .filter((shape) => sizeOf(shape) <= mostElements)

/** What a spec says of layers; at times of whole numbers as input, mostly rows of a table then. */
export const layerNetworks = fc
  .record({
    input,
    index: seldom(6, fc.integer({ min: 1, max: 6 })),
    recipes: steps(recipe(3)),
    embedding: decisions,
    last: decisions,
    loss: losses,
    isWeighted: seldom(5, fc.constant(true)),
    init: fc.constantFrom(undefined, 'glorotNormal', 'fixup', 'lsuv'),
  })
  .map(({ input, index, recipes, embedding, last, loss, isWeighted, init }) => {
    const flow = { sample: input, index }
    const first = { word: 'embedding', decisions: embedding }
    const piece = follow(index === undefined ? recipes : [first, ...recipes], flow)
    const end = simple.linear!(piece, choicesFrom(last))!
    const shape = input.length > 0 ? input : ('scalar' as const)
    return {
      ...(init === undefined ? {} : { init }),
      input: index === undefined ? shape : { shape, index },
      layers: [...piece.layers, ...end.layers],
      loss:
        loss === weightedCrossEntropy ? { crossEntropy: { weights: weightsOf(end.sample), ignoreIndex: -1 } } : loss,
      ...(isWeighted ? { weight: true } : {}),
      ...(isWeighted && JSON.stringify(loss).includes('ntropy') ? { metrics: ['accuracy'] } : {}),
    }
  })
