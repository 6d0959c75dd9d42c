import { Command, Option } from 'commander'
import { bytesOf } from '../base/precision.ts'
import { targetNames } from '../base/target.ts'
import { defaultOut, type GenerateOptions } from './options.ts'
import { specTimeout } from './specTimeout.ts'

/** `tapeless generate`: its words and help. Only what it does loads the compiler. */
export function generateCommand(): Command {
  return new Command('generate')
    .description('compile specs to standalone TypeScript modules')
    .argument('[spec...]', 'spec files; all *.net.{yaml,yml,json,ts} below this folder if none is named')
    .option('--out <folder>', 'where the modules go', defaultOut)
    .addOption(new Option('--target <target>', "in place of the specs' emit.target").choices(targetNames))
    .addOption(
      new Option('--precision <precision>', "in place of the specs' emit.precision").choices(Object.keys(bytesOf)),
    )
    .option('--wat', 'beside each WebAssembly module, its kernels as text, <name>.wat')
    .option(
      '--optimize',
      'have binaryen, which you install beside, optimise WebAssembly kernels: they are well scheduled, so it seldom pays',
    )
    .addOption(
      new Option(
        '--types',
        "in place of modules, the types that tapeless's plugin for bundlers has beside each spec: digits.net.d.yaml.ts",
      ).conflicts(['watch', 'wat', 'optimize']),
    )
    .option('--check', 'write nothing; exit with 1 if a file is missing or differs from what its spec gives')
    .option('--strict', 'take warnings for errors: of what compiles, and can hardly be meant')
    .addOption(
      new Option(
        '--watch',
        'stay, and generate again what a change of a spec or of a function file asks for',
      ).conflicts('check'),
    )
    .option('--force', 'overwrite files that were edited by hand')
    .addOption(specTimeout())
    .option(
      '--verbose',
      "print each module's sizes minified and gzipped, and its kernels: their equations, axes, and what was chosen for them",
    )
    .addHelpText(
      'after',
      `
Examples:
  tapeless generate                              every spec below this folder, into generated/
  tapeless generate nets/digits.net.yaml --out src/nets
  tapeless generate --target wasm --wat          WebAssembly kernels, and their text to read
  tapeless generate --watch                      again after each change, until Ctrl-C
  tapeless generate --types                      what tsc reads of specs that a bundler imports
  tapeless generate --check                      in continuous integration: is generated/ up to date?

A first spec, xor.net.yaml:
  input: 2
  layers: [{ linear: 8 }, tanh, { linear: 1 }]
  loss: mse
  train: { batch: 4, optimizer: { sgd: { learningRate: 0.5, momentum: 0.9 } } }

and its use:
  import { createTrainer } from './generated/xor.ts'
  const x = [0, 0, 0, 1, 1, 0, 1, 1] // four samples, one after another
  const y = [0, 1, 1, 0]
  const trainer = createTrainer()
  trainer.fit(x, y, { epochs: 500, onEpoch: ({ epoch, loss }) => console.log(epoch, loss) })
  trainer.predict([1, 0])`,
    )
    .action(async (named: readonly string[], options: GenerateOptions) => {
      const { generate } = await import('./generate.ts')
      await generate(named, options)
    })
}
