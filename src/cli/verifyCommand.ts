import { Command } from 'commander'
import type { VerifyOptions } from './options.ts'
import { specTimeout } from './specTimeout.ts'
import { wholeFrom } from './whole.ts'

/** `tapeless verify`: its words and help. Only what it does loads the compiler. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('compare what modules compute with what their specs mean, in every way there is')
    .argument('[spec...]', 'spec files; all *.net.{yaml,yml,json,ts} below this folder if none is named')
    .option('--samples <count>', 'the samples of a batch: at most train.batch', wholeFrom(1), 5)
    .option('--seed <number>', 'fixes data, start values and masks', wholeFrom(0), 0)
    .addOption(specTimeout())
    .option('--json', 'a report for programs on standard output: docs/verify.md has its form')
    .addHelpText(
      'after',
      `
A module is compiled of each spec as it would ship, and one in each other target and precision. The checks:
  typescript f32 …     predictions, losses, gradients and two updates, with the interpreter of the spec's graph:
                       to the last bit, but in typescript f32, which rounds at other places
  simplification       the simplified graph with the graph as built, to the last bit
  complex step         gradients with the loss's slopes, exact to rounding: of each number where there are up to 200
  differences          the same by central differences; a kink that is near is a note
  determinism          two trainings from one seed, to the last bit
  resuming             training that was saved and loaded, with training that went on
  inference alone      predictions of a module without a trainer with those of the trainer whose file it loads
  wide inputs          finite values on inputs from a thousandth to a thousand times as large; where the mathematics of
                       the spec overflows, that is a note

A difference says which number it is, and both values. Data are drawn: normal inputs, uniform indices and classes.

Examples:
  tapeless verify                                every spec below this folder
  tapeless verify digits.net.yaml --samples 3    fewer samples take less time
  tapeless verify --json > report.json           in continuous integration

Exit status: 0 all agree, 1 something differs or a spec is wrong, 2 used wrongly, 3 a fault of tapeless.`,
    )
    .action(async (named: readonly string[], options: VerifyOptions) => {
      const { verifySpecs } = await import('./verify.ts')
      await verifySpecs(named, options)
    })
}
