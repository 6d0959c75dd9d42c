import { z } from './zod.ts'
import type * as plateauFunctions from '../../runtime/plateau.ts'
import type * as scheduleFunctions from '../../runtime/schedules.ts'
import { count, fraction, nonNegative, positive, whole } from './arguments.ts'
import { Misfit } from './misfit.ts'
import { keys, type WordRow } from './word.ts'

/** A call of a function of the runtime: of the epoch, from 0, or of its metric, and then of these numbers. */
export interface ScheduleCall {
  readonly function: keyof typeof scheduleFunctions | Extract<keyof typeof plateauFunctions, 'plateau'>
  readonly arguments: readonly number[]
  /** Numbers that are carried on from epoch to epoch, as they start, where the function reads them and the epoch's metric. */
  readonly carried?: Readonly<Record<string, number>>
}

/** The beginning of a schedule: the learning rate, and the epochs that are left for it. */
export interface ScheduleStart {
  readonly learningRate: number
  readonly epochs: number
}

export interface Schedule extends WordRow {
  /** @throws Misfit when settings don't go with the learning rate. */
  call(settings: object, start: ScheduleStart): ScheduleCall
}

/** A straight rise of the learning rate from `start` times the schedule's first, over the epochs before it. */
export const warmup = keys({ epochs: count, start: nonNegative })
export type Warmup = z.output<typeof warmup>

/** The rest of train.epochs unless given. */
const epochs = count.optional()

/** The schedules: torch.optim.lr_scheduler's formulas and defaults; but each that ends takes all epochs unless told. */
export const schedules = {
  /** factor^⌊epoch / every⌋ */
  step: {
    arguments: keys({ every: count, factor: nonNegative.default(0.1) }),
    first: 'every',
    call: ({ every, factor }: { every: number; factor: number }): ScheduleCall => ({
      function: 'step',
      arguments: [every, factor],
    }),
  },
  /** factor^(the number of `epochs` that have begun) */
  milestones: {
    arguments: keys({ epochs: z.array(count).min(1), factor: nonNegative.default(0.1) }),
    first: 'epochs',
    call: ({ epochs, factor }: { epochs: readonly number[]; factor: number }): ScheduleCall => ({
      function: 'milestones',
      arguments: [factor, ...epochs],
    }),
  },
  /** factor^epoch */
  exponential: {
    arguments: keys({ factor: nonNegative }),
    first: 'factor',
    call: ({ factor }: { factor: number }): ScheduleCall => ({ function: 'step', arguments: [1, factor] }),
  },
  /** minimum + (η - minimum) (1 + cos(π epoch / epochs)) / 2. Loshchilov and Hutter 2017, without restarts. */
  cosine: {
    arguments: keys({ epochs, minimum: nonNegative.default(0) }),
    first: 'epochs',
    call: ({ epochs, minimum }: { epochs?: number; minimum: number }, start: ScheduleStart): ScheduleCall => {
      const share = minimum && minimum / start.learningRate
      if (!Number.isFinite(share)) throw new Misfit('out-of-range', 'takes a minimum only with a learning rate over 0')
      return { function: 'cosine', arguments: [epochs ?? start.epochs, share] }
    },
  },
  /** A straight line from `start` times to `end` times the learning rate, which stays. */
  linear: {
    arguments: keys({ epochs, start: nonNegative.default(1 / 3), end: nonNegative.default(1) }),
    first: 'epochs',
    call: (
      { epochs, start, end }: { epochs?: number; start: number; end: number },
      given: ScheduleStart,
    ): ScheduleCall => ({
      function: 'linear',
      arguments: [epochs ?? given.epochs, start, end],
    }),
  },
  /** (1 - epoch / epochs)^power, then 0 */
  polynomial: {
    arguments: keys({ epochs, power: positive.default(1) }),
    first: 'epochs',
    call: ({ epochs, power }: { epochs?: number; power: number }, start: ScheduleStart): ScheduleCall => ({
      function: 'polynomial',
      arguments: [epochs ?? start.epochs, power],
    }),
  },
  /**
   * Half a cosine up from η / 25 to η, the peak, over three tenths of the epochs, then one down to η / 250000. Smith and Topin 2018. It leaves
   * momentum alone, which torch.optim.lr_scheduler.OneCycleLR moves the other way unless told.
   */
  oneCycle: {
    arguments: keys({ epochs }),
    first: 'epochs',
    call: ({ epochs }: { epochs?: number }, start: ScheduleStart): ScheduleCall => ({
      function: 'oneCycle',
      arguments: [epochs ?? start.epochs],
    }),
  },
  /** Times factor after more than `patience` epochs without a metric below best (1 - threshold); at least the minimum. */
  plateau: {
    arguments: keys({
      patience: whole.default(10),
      factor: fraction.default(0.1),
      threshold: nonNegative.default(1e-4),
      minimum: nonNegative.default(0),
    }),
    first: 'patience',
    call: ({ patience, factor, threshold, minimum }: PlateauSettings): ScheduleCall => ({
      function: 'plateau',
      arguments: [patience, factor, threshold, minimum],
      carried: { best: Infinity, badEpochs: 0 },
    }),
  },
} as const

export interface PlateauSettings {
  readonly patience: number
  readonly factor: number
  readonly threshold: number
  readonly minimum: number
}
