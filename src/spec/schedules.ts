import type { z } from 'zod'
import { count, nonNegative } from './arguments.ts'
import { keys, type WordRow } from './word.ts'

/** The name of a run-time function of the epoch, from 0, and its further numeric arguments. */
export interface ScheduleCall {
  readonly function: 'step'
  readonly arguments: readonly number[]
}

export interface Schedule<S extends z.ZodRawShape = z.ZodRawShape> extends WordRow<S> {
  readonly call: (settings: z.output<z.ZodObject<S>>) => ScheduleCall
}

/** The schedules: torch.optim.lr_scheduler's formulas. */
export const schedules = {
  /** factor^⌊epoch / every⌋ */
  step: {
    arguments: keys({ every: count, factor: nonNegative.default(0.1) }),
    first: 'every',
    call: ({ every, factor }: { every: number; factor: number }) => ({
      function: 'step',
      arguments: [every, factor],
    }),
  },
} as const
