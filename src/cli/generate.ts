import { join, relative } from 'node:path'
import { Command, Option } from 'commander'
import { SpecError } from '../base/errors.ts'
import { bytesOf, type Precision } from '../base/precision.ts'
import { renderDiagnostics } from '../base/render.ts'
import { targetNames, type TargetName } from '../base/target.ts'
import { compile, passNames, type CompiledModule } from '../compile.ts'
import type { Origin } from '../emit/stamp.ts'
import { findDrift, originsOf, type Output } from '../host/files.ts'
import { measure } from '../host/measure.ts'
import { files } from '../host/node.ts'
import { readSpecFile } from '../host/specFile.ts'
import { loadNetwork } from '../language/networks/network.ts'
import { ModuleSizeError } from '../programs/plan.ts'
import { MissingPackageError } from '../targets/wasm/optimize.ts'
import { findSpecs } from './discover.ts'
import { exit } from './exit.ts'
import { companions, outputsOf, staleAmong } from './outputs.ts'
import { progress, type Progress } from './progress.ts'
import { kernels, passTimes, showsColor, summary } from './report.ts'

interface GenerateOptions {
  readonly out: string
  readonly target?: TargetName
  readonly precision?: Precision
  readonly optimize?: true
  readonly wat?: true
  readonly check?: true
  readonly force?: true
  readonly verbose?: true
}

export function generateCommand(): Command {
  return new Command('generate')
    .description('compile specs to standalone TypeScript modules')
    .argument('[spec...]', 'spec files; all *.net.{yaml,yml,json,ts} below this folder if none is named')
    .option('--out <folder>', 'where the modules go', 'generated')
    .addOption(new Option('--target <target>', "in place of the specs' emit.target").choices(targetNames))
    .addOption(
      new Option('--precision <precision>', "in place of the specs' emit.precision").choices(Object.keys(bytesOf)),
    )
    .option('--wat', 'beside each WebAssembly module, its kernels as text, <name>.wat')
    .option(
      '--optimize',
      'have binaryen, which you install beside, optimise WebAssembly kernels: they are well scheduled, so it seldom pays',
    )
    .option('--check', 'write nothing; exit with 1 if a file is missing or differs from what its spec gives')
    .option('--force', 'overwrite files that were edited by hand')
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
  tapeless generate --check                      in continuous integration: is generated/ up to date?

A first spec, xor.net.yaml:
  input: 2
  layers: [{ linear: 8 }, tanh, { linear: 1 }]
  loss: mse
  train: { batch: 4, optimizer: { sgd: { learningRate: 0.5, momentum: 0.9 } } }

and its use:
  import { createTrainer } from './generated/xor.ts'
  const trainer = createTrainer()
  trainer.fit(x, y, { epochs: 500, onEpoch: ({ epoch, loss }) => console.log(epoch, loss) })
  trainer.predict([1, 0])`,
    )
    .action(generate)
}

/** A spec's module, or undefined where the spec is wrong (and its mistakes have been printed). */
interface Compiled extends CompiledModule {
  readonly spec: string
  /** Of the TypeScript file. */
  readonly path: string
  /** All that is to be written. */
  readonly outputs: readonly Output[]
}

async function generate(named: readonly string[], options: GenerateOptions): Promise<void> {
  const specs = await findSpecs(named, options.out)
  const shown = progress(specs.length * passNames.length)
  const compiled: (Compiled | undefined)[] = []
  try {
    for (const spec of specs) compiled.push(await compileSpec(spec, options, shown))
  } finally {
    shown.stop()
  }
  const modules = compiled.filter((module) => module !== undefined)
  if (modules.length < specs.length || !distinctPaths(modules)) return failed('nothing was written')
  await (options.check ? checkDrift(modules) : writeModules(modules, options))
}

async function compileSpec(spec: string, options: GenerateOptions, shown: Progress): Promise<Compiled | undefined> {
  try {
    const network = await loadNetwork(await readSpecFile(spec))
    const module = await compile(network, relativeTo(options.out, spec), {
      ...(options.target ? { target: options.target } : {}),
      ...(options.precision ? { precision: options.precision } : {}),
      optimize: options.optimize ?? false,
      onPass: (pass) => shown.advance(`${spec}: ${pass}`),
    })
    const path = join(options.out, `${network.name}.ts`)
    return { ...module, spec, path, outputs: await outputsOf(module, path, options.wat) }
  } catch (error) {
    const reason =
      error instanceof SpecError
        ? renderDiagnostics(error, { color: showsColor(process.stderr) })
        : (error instanceof ModuleSizeError || error instanceof MissingPackageError) && `${spec}: ${error.message}`
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
  const drifted = await findDrift(
    files,
    modules.flatMap(({ outputs }) => outputs),
  )
  const stale = await staleAmong(modules)
  const protectedFiles = await findProtected([...drifted, ...stale])
  const report = (path: string, what: string) => {
    const origin = protectedFiles.get(path)
    const remedy = origin ? `it ${protections[origin]}, so only --force replaces it` : 'run this without --check'
    process.stderr.write(`${path} ${what}: ${remedy}\n`)
  }
  for (const path of drifted) report(path, 'is missing or differs from what its spec gives')
  for (const path of stale) report(path, 'belongs to no module any more')
  const wrong = new Set([...drifted, ...stale])
  const outdated = modules.filter(({ path }) => [path, ...companions(path)].some((one) => wrong.has(one)))
  if (outdated.length > 0) return failed(`${outdated.length} of ${modules.length} modules are out of date`)
  process.stdout.write(`${modules.length} modules are up to date\n`)
}

async function writeModules(modules: readonly Compiled[], { force, verbose }: GenerateOptions): Promise<void> {
  const outputs = modules.flatMap(({ outputs }) => outputs)
  const stale = await staleAmong(modules)
  const protectedFiles = await findProtected([...outputs.map(({ path }) => path), ...stale])
  for (const [path, origin] of force ? [] : protectedFiles)
    process.stderr.write(`${path} ${protections[origin]}: move it elsewhere, or pass --force to lose what it holds\n`)
  if (protectedFiles.size > 0 && !force) return failed('nothing was written')
  await files.write(outputs, stale)
  for (const module of modules)
    process.stdout.write(`${summary(module.path, module, verbose && (await measure(module)))}\n`)
  if (verbose)
    for (const module of modules) process.stdout.write(`${kernels(module.description)}\n${passTimes(module)}\n`)
}

/** Why a file is only replaced or removed with --force. */
const protections: Readonly<Record<Exclude<Origin, 'generated'>, string>> = {
  edited: 'was edited by hand',
  foreign: 'was not written by tapeless',
}

async function findProtected(paths: readonly string[]): Promise<Map<string, keyof typeof protections>> {
  const origins = await originsOf(files, paths)
  return new Map([...origins].flatMap(([path, origin]) => (origin === 'generated' ? [] : [[path, origin]])))
}

function relativeTo(out: string, spec: string): string {
  return relative(out, spec).replaceAll('\\', '/')
}

function failed(why: string): void {
  process.stderr.write(`${why}\n`)
  process.exitCode = exit.wrongInput
}
