import { Command, InvalidArgumentError, Option } from 'commander'
import type { TrainWords } from './options.ts'
import { specTimeout } from './specTimeout.ts'
import { wholeFrom } from './whole.ts'

/** `tapeless train`: its words and help. Only what it does loads the compiler. */
export function trainCommand(): Command {
  return new Command('train')
    .description('train a network on a table, from its raw file to weights that an app can use')
    .argument('[spec]', 'a spec file; without one a spec is proposed from the table, written, and trained')
    .requiredOption('--data <file>', 'the table: .csv, .tsv, .jsonl, .ndjson or .npy, each also with .gz')
    .option('--inputs <columns>', 'columns to predict from (default: all that can tell something)', list)
    .option('--targets <columns>', 'columns to predict (default: the last one)', list)
    .option('--classes <columns>', 'columns of numbers that number classes, such as postcodes', list)
    .option('--columns <names>', 'names for the columns of a file without a header, which else are 1, 2, …', list)
    .addOption(
      new Option('--header <answer>', 'whether the first line names the columns (default: found out)').choices([
        'yes',
        'no',
      ]),
    )
    .option('--validation <share>', 'the share of the rows that is held back, drawn by the seed (default: 0.2)', share)
    .addOption(
      new Option(
        '--empty <what>',
        'empty cells of inputs: fill, fill and flag, drop the row, or error (default: fill)',
      ).choices([...['fill', 'flag', 'drop', 'error']]),
    )
    .option('--dates <parts>', 'what becomes of a date: any of days, year, week, day (default: days,year)', list)
    .option(
      '--epochs <count>',
      "in place of the spec's train.epochs: in all, those before --resume among them",
      wholeFrom(1),
    )
    .option('--seed <number>', 'fixes the split, start values, order and masks (default: 0)', wholeFrom(0))
    .option('--out <folder>', 'where the files go', '.')
    .option('--resume', 'go on where the training was interrupted, to the same bits as if it had not been')
    .option('--force', 'overwrite files that were edited by hand, or that tapeless did not write')
    .addOption(specTimeout())
    .addHelpText(
      'after',
      `
It writes, beside one another:
  <name>.safetensors   the weights, and what the trainer needs to go on
  <name>.data.json     the columns, how each is prepared, the seed, the losses of each epoch
  <name>.prepare.ts    for your app: raw rows to what the network takes, and its outputs to answers
  <name>.report.html   curves, what was taken for what, the columns, the spec
  <name>.net.yaml      the spec, where none was named

Numbers are standardised by mean and deviation of the training rows; texts are classes, an input for each; in a target they are
numbered. Empty cells of numbers count as the mean, of classes as none of them. A row whose target is empty is left out.
Columns that can't tell anything are left out, and so is one that says the target in other words: each is told of.

Examples:
  tapeless train --data iris.csv --targets species
  tapeless train iris.net.yaml --data iris.csv --targets species --epochs 300 --seed 7
  tapeless train --data titanic.csv --targets survived --inputs sex,age,pclass,fare --classes pclass
  tapeless train --data wine.csv.gz --out trained --validation 0.3
  tapeless train --data iris.csv --resume          after Ctrl-C, which saves

Then, in an app: tapeless generate iris.net.yaml, and
  import { createModel } from './generated/iris.ts'
  import { answersOf, inputsOf } from './iris.prepare.ts'
  const model = createModel()
  model.load(bytes)                                of iris.safetensors
  answersOf(model.predict(inputsOf(rows)))         [{ answer: 'setosa', probability: 0.99, … }]`,
    )
    .action(async (spec: string | undefined, words: TrainWords) => {
      const { trainOn } = await import('./train.ts')
      await trainOn(spec, words)
    })
}

function list(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => name !== '')) return names
  throw new InvalidArgumentError('expected names with commas between them')
}

function share(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value < 1) return value
  throw new InvalidArgumentError('expected a number from 0 up to 1, such as 0.2')
}
