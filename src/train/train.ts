import { fileName } from '../base/path.ts'
import { files } from '../host/node.ts'
import { TableError } from './mistakes.ts'
import type { TrainOptions } from './options.ts'
import { planTraining, type OnStep, type Plan } from './plan.ts'
import { measuresOf, sentencesOf, type Measures } from './report/measures.ts'
import { printReport } from './report/page.ts'
import { printSaved } from './saved.ts'
import { extend, type EpochReport, type History } from './training/history.ts'
import type { Ending } from './training/run.ts'

/** What shows a training to its user. */
export interface Watcher {
  readonly onStep: OnStep
  /** Before the first epoch. */
  readonly onPlan: (plan: Plan) => void
  readonly onEpoch: (report: EpochReport, history: History, epochs: number) => void
  /** Hands over what ends the training at once; what was trained is then saved. */
  readonly onStoppable: (stop: () => void) => void
}

/** What came of a training. */
export interface Trained {
  readonly ending: Ending
  readonly plan: Plan
  /** Finished, those before it went on among them. */
  readonly epochs: number
  /** The files that were written. */
  readonly written: readonly string[]
  /** What the network can do now, as sentences. */
  readonly results: readonly string[]
}

/** Milliseconds between two savings of a training that goes on. */
const SAVED_EVERY = 60_000

/**
 * Trains a network on a table, and writes weights, what the data are, how they are prepared, and a report.
 * @throws TableError, SpecError, FileError
 */
export async function train(options: TrainOptions, watcher: Watcher): Promise<Trained> {
  const plan = await planTraining(options, watcher.onStep)
  const { before, proposal } = plan
  const history = structuredClone(before?.saved.history ?? {}) as Record<string, number[]>
  const finished = () => history['loss']?.length ?? 0
  const epochs = plan.epochs - finished()
  if (before && epochs <= 0)
    throw new TableError([
      `--resume: ${plan.network.name} was trained for ${finished()} epochs already; --epochs ${2 * finished()} would go on`,
    ])
  if (proposal) await files.write([proposal])
  watcher.onPlan(plan)

  let checkpoint = before?.weights
  let saving = Promise.resolve()
  let savedAt = performance.now()
  const { training, validation, code, settings } = plan
  const task = { code, seed: settings.seed, training, validation, epochs, checkpoint }
  // It finds the thread's file by its own place, so the build leaves it a file of its own.
  const { runTraining } = await import('./training/run.ts')
  const run = runTraining(task, (report, bytes) => {
    extend(history, report)
    checkpoint = bytes
    watcher.onEpoch(report, history, plan.epochs)
    if (performance.now() - savedAt < SAVED_EVERY) return
    savedAt = performance.now()
    const state = { checkpoint: bytes, history: structuredClone(history) }
    saving = saving.then(() => save(plan, options, state, { how: 'stopped' })).then(() => undefined)
    // Whatever is wrong with it is said when all is saved in the end.
    saving.catch(() => undefined)
  })
  watcher.onStoppable(run.stop)
  const ending = await run.ended
  await saving.catch(() => undefined)
  if (finished() === 0 || !checkpoint) return { ending, plan, epochs: 0, written: [], results: [] }
  const results = await save(plan, options, { checkpoint, history }, ending)
  return { ending, plan, epochs: finished(), written: Object.values(plan.paths), results }
}

interface State {
  readonly checkpoint: Uint8Array
  readonly history: History
}

/** Writes all files. @returns what the network can do, as sentences. */
async function save(
  plan: Plan,
  { command }: TrainOptions,
  { checkpoint, history }: State,
  ending: Ending,
): Promise<string[]> {
  const { network, table, settings, split, preparation, answers, prepareText, paths } = plan
  const epochs = history['loss']!.length
  const saved = await printSaved({
    network: { name: network.name, specHash: network.hash },
    table: { file: table.file, sha256: table.hash, rows: table.rows },
    ...{ settings, preparation, answers: answers ?? null },
    rows: { training: split.training.length, validation: split.validation.length },
    ...{ epochs, ended: ending.how, history },
  })
  const measured = measure(plan, checkpoint)
  const shown = measured.at(-1)
  const report = await printReport({
    ...{ name: network.name, history, preparation, command, notes: plan.notes },
    summary: summaryOf(plan, epochs),
    measures: shown?.measures,
    measured: shown?.what ?? '',
    spec: network.source.text,
  })
  await files.write([
    { path: paths.weights, contents: checkpoint },
    { path: paths.data, contents: saved },
    { path: paths.prepare, contents: prepareText },
    { path: paths.report, contents: report },
  ])
  return measured.flatMap(({ what, measures }) => sentencesOf(measures, what))
}

/** What the network says of the training rows, and of those for validation. */
function measure(plan: Plan, checkpoint: Uint8Array): { readonly what: string; readonly measures: Measures }[] {
  const { answers, emitted, prepare, table, split } = plan
  if (!answers) return []
  const model = emitted.createModel()
  model.load(checkpoint)
  const parts = [
    { what: 'training', rows: split.training, samples: plan.training },
    { what: 'validation', rows: split.validation, samples: plan.validation },
  ]
  return parts.flatMap(({ what, rows, samples }) => {
    if (!samples) return []
    const outputs = model.predict(samples.x)
    return [{ what, measures: measuresOf(answers, prepare, outputs, table, { rows, training: split.training }) }]
  })
}

function summaryOf({ table, split, module, settings }: Plan, epochs: number): string {
  const { training, validation } = split
  const parameters = module.description.parameters.reduce((sum, { size }) => sum + size, 0)
  const number = (value: number) => value.toLocaleString('en')
  return `${number(parameters)} parameters, ${epochs} epochs on ${number(training.length)} rows of ${fileName(table.file)}, ${number(validation.length)} held back for validation; seed ${settings.seed}`
}
