import { Command, Option } from 'commander'
import { derivationFormats } from './derivationFormats.ts'
import type { ExplainOptions } from './options.ts'
import { specTimeout } from './specTimeout.ts'

/** `tapeless explain`: its words and help. Only what it does loads the compiler. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('show how a network is differentiated, step by step, in the notation of books')
    .argument('[spec...]', 'spec files; all *.net.{yaml,yml,json,ts} below this folder if none is named')
    .addOption(
      new Option('--format <format>', 'text for a terminal, or markdown with TeX')
        .choices(Object.keys(derivationFormats))
        .default('text'),
    )
    .option(
      '--out <folder>',
      'where files go, <name>.md (this folder unless told); text goes to <name>.txt there, and to standard output without it',
    )
    .option('--force', 'overwrite files that were edited by hand, or that tapeless has not written')
    .addOption(specTimeout())
    .addHelpText(
      'after',
      `
What is shown of each spec:
  the network      what goes in, the layers with their results' shapes and parameters, what comes out
  forward pass     each layer's equation, for one sample
  backward pass    the chain rule to each derivative of the loss, with the reason of each step
  gradients        the derivatives by what is trained
  rules            why a derivative is a transpose or a diagonal matrix, element by element
  what is kept     what of the forward pass the backward pass reads, and what it reads more than once
  update           the optimizer's equations, the learning rate of each epoch, and how parameters start

Examples:
  tapeless explain xor.net.yaml                          in the terminal
  tapeless explain xor.net.yaml | less
  tapeless explain xor.net.yaml --format markdown        xor.md, for a repository or a notebook
  tapeless explain --format markdown --out docs/nets     a file of every spec below this folder

Exit status: 0 done, 1 a spec is wrong or a file isn't ours to overwrite, 2 used wrongly, 3 a fault of tapeless.`,
    )
    .action(async (named: readonly string[], options: ExplainOptions) => {
      const { explainSpecs } = await import('./explain.ts')
      await explainSpecs(named, options)
    })
}
