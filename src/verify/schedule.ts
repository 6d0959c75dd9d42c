import type { Network } from '../language/networks/network.ts'
import { plateau } from '../runtime/plateau.ts'
import * as schedules from '../runtime/schedules.ts'

type Schedule = (epoch: number, ...settings: readonly number[]) => number

/** The learning rate of each epoch, as the spec's words have it. */
export class LearningRate {
  readonly #train: Network['train']
  readonly #state: Record<'learningRate' | 'best' | 'badEpochs' | 'epoch' | 'seed' | 'steps', number>

  constructor({ train }: Pick<Network, 'train'>) {
    this.#train = train
    const carried = { best: Infinity, badEpochs: 0, ...train.schedule?.carried }
    this.#state = { epoch: 0, seed: 0, steps: 0, ...carried, learningRate: this.#rate(0) }
  }

  get value(): number {
    return this.#state.learningRate
  }

  /** Ends an epoch. */
  advance(metric: number): void {
    const { schedule } = this.#train
    const rate = this.#rate(this.#state.epoch + 1)
    this.#state.learningRate =
      schedule?.function === 'plateau'
        ? plateau(this.#state, metric, rate, schedule.warmup?.epochs ?? 0, ...fourOf(schedule.arguments))
        : rate
    this.#state.epoch++
  }

  /** The base rate times the schedule's factor; while a warmup rises, that stays at its epoch 0. */
  #rate(epoch: number): number {
    const { learningRate, schedule } = this.#train
    if (!schedule) return learningRate
    const { function: name, arguments: settings, warmup } = schedule
    const factor =
      name === 'plateau' ? 1 : (schedules[name] as Schedule)(Math.max(epoch - (warmup?.epochs ?? 0), 0), ...settings)
    return learningRate * factor * (warmup ? schedules.linear(epoch, warmup.epochs, warmup.start, 1) : 1)
  }
}

function fourOf(settings: readonly number[]) {
  return settings as unknown as readonly [number, number, number, number]
}
