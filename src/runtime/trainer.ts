import { wholeOptions } from './epochsOptions.ts'
import { expected, numberFrom0 } from './expected.ts'
import { refuseLoss } from './finiteLoss.ts'
import { hessianIn } from './hessian.ts'
import { countAsStarted, hasStarted, startFrom, startOnce } from './initialization.ts'
import type { FitOptions, Options, Report, Trainer } from './interface.ts'
import { modelIn } from './model.ts'
import {
  baseRate,
  buffersIn,
  commitBatch,
  copyInputs,
  copyTargets,
  countInputs,
  countTargets,
  derivativesIn,
  differentiateBatch,
  evaluateBatch,
  hessianBatch,
  lossOffset,
  network,
  nextRate,
  optimizer,
  optimizerIn,
  parametersIn,
  rateIn,
  updateParameters,
} from './module.ts'
import { addMetrics, clearTally, evaluator, newTally, trainingMetrics, validationMetrics } from './metrics.ts'
import { addLoss, chooseAll, clearSums, keepSame, lossesOf, newSums, trainOthers } from './objectives.ts'
import { addNormalizer, divided, noDivisor } from './normalizer.ts'
import { decode, encode, restore } from './safetensors.ts'
import { heed, isBestLoss, waitAfresh } from './patience.ts'
import { refuseNoMetric } from './metricGiven.ts'
import { isBestMetric } from './plateau.ts'
import { permutation } from './shuffle.ts'
import { refuseLoneSample } from './loneSample.ts'
import type { Carried, Inputs, Targets, Vector } from './types.ts'

/** Makes a trainer whose tensors lie in `arena`, with new start values. */
export function trainerIn(arena: Vector, options: Options, carried?: Carried): Trainer {
  const model = modelIn(arena, options)
  const states = optimizerIn(arena)
  const tensors = [...parametersIn(arena), ...buffersIn(arena), ...states]
  const fresh = {
    epoch: 0,
    seed: options.seed ?? 0,
    steps: 0,
    learningRate: baseRate,
    ...carried!,
    initialized: hasStarted(options),
  }
  fresh.learningRate = rateIn(0)
  const state = { ...fresh }
  const tally = newTally()
  const sums = newSums()

  /** Counts the samples in x and y and checks both. RangeError: fewer than 1, or more than `most`. */
  function countPairs(x: Inputs, y: Targets, most = Infinity): number {
    const samples = countTargets(y, countInputs(x))
    if (samples > most)
      expected(`at most ${most} samples, the train.batch of its spec`, `${samples}: fit takes any number`)
    return samples || expected('1 sample or more', 0)
  }

  /**
   * Runs a program on 1 to `most` samples, batch by batch; if `training`, each batch makes an update. Returns their mean loss.
   * @param shuffle whether an epoch is shuffled, whose losses must be finite; undefined for what is no epoch.
   */
  function pass(
    program: (arena: Vector, n: number, seed: number, steps: number) => void,
    x: Inputs,
    y: Targets,
    most?: number,
    training?: boolean,
    shuffle?: boolean,
  ): number {
    const samples = countPairs(x, y, most)
    if (program !== evaluateBatch) refuseLoneSample(samples)
    const order = shuffle ? permutation(samples, state.seed, state.epoch) : undefined
    const divisor = noDivisor()
    clearTally(tally)
    clearSums(sums)
    let sum = 0
    for (let start = 0; start < samples; start += network.batch) {
      const count = Math.min(network.batch, samples - start)
      copyInputs(arena, x, start, count, order)
      copyTargets(arena, y, start, count, order)
      if (training) startOnce(arena, count, state)
      program(arena, count, state.seed, state.steps)
      if (shuffle !== undefined) refuseLoss(arena, state.epoch, start)
      sum += arena[lossOffset]!
      addNormalizer(divisor, arena)
      addMetrics(tally, arena, count)
      addLoss(sums, arena, count)
      if (training) {
        commitBatch(arena, count)
        updateParameters(arena, state, states)
        state.steps++
        trainOthers(sums, arena, count, state, states, start)
      }
    }
    return divided(sum, divisor)
    return sum / samples
  }

  const loss = (x: Inputs, y: Targets) => pass(evaluateBatch, x, y)
  const nextEpoch = (metric?: number) => {
    refuseNoMetric(metric)
    state.learningRate = nextRate(state, metric!)
    state.epoch++
  }

  /** A generator of reports: after each it calls `onEpoch`, and ends if that returns false. Arguments are checked at once. */
  function reports(x: Inputs, y: Targets, given?: FitOptions, own?: object): Generator<Report, void, undefined> {
    const { epochs, shuffle, validation, onEpoch } = wholeOptions(given, own)
    chooseAll()
    countPairs(x, y)
    refuseLoneSample(countInputs(x))
    if (validation) countPairs(validation.x, validation.y)
    return (function* () {
      for (let left = epochs; left > 0; left--) {
        chooseAll()
        const report = {
          epoch: state.epoch,
          loss: pass(differentiateBatch, x, y, Infinity, true, shuffle),
          learningRate: state.learningRate,
          ...lossesOf(sums),
          ...trainingMetrics(tally),
          ...(validation && { validationLoss: loss(validation.x, validation.y) }),
          ...validationMetrics(tally, validation),
        }
        nextEpoch(report.validationLoss ?? report.loss)
        left = heed(state, model, states, report, left)
        yield report
        if (onEpoch(report) === false) break
      }
    })()
  }

  return {
    ...model,
    ...derivativesIn(arena),
    get epoch() {
      return state.epoch
    },
    get learningRate() {
      return state.learningRate
    },
    set learningRate(value) {
      state.learningRate = numberFrom0('learningRate', value, false)
    },
    loss,
    ...evaluator(tally, loss),
    gradient: (x, y) => pass(differentiateBatch, x, y, network.batch),
    step: (x, y) => pass(differentiateBatch, x, y, network.batch, true),
    ...hessianIn(
      arena,
      (x, y) => countPairs(x, y, network.batch),
      (x, y) => pass(hessianBatch, x, y, network.batch),
    ),
    initialize(x) {
      countInputs(x)
      startFrom(arena, x, state)
    },
    nextEpoch,
    fit: (x, y, options) => [...reports(x, y, options, { onEpoch: 1 })],
    epochs: (x, y, options) => reports(x, y, options),
    save: () => encode(tensors, { optimizer, baseRate, ...state }),
    load(bytes, options) {
      const file = decode(bytes, options)
      keepSame(file)
      const numbers = file.numbers as Record<string, number | undefined>
      const isSame = file.numbers!.optimizer === optimizer
      if (!isSame || numbers.baseRate !== baseRate) numbers.learningRate = undefined
      const read: Record<string, number> = { ...fresh }
      countAsStarted(read)
      read.learningRate = rateIn(numberFrom0('epoch', numbers.epoch ?? 0))
      for (const name in read) {
        const value = (read[name] = numbers[name] ?? read[name]!)
        if (isBestMetric(name, value)) continue
        if (isBestLoss(name, value)) continue
        numberFrom0(name, value, name !== 'learningRate')
      }
      waitAfresh(read, file, states, isSame)
      restore(file, tensors, isSame)
      Object.assign(state, read)
    },
  }
}
