import type { WordKind } from '../../src/language/words/vocabulary.ts'
import { docstrings } from '../docs/docstrings.ts'

/*
 * What keys and words mean, for the editor and for docs/words.md. A word's meaning is the docstring of its row; a key's stands here.
 */

/** By key; by what it belongs to and the key, where it means something else there. */
export const keyMeanings: Readonly<Record<string, string>> = {
  // A spec
  $schema: 'The JSON Schema that an editor checks this file by. It means nothing to the compiler.',
  name: "The network's name, and that of its module. The file's stem unless it is given.",
  description: 'A line on the network, for the head of its module.',
  input: 'What a sample is: scalar, a size, a shape, or { shape, index } for whole numbers below index.',
  layers: 'The layers, in order. Each is a word, or { word: arguments }, beside which as and frozen may stand.',
  loss: 'What training makes small: the mean of this loss over the samples of a batch.',
  init: 'How the weight starts, in place of what the network says for all.',
  'LayerNetwork.init': "How the weights start that don't say it themselves. Biases start at 0.",
  'Parameter.init': 'How it starts, in place of what the network says for all.',
  train: 'How the network is trained. All of it may be left out.',
  emit: 'What is made of the network. All of it may be left out.',
  weight: 'Whether samples have weights, given beside their targets: the loss is then Σ w ℓ / Σ w.',
  metrics: 'What is told of predictions beside the loss: accuracy, r2, or any loss.',
  inputs: 'The inputs by name. Each is scalar, a size, a shape, or { shape, index } for whole numbers below index.',
  targets: 'The targets by name. Each is scalar, a size, a shape, or { shape, index } for whole numbers below index.',
  networks: 'Networks of layers by name, which equations call as functions. All calls of one share its weights.',
  parameters: 'What is trained, by name: scalar, a size, a shape, or { shape, init }.',
  equations: 'For one sample, in order. Each defines a new name from names above it: f = β + Ω * x.',
  output: 'The name of what predict gives, or a list of names: it then gives a record of them.',
  normalizer: "The name of a scalar a sample. The batch's loss is divided by its sum in place of the count of samples.",
  objectives: 'Several losses by name, in place of loss. Each trains the networks and parameters that it names.',
  'EquationNetwork.loss': 'The name of a scalar, the loss of one sample. The batch takes the mean.',
  'EquationNetwork.init':
    "How the parameters start that don't say it themselves: matrices; scalars start normal, vectors at 0.",
  'EquationNetwork.metrics': 'What is told beside the loss: names of scalars a sample, by what reports call them.',
  trains: 'The networks and parameters that this objective trains, by name.',
  shape: 'The sizes along the axes: scalar, one size, or a list of them.',
  index: 'The elements are whole numbers from 0 that are below this.',

  // Training
  batch: 'The most samples that a step takes.',
  epochs: 'How many epochs. Those that are left of train.epochs unless it is given.',
  'Training.epochs': 'How many times training goes through all samples, unless a call says otherwise.',
  'Warmup.epochs': 'How many epochs the rise takes.',
  'MilestonesSchedule.epochs': 'The epochs, counted from 0, at which the learning rate is multiplied once more.',
  optimizer: 'What makes an update of gradients.',
  schedule: 'How the learning rate changes from epoch to epoch.',
  clip: 'How gradients are bounded before they become an update.',
  warmup: 'A straight rise of the learning rate over the epochs before the schedule begins.',
  patience: 'After how many epochs without an improvement training ends, with the parameters of the best epoch.',
  'PlateauSchedule.patience': 'After how many epochs without an improvement the learning rate falls.',
  minimumImprovement: 'What counts as an improvement: by how much more than this the loss must fall.',

  // The module
  target: 'typescript, or wasm for kernels in WebAssembly with vector lanes.',
  precision: 'What numbers are stored in: f32, or f64.',
  inputGradient: 'Whether the trainer shows the gradient by the inputs too.',
  math: "Who computes exp, sin and their like: the engine, or portable functions of the module's own, with the same bits everywhere.",
  hessianProduct: 'Whether the trainer multiplies the Hessian of the loss by directions.',
  memory:
    'What is kept for the backward pass: store all, recompute what is cheap, or { budget: bytes } for all of a trainer.',
  budget: 'How many bytes a trainer may take.',
  only: "model for inference alone: no trainer, no save, and nothing that the spec asks of a trainer. A trainer's file serves it.",
  wasm: "Where a WebAssembly module's binary is: inline, or in a file beside it.",

  // Beside a layer
  as: 'The name of the layer, before those of its parameters. Its word and a count unless it is given.',
  frozen: 'Whether its parameters, and those of layers within it, stay as they start.',

  // Layers
  units: 'How many numbers come out.',
  bias: 'Whether a bias is added.',
  channels: 'How many channels come out.',
  kernel: 'The length of the windows: one number for all axes, or one an axis.',
  stride: 'How far one window is from the next: one number for all axes, or one an axis.',
  padding: 'How many elements are put around each axis, on either side: one number for all axes, or one an axis.',
  dilation: 'How far the elements of a window lie apart: one number for all axes, or one an axis.',
  groups: 'Into how many equal groups the channels are parted.',
  outputPadding: 'How many elements longer each axis comes out: one number for all axes, or one an axis.',
  axes: "The sample's axes, from 0, in their new order.",
  heads: 'Into how many equal parts the features are split, each with an attention of its own.',
  causal: 'Whether a time attends to none after it.',
  epsilon: 'What is added to a divisor, so that it is not 0.',
  momentum: "The last direction's share in the next one; 0 is none.",
  'BatchNormLayer.momentum': "The new batch's share in the running statistics.",
  rate: 'The probability with which an element is dropped.',
  start: 'Times the learning rate, where the line starts.',
  'PreluLayer.start': 'What the trained slope starts as.',
  sequences: 'Whether all states come out, one for each time, in place of the last.',
  formula: 'A formula in x, element by element: numbers, names, + - * / ^, comparisons, c ? a : b, and functions.',
  'ExpressionLoss.formula': 'A formula in the prediction p and the target y, element by element.',
  'ExpressionLayer.parameters': 'Trained scalars of the formula, by name, and what they start as.',
  source: "A function that a file beside the spec exports: './swish.ts#swish'.",
  'ResidualLayer.layers': 'The layers F of F(x) + S(x).',
  shortcut: 'The layers S of F(x) + S(x); the identity if there are none.',
  branches: 'Lists of layers, each on the same input.',
  axis: 'The axis of a sample, from 0, along which the branches are joined.',
  slope: 'The slope below 0.',
  alpha: 'α of the formula.',
  beta: 'β of the formula.',

  // Losses
  delta: 'The distance from the target at which the loss turns from quadratic to linear.',
  labelSmoothing: 'The share of each target that is spread over all classes.',
  'CrossEntropyLoss.targets': 'What targets are: classes, whole numbers from 0, or probabilities of all classes.',
  'CrossEntropyLoss.weights': 'A weight for each class.',
  ignoreIndex: 'Rows with this class number count for nothing.',

  // Optimizers and clipping
  learningRate: 'How far an update goes.',
  nesterov: 'Whether the gradient is taken where the momentum leads.',
  weightDecay:
    'How much parameters shrink towards 0: a number, or { weights: number } for those of two axes or more alone.',
  weights: 'The decay of parameters of two axes or more; others have none.',
  beta1: "The old average's share in the average of gradients.",
  beta2: "The old average's share in the average of squared gradients.",
  'LionOptimizer.beta1': "The average's share in the direction of an update.",
  'LionOptimizer.beta2': "The old average's share in the average of gradients.",
  amsgrad: 'Whether the largest average of squares so far is divided by.',
  momentumDecay: 'How fast β₁ approaches its value.',
  decay: "The old average's share in the average of squared gradients.",
  centered: "Whether the squared average of gradients is subtracted from the squares' average.",
  limit: 'The most that is let through.',
  'UniformInitializer.limit': 'Values lie in [-limit, limit).',

  // Schedules
  every: 'How many epochs a step lasts.',
  factor: 'What the learning rate is multiplied by.',
  minimum: 'The least learning rate.',
  end: 'Times the learning rate, where the line ends.',
  power: 'The exponent of the fall.',
  threshold: 'The share of the best metric by which it must fall, to count as an improvement.',

  // Initializers
  value: 'The value of every element.',
  std: 'The standard deviation.',
  mode: 'The fan that is divided by: fanIn, fanOut, or their mean, fanAverage.',
  gain: 'What the matrix is multiplied by.',
}

