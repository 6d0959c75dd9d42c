import { input, uniform } from '../../graph/build.ts'
import { Interner, type Node } from '../../graph/node.ts'
import type { Path } from '../text/source.ts'
import { clips, type Clip } from '../words/clips.ts'
import type { Optimizer } from '../words/optimizer.ts'
import { optimizers, type WeightDecay } from '../words/optimizers.ts'
import { schedules, type Schedule, type ScheduleCall, type Warmup } from '../words/schedules.ts'
import type { Rows, Word } from '../words/word.ts'
import { atWord } from './layerBuilder.ts'
import type { Settings } from './schema.ts'

/** How gradients become updates. */
export interface Updating {
  readonly learningRate: number
  readonly optimizer: {
    readonly row: Optimizer
    /** For `row.update`. */
    readonly settings: Readonly<Record<string, unknown>>
    /** The tensors kept from step to step, each as large as the parameters. */
    readonly states: readonly string[]
    /** What the states mean: the optimizer's word, with the settings that `row.meaning` lists. */
    readonly identity: string
  }
  readonly clip?: {
    readonly row: Clip
    /** For its functions. */
    readonly settings: Readonly<Record<string, unknown>>
  }
}

export interface Training extends Updating {
  /** The most samples that a step takes. */
  readonly batch: number
  readonly epochs: number
  readonly schedule?: ScheduleCall & { readonly warmup?: Warmup }
  /** After how many epochs without an improvement by more than so much training ends. */
  readonly patience?: { readonly epochs: number; readonly minimumImprovement: number }
}

const optimizerRows: Rows<Optimizer> = optimizers
const clipRows: Rows<Clip> = clips
const scheduleRows: Rows<Schedule> = schedules

/** What an optimizer keeps for each parameter: tensors, numbers, and the weight decay. */
export function keptBy({ word, arguments: settings }: Word) {
  const row = optimizerRows[word]!
  const decay = settings.weightDecay as WeightDecay
  return { states: row.states(settings), scalars: Object.keys(row.scalars ?? {}), decay }
}

/**
 * The optimizer and the clipping that a part of the spec says.
 * @param place where it says so.
 * @throws FindingError when the optimizer's settings exclude each other.
 */
export function resolveUpdating(optimizer: Word, clip: Word | undefined, place: Path): Updating {
  const row = optimizerRows[optimizer.word]!
  const settings = optimizer.arguments
  const states = row.states(settings)
  atWord([...place, 'optimizer'], optimizer, () => tryUpdate(row, settings, states))
  return {
    learningRate: settings.learningRate as number,
    optimizer: { row, settings, states, identity: identityOf(optimizer.word, row, settings) },
    ...(clip ? { clip: { row: clipRows[clip.word]!, settings: clip.arguments } } : {}),
  }
}

/**
 * How a network is trained.
 * @param updating by whose learning rate the schedule goes.
 * @throws FindingError when the schedule doesn't go with it.
 */
export function resolveTraining(
  { batch, epochs, schedule, patience, minimumImprovement = 0 }: Settings['train'],
  updating: Updating,
): Training {
  return {
    ...{ batch, epochs, ...updating },
    ...(patience === undefined ? {} : { patience: { epochs: patience, minimumImprovement } }),
    ...(schedule ? { schedule: resolveSchedule(schedule, updating.learningRate, epochs) } : {}),
  }
}

/** Such as `sgd`, or `adam(beta1 = 0.9, beta2 = 0.999)`. */
function identityOf(word: string, { meaning = [] }: Optimizer, settings: Word['arguments']): string {
  const list = meaning.map((name) => `${name} = ${String(settings[name])}`)
  return list.length > 0 ? `${word}(${list.join(', ')})` : word
}

function resolveSchedule(
  schedule: NonNullable<Settings['train']['schedule']>,
  learningRate: number,
  epochs: number,
): NonNullable<Training['schedule']> {
  const { word, arguments: settings, warmup } = schedule
  const rest = Math.max(epochs - (warmup?.epochs ?? 0), 1)
  const call = atWord(['train', 'schedule'], schedule, () =>
    scheduleRows[word]!.call(settings, { learningRate, epochs: rest }),
  )
  return { ...call, ...(warmup ? { warmup } : {}) }
}

/** Shows whether the settings go together. */
function tryUpdate(row: Optimizer, settings: Word['arguments'], states: readonly string[]): void {
  const graph = new Interner()
  const flat = (name: string): Node => input(graph, name, ['batch'])
  row.update(
    {
      parameter: flat('parameter'),
      gradient: flat('gradient'),
      states: Object.fromEntries(states.map((name) => [name, flat(name)])),
      learningRate: uniform(graph, 'learningRate'),
      scalars: Object.fromEntries(Object.keys(row.scalars ?? {}).map((name) => [name, uniform(graph, name)])),
      weightDecay: 0,
    },
    settings,
  )
}
