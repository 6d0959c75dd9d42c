import { join, relative } from 'node:path'
import { Command, Option } from 'commander'
import picocolors from 'picocolors'
import { renderDiagnostics, SpecError } from '../base/errors.ts'
import { compile, ModuleSizeError, stages, type CompiledModule } from '../compile.ts'
import { findDrift, findEdited, writeAll } from '../emit/write.ts'
import { loadNetwork } from '../spec/network.ts'
import { readSpecFile } from '../spec/read.ts'
import { findSpecs } from './discover.ts'
import { exit } from './exit.ts'
import { progress, type Progress } from './progress.ts'

interface GenerateOptions {
  readonly out: string
  readonly target?: 'typescript'
  readonly precision?: 'f32' | 'f64'
  readonly check?: true
  readonly force?: true
  readonly verbose?: true
}

export function generateCommand(): Command {
  return new Command('generate')
    .description('compile specs to standalone TypeScript modules')
    .argument('[spec...]', 'spec files; all *.net.{yaml,yml,json,ts} below this folder if none is named')
    .option('--out <folder>', 'where the modules go', 'generated')
    .addOption(new Option('--target <target>', "in place of the specs' emit.target").choices(['typescript']))
    .addOption(new Option('--precision <precision>', "in place of the specs' emit.precision").choices(['f32', 'f64']))
    .option('--check', 'write nothing; exit with 1 if a module is missing or differs from what its spec gives')
    .option('--force', 'overwrite modules that were edited by hand')
    .option('--verbose', 'print every stage and the kernels of each module')
    .addHelpText(
      'after',
      `
Examples:
  tapeless generate                              every spec below this folder, into generated/
  tapeless generate nets/digits.net.yaml --out src/nets
  tapeless generate --check                      in continuous integration: is generated/ up to date?

A first spec, xor.net.yaml:
  input: 2
  layers: [{ linear: 8 }, tanh, { linear: 1 }]
  loss: mse
  train: { batch: 4, optimizer: { sgd: { learningRate: 0.5, momentum: 0.9 } } }

and its use:
  import { createTrainer } from './generated/xor.ts'
  const trainer = createTrainer()
  for (const { epoch, loss } of trainer.fit(x, y, { epochs: 500 })) console.log(epoch, loss)`,
    )
    .action(generate)
}

/** A spec's module, or undefined where the spec is wrong (and its mistakes have been printed). */
interface Compiled extends CompiledModule {
  readonly spec: string
  readonly path: string
}

async function generate(named: readonly string[], options: GenerateOptions): Promise<void> {
  const specs = await findSpecs(named, options.out)
  const shown = progress(specs.length * stages.length)
  const compiled: (Compiled | undefined)[] = []
  for (const spec of specs) compiled.push(await compileSpec(spec, options, shown))
  shown.stop()
  const modules = compiled.filter((module) => module !== undefined)
  if (modules.length < specs.length || !distinctPaths(modules)) return failed('nothing was written')
  await (options.check ? checkDrift(modules) : writeModules(modules, options))
}

async function compileSpec(spec: string, options: GenerateOptions, shown: Progress): Promise<Compiled | undefined> {
  try {
    const network = await loadNetwork(await readSpecFile(spec))
    const module = await compile(network, relativeTo(options.out, spec), {
      ...(options.precision ? { precision: options.precision } : {}),
      onStage: (stage) => shown.advance(`${spec}: ${stage}`),
    })
    return { ...module, spec, path: join(options.out, `${network.name}.ts`) }
  } catch (error) {
    const reason =
      error instanceof SpecError
        ? renderDiagnostics(error, { color: showsColor(process.stderr) })
        : error instanceof ModuleSizeError && `${spec}: ${error.message}`
    if (!reason) throw error
    shown.stop()
    process.stderr.write(`${reason}\n\n`)
    return undefined
  }
}

/** Two specs of one name would overwrite one another; on some systems also if only their case differs. */
function distinctPaths(modules: readonly Compiled[]): boolean {
  const first = new Map<string, Compiled>()
  let distinct = true
  for (const module of modules) {
    const other = first.get(module.path.toLowerCase())
    if (!other) first.set(module.path.toLowerCase(), module)
    else {
      process.stderr.write(
        `${module.spec} and ${other.spec} both give ${module.path}: set a different name in one of them\n`,
      )
      distinct = false
    }
  }
  return distinct
}

async function checkDrift(modules: readonly Compiled[]): Promise<void> {
  const drifted = await findDrift(modules)
  for (const path of drifted)
    process.stderr.write(`${path} is missing or differs from what its spec gives: run tapeless generate\n`)
  if (drifted.length > 0) return failed(`${drifted.length} of ${modules.length} modules are out of date`)
  process.stdout.write(`${modules.length} modules are up to date\n`)
}

async function writeModules(modules: readonly Compiled[], { force, verbose }: GenerateOptions): Promise<void> {
  const edited = force ? [] : await findEdited(modules)
  for (const path of edited)
    process.stderr.write(`${path} was edited by hand: move the changes elsewhere, or pass --force to overwrite them\n`)
  if (edited.length > 0) return failed('nothing was written')
  await writeAll(modules)
  for (const module of modules) process.stdout.write(`${summary(module)}\n`)
  if (verbose) for (const { description } of modules) process.stdout.write(`${kernels(description)}\n`)
}

function summary({ path, description, measures }: Compiled): string {
  const { parameters, operations, arena, precision, recomputation } = description
  const count = parameters.reduce((sum, { size }) => sum + size, 0)
  const number = (value: number) => value.toLocaleString('en')
  const bytes = (length: number) => number(length * (precision === 'f32' ? 4 : 8))
  return [
    `${picocolors.createColors(showsColor(process.stdout)).bold(path)}: ${number(count)} parameters`,
    `${number(operations)} operations a step`,
    `${bytes(arena.trainerLength)} bytes of arena`,
    ...(recomputation
      ? [`${number(recomputation.operations)} more operations in place of ${bytes(recomputation.storedLength)} bytes`]
      : []),
    `${number(measures.minified)} bytes minified, ${number(measures.gzipped)} gzipped`,
  ].join(', ')
}

function kernels({ name, programs }: CompiledModule['description']): string {
  return Object.entries(programs)
    .map(([program, { calls }]) => [`${name} ${program}`, ...calls.map((call) => `  ${call}`)].join('\n'))
    .join('\n')
}

function relativeTo(out: string, spec: string): string {
  return relative(out, spec).replaceAll('\\', '/')
}

/** A terminal that wants colours. picocolors alone would also colour the logs of continuous integration and what is piped there. */
function showsColor(stream: NodeJS.WriteStream): boolean {
  return Boolean(stream.isTTY) && picocolors.isColorSupported
}

function failed(why: string): void {
  process.stderr.write(`${why}\n`)
  process.exitCode = exit.wrongInput
}
