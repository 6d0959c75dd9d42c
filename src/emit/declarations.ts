import { nextRate, rateIn } from './carried.ts'
import type { Declare } from './declare.ts'
import { hasBinary, hasHessian, isModel, isPatient, isScheduled, looksInBinary, startsFromData } from './has.ts'
import { binaryLines } from './kernels.ts'
import { define, procedure } from './functions.ts'
import { data, literal } from './literal.ts'
import { networkOf } from './network.ts'
import { evaluation, isSeveral, optimizerOf, programsNamed, training, update } from './objectives.ts'
import { copySamples, countSamples } from './ports.ts'
import { initialValues, onSamples, statements } from './programs.ts'
import { dense, tensorsAt, vectorOf, zoneStart } from './tensors.ts'
import { ignores, isMeasured, isNormalized, isPlain, isUnlike, known, metricText, prediction } from './told.ts'
import { derivatives, optimizerStates, trainedAt } from './trained.ts'

/** The values that the runtime takes for declared by the module. */
type Seam = typeof import('../runtime/module.ts')

/** All that `src/runtime/module.ts` declares, as a module defines it. The runtime's calls of one that is absent are left out. */
export const declarations: { readonly [Name in keyof Seam]: Declare } = {
  network: { text: ({ module }) => `export const network = ${data(networkOf(module))} as const` },

  ownOptions: {
    when: ({ wasm }) => wasm?.placement === 'file',
    text: () => define('ownOptions(): object', ['return { wasm: 1 }']),
  },
  overflow: {
    text: ({ module }) => `const overflow = ${module.precision === 'f32' ? '2 ** 128 - 2 ** 103' : 'Infinity'}`,
  },
  outputOffset: { when: isPlain, text: ({ module }) => `const outputOffset = ${literal(module.outputs[0]!.offset)}` },
  outputSize: { when: isPlain, text: ({ module }) => `const outputSize = ${literal(module.outputs[0]!.size)}` },
  outputs: {
    when: isUnlike,
    text: ({ module }) => `const outputs = ${data(module.outputs.map(({ offset, size }) => ({ offset, size })))}`,
  },
  predictionOf: {
    when: isUnlike,
    text: ({ module }) =>
      define('predictionOf(results: readonly Vector[]): Prediction', [`return ${prediction(module)}`]),
  },
  countKnown: {
    when: isUnlike,
    text: ({ module }) =>
      define(
        'countKnown(x: Known, samples?: number): number',
        countSamples(module.inputs, 'x', 'network.input', { needed: known(module) }),
      ),
  },
  copyKnown: {
    when: isUnlike,
    text: ({ module }) =>
      procedure(
        'copyKnown',
        ['arena: Vector', 'x: Known', 'start: number', 'count: number'],
        copySamples(module.inputs, 'x', { needed: known(module) }),
      ),
  },
  objectives: {
    when: isSeveral,
    text: ({ module }) =>
      `const objectives = ${data(module.objectives!.map(({ name, reads, optimizer }) => ({ name, reads, optimizer })))}`,
  },
  metricReads: {
    when: isSeveral,
    text: ({ module }) => `const metricReads: readonly string[] = ${data(module.metricReads)}`,
  },
  lossOffset: { unused: isModel, text: ({ module }) => `const lossOffset = ${literal(module.arena.loss)}` },
  metrics: {
    when: isMeasured,
    text: ({ module }) => `const metrics: readonly Metric[] = [${module.metrics!.map(metricText).join(', ')}]`,
  },
  normalizerOffset: {
    when: isNormalized,
    text: ({ module }) => `const normalizerOffset = ${literal(module.arena.normalizer!)}`,
  },
  allocate: {
    text: ({ module }) => define('allocate(length: number): Vector', [`return new ${vectorOf(module)}(length)`]),
  },
  parametersIn: {
    text: ({ module }) =>
      define('parametersIn(arena: Vector): Tensor[]', [
        `return ${tensorsAt('parameters', dense(module.parameters), zoneStart(module, 'parameters'))}`,
      ]),
  },
  buffersIn: {
    text: ({ module }) =>
      define('buffersIn(arena: Vector): Tensor[]', [
        `return ${tensorsAt('buffers', dense(module.buffers), zoneStart(module, 'buffers'))}`,
      ]),
  },
  derivativesIn: {
    unused: isModel,
    text: ({ module }) => define('derivativesIn(arena: Vector)', [`return {${derivatives(module)}}`]),
  },
  optimizer: { unused: isModel, text: ({ module }) => `const optimizer = ${data(optimizerOf(module))}` },
  optimizerIn: {
    unused: isModel,
    text: ({ module }) => define('optimizerIn(arena: Vector): Tensor[]', [`return [${optimizerStates(module)}]`]),
  },
  initialize: {
    text: ({ module }) =>
      procedure(
        'initialize',
        ["parameters: Model['parameters']", "buffers: Model['buffers']", 'seed: number'],
        initialValues(module),
      ),
  },

  countInputs: {
    unused: (module) => isModel(module) && isUnlike(module),
    text: ({ module }) =>
      define(
        'countInputs(x: Inputs, samples?: number): number',
        countSamples(module.inputs, 'x', 'network.input', { isChosen: isSeveral(module) }),
      ),
  },
  countTargets: {
    unused: isModel,
    text: ({ module }) =>
      define(
        'countTargets(y: Targets, samples?: number): number',
        countSamples(module.targets, 'y', 'network.target', { isChosen: isSeveral(module) }),
      ),
  },
  isIgnored: {
    when: (module) => ignores(module) && !isModel(module),
    text: ({ module }) => {
      const { name, ignored } = module.targets.find((target) => target.ignored !== undefined)!
      const test = `name === ${data(name)} && value === ${literal(ignored!)}`
      return define('isIgnored(name: string, value: number): boolean', [`return ${test}`])
    },
  },
  copyInputs: {
    unused: (module) => isModel(module) && isUnlike(module),
    text: ({ module }) =>
      procedure(
        'copyInputs',
        [
          'arena: Vector',
          'x: Inputs',
          'start: number',
          'count: number',
          ...(isModel(module) ? [] : ['order?: Uint32Array']),
        ],
        copySamples(module.inputs, 'x', { isChosen: isSeveral(module), isOrdered: !isModel(module) }),
      ),
  },
  copyTargets: {
    unused: isModel,
    text: ({ module }) =>
      procedure(
        'copyTargets',
        ['arena: Vector', 'y: Targets', 'start: number', 'count: number', 'order?: Uint32Array'],
        copySamples(module.targets, 'y', { isChosen: isSeveral(module), isOrdered: true }),
      ),
  },

  predictBatch: {
    runs: 'predict',
    text: ({ module }) => procedure('predictBatch', onSamples, statements(module, 'predict')),
  },
  evaluateBatch: { unused: isModel, runs: 'loss', text: ({ module }) => evaluation(module, 'evaluateBatch', 'loss') },
  differentiateBatch: {
    unused: isModel,
    runs: 'gradient',
    text: ({ module }) => training(module, 'differentiateBatch', 'gradient'),
  },
  hessianBatch: {
    when: hasHessian,
    runs: 'hessian',
    text: ({ module }) => training(module, 'hessianBatch', 'hessian'),
  },
  directionsIn: {
    when: hasHessian,
    text: ({ module }) =>
      define('directionsIn(arena: Vector): Tensor[]', [`return ${trainedAt(module, 'directions')}`]),
  },
  productsIn: {
    when: hasHessian,
    text: ({ module }) => define('productsIn(arena: Vector): Tensor[]', [`return ${trainedAt(module, 'products')}`]),
  },
  commitBatch: {
    when: (module) => programsNamed(module, 'commit').some((name) => (module.programs[name]?.calls.length ?? 0) > 0),
    runs: 'commit',
    text: ({ module }) => evaluation(module, 'commitBatch', 'commit'),
  },
  startedByData: {
    when: startsFromData,
    text: ({ module }) => `const startedByData: readonly ParameterName[] = ${data(module.startedByData)}`,
  },
  initializeBatch: {
    when: startsFromData,
    runs: 'initialize',
    text: ({ module }) => procedure('initializeBatch', onSamples, statements(module, 'initialize')),
  },
  updateParameters: { unused: isModel, runs: 'update', text: ({ module }) => update(module, 'updateParameters') },
  patience: { when: isPatient, text: ({ module }) => `const patience = ${literal(module.patience!.epochs)}` },
  minimumImprovement: {
    when: isPatient,
    text: ({ module }) => `const minimumImprovement = ${literal(module.patience!.minimumImprovement)}`,
  },
  baseRate: { unused: isModel, text: ({ module }) => `const baseRate = ${literal(module.learningRate)}` },
  rateIn: {
    when: isScheduled,
    text: ({ module }) => define('rateIn(epoch: number): number', [`return ${rateIn(module)}`]),
  },
  nextRate: {
    when: isScheduled,
    text: ({ module }) => define('nextRate(state: State, metric: number): number', [`return ${nextRate(module)}`]),
  },

  Elements: { when: hasBinary, text: ({ module }) => `const Elements = ${vectorOf(module)}` },
  hostFunctions: {
    when: hasBinary,
    text: ({ module }) => `const hostFunctions = { ${module.wasm!.imports.join(', ')} }`,
  },
  largestBatch: {
    when: looksInBinary,
    text: ({ module }) => `const largestBatch = ${literal(module.wasm!.largestBatch!)}`,
  },
  wasmBase64: {
    when: ({ wasm }) => wasm?.placement === 'inline',
    text: ({ kernels }) => `const wasmBase64 = \`\n${binaryLines(kernels!).join('\n')}\n\``,
  },
  wasmIdentity: {
    when: ({ wasm }) => wasm?.placement === 'file',
    text: ({ kernels }) => `const wasmIdentity = ${data(kernels!.identity)}`,
  },
}
