import { setImmediate } from 'node:timers/promises'
import { didYouMean } from '../base/name.ts'
import { dateParts, type DatePart } from '../train/preparation/preparation.ts'
import type { Settings } from '../train/options.ts'
import type { Plan } from '../train/plan.ts'
import { train, type Trained } from '../train/train.ts'
import { endWith, exit, UsageError } from './exit.ts'
import type { TrainWords } from './options.ts'
import { Problems } from './problems.ts'
import { numberOf } from './report.ts'
import { onNextSignal } from './signals.ts'
import { readOptions } from './specTimeout.ts'
import { steps } from './steps.ts'
import { trainingDisplay } from './trainDisplay.ts'

/** Trains on a table, and says what came of it. @throws UsageError, FileError */
export async function trainOn(spec: string | undefined, words: TrainWords): Promise<void> {
  const problems = new Problems()
  const shown = steps()
  const display = trainingDisplay()
  let signal: number | undefined
  try {
    const options = {
      ...{ spec, data: words.data, settings: settingsOf(words), epochs: words.epochs, out: words.out },
      ...{ resume: words.resume ?? false, force: words.force ?? false, command: commandLine() },
      specTimeout: readOptions(words).timeout,
    }
    const trained = await train(options, {
      onStep: async (what, fraction) => {
        shown.show(what, fraction)
        // Ends a turn, so that signals are heard.
        await setImmediate()
      },
      onPlan: (plan) => {
        shown.stop()
        tellPlan(plan, problems)
        display.begin()
      },
      onEpoch: display.show,
      onStoppable: (stop) =>
        onNextSignal((status) => {
          signal = status
          stop()
        }),
    })
    display.stop()
    tellResults(trained)
    tellEnding(trained, signal)
  } catch (error) {
    shown.stop()
    display.stop()
    problems.add(error, spec ?? words.data)
    problems.tell()
  }
  if (signal !== undefined) process.exit(signal)
}

function settingsOf(words: TrainWords): Partial<Settings> {
  const { inputs, targets, classes, columns, header, validation, seed, empty } = words
  const unknown = words.dates?.find((part) => !dateParts.includes(part as DatePart))
  if (unknown !== undefined)
    throw new UsageError(
      `--dates: there is no '${unknown}'; expected ${dateParts.join(', ')}${didYouMean(unknown, dateParts)}`,
    )
  const given = { inputs, targets, classes, columns, validation, seed, empty, dates: words.dates }
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(header === undefined ? {} : { header: header === 'yes' }),
  }
}

/** The command as one would type it. */
function commandLine(): string {
  const quoted = process.argv
    .slice(2)
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
  return ['tapeless', ...quoted].join(' ')
}

/** What was decided, before the first epoch. */
function tellPlan(plan: Plan, problems: Problems): void {
  const { notes, proposal, split, table, module, network, before } = plan
  if (module.warnings.length > 0) problems.warn({ sources: [network.source], diagnostics: module.warnings }, false)
  problems.tell()
  const lines = [
    ...notes,
    ...(proposal ? [`${proposal.path} is a proposal: change it as you like, and name it to train it`] : []),
    `${table.file}: ${numberOf(split.training.length, 'row')} to train on, ${split.validation.length} for validation`,
    ...(before ? [`going on after ${numberOf(before.saved.epochs, 'epoch')}`] : []),
  ]
  for (const line of lines) process.stderr.write(`${line}\n`)
}

function tellResults({ results, written }: Trained): void {
  for (const line of results) process.stdout.write(`${line}\n`)
  if (written.length > 0) process.stdout.write(`wrote ${written.join(', ')}\n`)
}

/** Why a training has ended that wasn't over. */
function tellEnding({ ending, epochs }: Trained, signal: number | undefined): void {
  if (ending.how === 'failed') {
    const saved = epochs === 0 ? 'nothing was saved' : `what was saved is of the ${numberOf(epochs, 'epoch')} before`
    process.stderr.write(`the training stopped: ${ending.why}; ${saved}\n`)
    endWith(exit.wrongInput)
  }
  if (signal === undefined) return
  const saved =
    ending.how === 'done'
      ? 'when all was done and saved'
      : epochs === 0
        ? 'before an epoch was finished: nothing was saved'
        : `after ${numberOf(epochs, 'epoch')}: --resume goes on`
  process.stderr.write(`interrupted ${saved}\n`)
}
