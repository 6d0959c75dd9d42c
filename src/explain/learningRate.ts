import { callForm, nameForm, type Form } from '../graph/equations/form.ts'
import type { Network } from '../language/networks/network.ts'
import type { ScheduleCall } from '../language/words/schedules.ts'
import { paragraph, type Block } from './document.ts'
import { choice, isLess, minus, number, over, plus, power, times } from './forms.ts'

/** The learning rate of each epoch, as the module computes it. */
export function learningRateBlocks({ train: { learningRate, schedule } }: Network): Block[] {
  if (!schedule) return [paragraph(`The learning rate is ${learningRate} in all epochs, unless it is set.`)]
  const { warmup } = schedule
  const epoch = nameForm('epoch')
  const own = warmup ? callForm('maximum', minus(epoch, number(warmup.epochs)), number(0)) : epoch
  const factors = [
    number(learningRate),
    ...(warmup ? [line(epoch, warmup.epochs, warmup.start, 1)] : []),
    ...(schedule.function === 'plateau' ? [] : [factorOf[schedule.function](own, ...schedule.arguments)]),
  ]
  const equation = { left: nameForm('learningRate'), sign: '←', right: factors.reduce(times) } as const
  return [
    paragraph('The learning rate of each epoch, which count from 0:'),
    { kind: 'formula', id: 'update learningRate', equation },
    ...(schedule.function === 'plateau' ? [paragraph(cut(schedule.arguments))] : []),
  ]
}

type Factor = (epoch: Form, ...settings: number[]) => Form

/** The factor of the learning rate in an epoch: the functions of src/runtime/schedules.ts. */
export const factorOf: Readonly<Record<Exclude<ScheduleCall['function'], 'plateau'>, Factor>> = {
  step: (epoch, every, factor) => power(number(factor!), callForm('floor', over(epoch, number(every!)))),
  milestones: (epoch, factor, ...epochs) =>
    epochs.map((first) => choice(isLess(epoch, number(first)), number(1), number(factor!))).reduce(times),
  cosine: (epoch, epochs, minimum) => anneal(1, minimum!, over(epoch, number(epochs!))),
  linear: (epoch, epochs, start, end) => line(epoch, epochs!, start!, end!),
  polynomial: (epoch, epochs, exponent) =>
    power(callForm('maximum', minus(number(1), over(epoch, number(epochs!))), number(0)), number(exponent!)),
  oneCycle: (epoch, epochs) => {
    const peak = 0.3 * epochs! - 1
    const down = over(minus(epoch, number(peak)), number(epochs! - 1 - peak))
    const falls = anneal(1, 1 / 25e4, callForm('minimum', down, number(1)))
    return choice(isLess(number(peak), epoch), falls, anneal(1 / 25, 1, over(epoch, number(peak))))
  },
}

/** A straight line from `start` to `end` in so many epochs, then `end`. */
function line(epoch: Form, epochs: number, start: number, end: number): Form {
  const progress = callForm('minimum', over(epoch, number(epochs)), number(1))
  return plus(number(start), times(number(end - start), progress))
}

/** Half a cosine from `start`, at progress 0, to `end`, at progress 1. */
function anneal(start: number, end: number, progress: Form): Form {
  const wave = plus(number(1), callForm('cos', times(nameForm('π'), progress)))
  return plus(number(end), times(number((start - end) / 2), wave))
}

function cut([patience, factor, threshold, minimum]: readonly number[]): string {
  const least = minimum! > 0 ? `, but not below ${minimum}` : ''
  return `After more than ${patience} epochs in a row whose loss isn't below ${1 - threshold!} times the best, it is multiplied by ${factor}${least}.`
}
