import { nearestSpelling, plainSpelling } from '../../base/name.ts'

export type WordKind = 'layer' | 'loss' | 'metric' | 'initializer' | 'optimizer' | 'schedule' | 'clip'

/** Other frameworks' names of our words and keys, in plain spelling (lower case, letters and digits only). */
export const foreignWords: Readonly<Record<string, readonly string[]>> = {
  // Layers and activations
  dense: ['linear'],
  fc: ['linear'],
  fullyconnected: ['linear'],
  swish: ['silu'],
  logistic: ['sigmoid'],
  lrelu: ['leakyRelu'],
  skip: ['residual'],
  skipconnection: ['residual'],
  concatenate: ['concat'],
  parallel: ['concat'],
  selfattention: ['attention'],
  multiheadattention: ['attention'],
  adaptiveavgpool: ['globalAveragePool'],
  adaptiveavgpool2d: ['globalAveragePool'],
  globalaveragepooling2d: ['globalAveragePool'],
  conv: ['conv2d'],
  convolution: ['conv2d'],
  convolution1d: ['conv1d'],
  convolution2d: ['conv2d'],
  deconv: ['convTranspose2d'],
  deconvolution: ['convTranspose2d'],
  conv2dtranspose: ['convTranspose2d'],
  convtranspose: ['convTranspose2d'],
  maxpool: ['maxPool2d'],
  maxpooling: ['maxPool2d'],
  avgpool: ['averagePool2d'],
  avgpool1d: ['averagePool1d'],
  avgpool2d: ['averagePool2d'],
  averagepool: ['averagePool2d'],
  meanpool: ['averagePool2d'],
  meanpool1d: ['averagePool1d'],
  meanpool2d: ['averagePool2d'],
  globalavgpool: ['globalAveragePool'],
  globalmeanpool: ['globalAveragePool'],
  view: ['reshape'],
  transpose: ['permute'],
  batchnorm1d: ['batchNorm'],
  batchnorm2d: ['batchNorm'],
  batchnormalization: ['batchNorm'],
  layernormalization: ['layerNorm'],
  groupnormalization: ['groupNorm'],
  rmsnormalization: ['rmsNorm'],
  maxpooling1d: ['maxPool1d'],
  maxpooling2d: ['maxPool2d'],
  averagepooling1d: ['averagePool1d'],
  averagepooling2d: ['averagePool2d'],
  depthwiseconv2d: ['conv2d'],
  simplernn: ['rnn'],
  unflatten: ['reshape'],
  add: ['residual'],
  lambda: ['expression'],
  hardsilu: ['hardSwish'],
  exponential: ['exp'],
  none: ['identity', 'zeros'],
  // Losses
  l2: ['mse'],
  l2loss: ['mse'],
  mseloss: ['mse'],
  meansquarederror: ['mse'],
  leastsquares: ['mse'],
  l1: ['mae'],
  l1loss: ['mae'],
  meanabsoluteerror: ['mae'],
  smoothl1: ['huber'],
  smoothl1loss: ['huber'],
  huberloss: ['huber'],
  crossentropyloss: ['crossEntropy'],
  categoricalcrossentropy: ['crossEntropy'],
  sparsecategoricalcrossentropy: ['crossEntropy'],
  softmaxcrossentropy: ['crossEntropy'],
  nll: ['crossEntropy'],
  nllloss: ['crossEntropy'],
  bce: ['binaryCrossEntropy'],
  bceloss: ['binaryCrossEntropy'],
  bcewithlogits: ['binaryCrossEntropy'],
  bcewithlogitsloss: ['binaryCrossEntropy'],
  logloss: ['binaryCrossEntropy'],
  poissonnllloss: ['poisson'],
  // Initializers
  he: ['heNormal', 'heUniform'],
  kaiming: ['heNormal'],
  kaimingnormal: ['heNormal'],
  kaiminguniform: ['heUniform'],
  xavier: ['glorotUniform'],
  glorot: ['glorotUniform'],
  xaviernormal: ['glorotNormal'],
  xavieruniform: ['glorotUniform'],
  randomnormal: ['normal'],
  gaussian: ['normal'],
  randomuniform: ['uniform'],
  zero: ['zeros'],
  one: ['ones'],
  eye: ['identity'],
  convolutiondeltaorthogonal: ['deltaOrthogonal'],
  convolutionorthogonal: ['deltaOrthogonal'],
  truncnormal: ['truncatedNormal'],
  // Optimizers and schedules
  gradientdescent: ['sgd'],
  steplr: ['step'],
  multistep: ['milestones'],
  multisteplr: ['milestones'],
  exponentiallr: ['exponential'],
  exponentialdecay: ['exponential'],
  piecewiseconstantdecay: ['milestones'],
  polynomialdecay: ['polynomial'],
  cosinedecay: ['cosine'],
  cosineannealing: ['cosine'],
  cosineannealinglr: ['cosine'],
  linearlr: ['linear'],
  polynomiallr: ['polynomial'],
  onecyclelr: ['oneCycle'],
  nesterovadam: ['nadam'],
  reducelronplateau: ['plateau'],
  minlr: ['minimum'],
  clipnorm: ['clip', 'norm'],
  clipgradnorm: ['norm', 'clip'],
  maxnorm: ['norm', 'limit'],
  globalclipnorm: ['norm', 'clip'],
  clipvalue: ['value', 'clip'],
  clipgradvalue: ['value', 'clip'],
  // Functions of formulas
  ln: ['log'],
  // Keys
  outfeatures: ['units'],
  outputs: ['units', 'targets'],
  neurons: ['units'],
  width: ['units'],
  features: ['units'],
  outchannels: ['channels'],
  filters: ['channels'],
  kernelsize: ['kernel'],
  strides: ['stride'],
  numheads: ['heads'],
  returnsequences: ['sequences'],
  milestones: ['epochs'],
  filtersize: ['kernel'],
  poolsize: ['kernel'],
  windowsize: ['kernel'],
  pad: ['padding'],
  dilationrate: ['dilation'],
  usebias: ['bias'],
  kernelinitializer: ['init'],
  initializer: ['init'],
  initialization: ['init'],
  negativeslope: ['slope'],
  alpha: ['slope', 'decay'],
  lr: ['learningRate'],
  rate: ['learningRate'],
  p: ['rate'],
  eta: ['learningRate'],
  eps: ['epsilon'],
  rho: ['decay'],
  l2regularization: ['weightDecay'],
  decay: ['weightDecay', 'factor'],
  gamma: ['factor'],
  stepsize: ['every', 'learningRate'],
  dropevery: ['every'],
  batchsize: ['batch'],
  minibatch: ['batch'],
  nepochs: ['epochs'],
  tmax: ['epochs'],
  totaliters: ['epochs'],
  etamin: ['minimum'],
  iterations: ['epochs'],
  scheduler: ['schedule'],
  lrscheduler: ['schedule'],
  lossfunction: ['loss'],
  criterion: ['loss'],
  objective: ['loss'],
  inputshape: ['input', 'inputs'],
  model: ['layers'],
  network: ['layers'],
  training: ['train'],
  fit: ['train'],
  dtype: ['precision'],
  name: ['as', 'name'],
  trainable: ['frozen'],
  requiresgrad: ['frozen'],
  weights: ['parameters'],
  params: ['parameters'],
  formula: ['expression'],
  checkpoint: ['recompute'],
  checkpointing: ['recompute'],
  gradientcheckpointing: ['recompute'],
  rematerialize: ['recompute'],
  remat: ['recompute'],
  float32: ['f32'],
  float64: ['f64'],
  float: ['f32'],
  double: ['f64'],
  js: ['typescript'],
  ts: ['typescript'],
  javascript: ['typescript'],
  webassembly: ['wasm'],
}

