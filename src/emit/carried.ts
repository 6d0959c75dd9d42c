import type { ModuleDescription } from './description.ts'
import { call, literal } from './literal.ts'

/** What a trainer carries on, as it starts; empty if that is nothing. */
export function startOf({ carried }: ModuleDescription): string {
  const numbers = carried.map(({ name, start }) => `${name}: ${start === Infinity ? 'Infinity' : literal(start)}`)
  return numbers.length > 0 ? `{ ${numbers.join(', ')} }` : ''
}

/** The rate of the epoch after `state.epoch`. */
export function nextRate({ schedule }: ModuleDescription): string {
  const { function: name, arguments: settings, warmup, readsMetric } = schedule!
  const rate = 'rateIn(state.epoch + 1)'
  return readsMetric ? call(name, ['state', 'metric', rate, literal(warmup?.epochs ?? 0)], settings, []) : rate
}

/** The rate of `epoch`: η times the schedule's factor; with a warmup that waits at its epoch 0 while a second one rises to 1. */
export function rateIn({ schedule }: ModuleDescription): string {
  const { function: name, arguments: settings, warmup, readsMetric } = schedule!
  const own = warmup ? `Math.max(epoch - ${literal(warmup.epochs)}, 0)` : 'epoch'
  const factors = [
    ...(readsMetric ? [] : [call(name, [own], settings, [])]),
    ...(warmup ? [call('linear', ['epoch'], [warmup.epochs, warmup.start, 1], [])] : []),
  ]
  return ['baseRate', ...factors].join(' * ')
}