/** Forms whose keys mean the same as those of another one. */
const alike: Readonly<Record<string, string>> = {
  ...{ ObjectiveNetwork: 'EquationNetwork', Objective: 'EquationNetwork', LayeredFunction: 'LayerNetwork' },
}

/** @param owner what the key belongs to, as a type. @throws Error where nothing says what it means. */
export function meaningOfKey(key: string, owner: string): string {
  const meaning = keyMeanings[`${alike[owner] ?? owner}.${key}`] ?? keyMeanings[key]
  if (meaning === undefined) throw new Error(`say in scripts/language/meanings.ts what ${key} of ${owner} means`)
  return meaning
}

/** The tables, or the rooms of src/language, in which a kind of word has its rows. */
const places: Readonly<Record<WordKind, readonly string[]>> = {
  layer: ['layers', 'activations'],
  loss: ['losses'],
  metric: ['networks', 'losses'],
  initializer: ['initializers', 'networkInitializers'],
  optimizer: ['optimizers'],
  schedule: ['schedules'],
  clip: ['clips'],
}

const described = docstrings()

/** @throws Error for a word whose row has no docstring. */
export function meaningOfWord(word: string, kind: WordKind): string {
  const meaning = places[kind].map((place) => described.get(`${place}.${word}`)).find((text) => text !== undefined)
  if (meaning === undefined) throw new Error(`${word}, a row of ${places[kind].join(' or ')}, has no docstring`)
  return meaning
}