/** Arguments of other frameworks' layers that follow from what a layer is given, in plain spelling. */
const inferredArguments: ReadonlySet<string> = new Set([
  ...['infeatures', 'inchannels', 'inputchannels', 'inputdim', 'inputsize'],
  ...['numfeatures', 'numchannels', 'normalizedshape'],
])

/** Whether a layer's argument would only say again what the layer is given. */
export function isInferred(argument: string): boolean {
  return inferredArguments.has(plainSpelling(argument))
}

/** Bounds the time for suggestions where a spec defines thousands of names; the latest are the likeliest. */
const MOST_CANDIDATES = 200

/** The word among `known` that has this spelling but for capitals and the like, or that another framework calls so. */
export function ourWord(word: string, known: readonly string[]): string | undefined {
  const plain = plainSpelling(word)
  const same = known.find((candidate) => plainSpelling(candidate) === plain)
  const foreign = Object.hasOwn(foreignWords, plain) ? foreignWords[plain] : undefined
  return same ?? foreign?.find((candidate) => known.includes(candidate))
}

/** The word among `known` that another framework's `word`, or a misspelt one, most likely means. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const words = [...known].slice(-MOST_CANDIDATES)
  return ourWord(word, words) ?? nearestSpelling(word, words)
}

/** The hint that shows the word that `suggest` finds; undefined where it finds none. */
export function suggestion(
  word: string,
  known: Iterable<string>,
  show = (nearest: string): string => nearest,
): string | undefined {
  const nearest = suggest(word, known)
  return nearest === undefined ? undefined : `did you mean '${show(nearest)}'?`
}

/** Our word for another framework's, wherever it may stand. */
export function foreignWord(word: string): string | undefined {
  const plain = plainSpelling(word)
  return Object.hasOwn(foreignWords, plain) ? foreignWords[plain]![0] : undefined
}

/** The first of many words. */
export function listWords(words: readonly string[]): string {
  const most = 12
  return words.slice(0, most).join(', ') + (words.length > most ? ', …' : '')
}
