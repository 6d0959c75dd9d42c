import fc from 'fast-check'
import type { LayerSpec } from '../../src/spec/layers/index.ts'
import type { NetworkSpec } from '../../src/spec/schema.ts'

/*
 * Random specs over every word of the language: shapes of one and two axes, axes of length 1, layers within layers, and batches that
 * no tile divides.
 */

const width = fc.integer({ min: 1, max: 9 })
const initializer = fc.constantFrom(
  'heNormal',
  'glorotUniform',
  'orthogonal',
  'identity',
  'truncatedNormal',
  { normal: 0.5 },
  {
    lecunUniform: 'fanAverage',
  } as const,
)

const linear = fc.record({
  linear: fc.record({ units: width, bias: fc.boolean(), init: initializer }, { requiredKeys: ['units'] }),
}) as fc.Arbitrary<LayerSpec>

const activation: fc.Arbitrary<LayerSpec> = fc.constantFrom<LayerSpec>(
  ...([
    'relu',
    'silu',
    'tanh',
    'sigmoid',
    'gelu',
    'geluTanh',
    'sin',
    'cos',
    'identity',
    'softmax',
    'logSoftmax',
    'selu',
    'softsign',
  ] as const),
  ...(['mish', 'hardSwish', 'hardSigmoid', 'relu6', 'tanhShrink', 'logSigmoid'] as const),
  { leakyRelu: 0.2 },
  { elu: 0.7 },
  { celu: 1.3 },
  { softplus: 2 },
  { prelu: 0.3 },
  { expression: 'x > 0.1 ? x^3 - x : sqrt(abs(x) + 1) * erf(x)' },
  { expression: 'max(x, -x / 2, 0.3) + min(1, exp(-x^2)) + log(1 + x^2) * sign(x) - tan(x / 9) / (pi + e)' },
)

const others: fc.Arbitrary<LayerSpec> = fc.constantFrom<LayerSpec>(
  ...(['layerNorm', 'rmsNorm', 'scale', 'shift'] as const),
  { layerNorm: 0.1 },
  { rmsNorm: 0.1 },
  { groupNorm: 1 },
  'dropout',
  { dropout: 0.2 },
)

const permutations = fc.constantFrom([0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0])

/** Layers that need a sample of [groups · channels, height, width], and views of it. */
const image = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }))
  .chain(([groups, [channels, height, width]]) => {
    const shape = [groups * channels!, height!, width!]
    const one = fc.oneof(
      fc.constantFrom<LayerSpec>(
        { groupNorm: groups },
        { scale: shape.with(1, 1) },
        { shift: shape.with(2, 1) },
        'tanh',
      ),
    )
    const last = fc.oneof(
      fc.constant<LayerSpec>('globalAveragePool'),
      permutations.map((axes): LayerSpec => ({ permute: axes })),
    )
    return fc.tuple(fc.array(one, { maxLength: 3 }), last).map(([layers, view]) => within(shape, [...layers, view]))
  })

/** Batch normalisation of [channels, positions]: of more than one position, so that a single sample has a variance. */
const normalised = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 }), fc.constantFrom(0.1, 1))
  .map(([channels, positions, momentum]) =>
    within([channels, positions], [{ batchNorm: { momentum, epsilon: 0.1 } }, 'tanh', 'batchNorm']),
  )

/** Attention, which needs a sample of [time, heads · features]. */
const sequence = fc
  .record({
    time: fc.integer({ min: 1, max: 5 }),
    heads: fc.integer({ min: 1, max: 3 }),
    features: fc.integer({ min: 1, max: 4 }),
    causal: fc.boolean(),
  })
  .map(({ time, heads, features, causal }) =>
    within([time, heads * features], [{ attention: { heads, causal } }, 'layerNorm']),
  )

/** Layers on samples of a certain shape, wherever a layer may stand. */
function within(shape: readonly number[], layers: readonly LayerSpec[]): LayerSpec {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return { concat: [['flatten', { linear: size }, { reshape: shape }, ...layers, 'flatten']] }
}

const layer: fc.Memo<LayerSpec> = fc.memo((depth) =>
  depth <= 1
    ? fc.oneof(
        { weight: 2, arbitrary: linear },
        { weight: 3, arbitrary: activation },
        fc.constant<LayerSpec>('flatten'),
        others,
        image,
        normalised,
        sequence,
      )
    : fc.oneof(
        { weight: 4, arbitrary: layer(1) },
        { weight: 1, arbitrary: residual(depth) },
        { weight: 1, arbitrary: concat(depth) },
      ),
)

/** A shortcut that gives the branch's own shape: both end in a linear layer of one width. */
const residual: fc.Memo<LayerSpec> = fc.memo((depth) =>
  fc
    .tuple(fc.array(layer(depth - 1), { maxLength: 3 }), width, fc.array(activation, { maxLength: 1 }))
    .map(([inner, units, shortcut]) => ({
      residual: {
        layers: ['flatten', ...inner, 'flatten', { linear: units }],
        shortcut: ['flatten', ...shortcut, { linear: units }],
      },
    })),
)

const concat: fc.Memo<LayerSpec> = fc.memo((depth) =>
  fc.array(fc.array(layer(depth - 1), { maxLength: 2 }), { minLength: 1, maxLength: 3 }).map((branches) => ({
    concat: branches.map((branch): LayerSpec[] => ['flatten', ...branch, 'flatten']),
  })),
)

const loss = fc.constantFrom<NetworkSpec['loss']>(
  ...(['mse', 'mae', 'logCosh', 'binaryCrossEntropy', 'poisson', 'crossEntropy'] as const),
  { huber: 0.3 },
  { crossEntropy: { labelSmoothing: 0.2 } },
  { crossEntropy: { targets: 'probabilities' } },
  { expression: 'log(1 + (p - y)^2) + 0.1 * abs(p)' },
)

/** At times frozen, with what is within it. */
const outermost = fc
  .tuple(layer(3), fc.boolean(), fc.boolean())
  .map(([one, ...chances]): LayerSpec =>
    typeof one === 'object' && chances.every(Boolean) ? { ...one, frozen: true } : one,
  )

export const specs = fc
  .record({
    input: fc.oneof(width, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 2 })),
    layers: fc.array(outermost, { minLength: 1, maxLength: 8 }),
    last: width,
    loss,
    batch: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ input, layers, last, loss, batch }) => ({
    name: 'random',
    input,
    layers: [...layers, { linear: last }],
    loss,
    train: { batch, optimizer: { sgd: 0.1 } },
    emit: { precision: 'f64' },
  })) as fc.Arbitrary<NetworkSpec>
