import type { ModuleDescription } from './description.ts'
import { call, literal } from './literal.ts'

/** The numbers that a trainer carries on, as they start. */
export function startOf(module: ModuleDescription): string {
  const numbers = module.carried.map(
    ({ name, start }) => `${name}: ${start === Infinity ? 'Infinity' : literal(start)}`,
  )
  return `{ ${[`learningRate: ${scheduledRate(module, '0')}`, ...numbers].join(', ')} }`
}

/** The statements that return the rate of the epoch after `state.epoch`. */
export function nextRate(module: ModuleDescription): readonly string[] {
  const rate = scheduledRate(module, 'epoch')
  const { function: name, arguments: settings, warmup, readsMetric } = module.schedule!
  const given = ['state', 'epoch', 'metric', rate, literal(warmup?.epochs ?? 0)]
  return ['const epoch = state.epoch + 1', `return ${readsMetric ? call(name, given, settings, []) : rate}`]
}

/** η times the schedule's factor; with a warmup the schedule waits at its epoch 0 while a second factor rises to 1. */
function scheduledRate({ learningRate, schedule }: ModuleDescription, epoch: string): string {
  const rate = literal(learningRate)
  if (!schedule) return rate
  const { warmup, readsMetric } = schedule
  const first = literal(warmup?.epochs ?? 0)
  const rise = warmup ? ` * ${call('linear', [epoch], [warmup.epochs, warmup.start, 1], [])}` : ''
  if (readsMetric) return `${rate}${rise}`
  const own = warmup ? `Math.max(${epoch} - ${first}, 0)` : epoch
  return `${rate} * ${call(schedule.function, [own], schedule.arguments, [])}${rise}`
}
