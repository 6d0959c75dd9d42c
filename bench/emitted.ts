import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { transformSync } from 'esbuild'
import type { ModuleDescription } from '../src/emit/description.ts'
import type { Model, Options, Trainer } from '../src/runtime/interface.ts'
import type { Inputs, Targets } from '../src/runtime/types.ts'
import { mapValues, type TypedBatch } from './contenders/contract.ts'
import { cacheFolder, repository } from './paths.ts'

export type Target = 'typescript' | 'wasm'

export interface Emission {
  target: Target
  /** Bytes of the module, minified by esbuild, before and after gzip. What is WebAssembly in it is base64. */
  minified: number
  gzipped: number
  /** Wall-clock time of one `tapeless generate`, process start included. */
  milliseconds: number
  /** Floating-point operations of a training step, counted from the graph. */
  operations: number
  /** The kernels with their equations, in order of first use. */
  kernels: NonNullable<ModuleDescription['kernels']>
}

/** Of an only tensor of a sample, or of several by name. */
export type Shapes = number[] | Record<string, number[]>

/** What a module says of its network, as far as it is used. */
export interface Network {
  batch: number
  input: Shapes
  output: Shapes
  target: Shapes
  parameters: { name: string; shape: number[] }[]
}

/** What is used of an emitted module. */
export interface EmittedModule {
  network: Network
  createModel(options?: Options): Pick<Model, 'predict'>
  createTrainer(options?: Options): Pick<Trainer, 'parameters' | 'step'>
}

/** A batch as a module's functions take it, x and y: the only tensor's numbers, which are called so, or a record by name. */
export function argumentsOf({ input, target }: Network, batch: TypedBatch): [x: Inputs, y: Targets] {
  const pick = (shapes: Shapes, only: string) =>
    Array.isArray(shapes) ? batch[only]! : mapValues(shapes, (_, name) => batch[name]!)
  return [pick(input, 'x'), pick(target, 'y')]
}

/** Where `emit` leaves a spec's module: as it was generated, and as JavaScript. */
const folder = (target: Target) => new URL(`emitted/${target}/`, cacheFolder)
const moduleSource = (name: string, target: Target = 'typescript') => new URL(`${name}.ts`, folder(target))
export const compiledModule = (name: string, target: Target = 'typescript') => new URL(`${name}.js`, folder(target))

export async function importModule(name: string, target: Target = 'typescript'): Promise<EmittedModule> {
  return (await import(compiledModule(name, target).href)) as EmittedModule
}

/**
 * Generates one spec's module with the repository's own command and compiles it.
 * @throws Error if the repository isn't built or the command fails
 */
export async function emit(name: string, spec: URL, target: Target = 'typescript'): Promise<Emission> {
  const command = fileURLToPath(new URL('dist/cli/main.js', repository))
  if (!existsSync(command)) throw new Error('tapeless is not built: run `npm ci` in the repository first')
  const out = fileURLToPath(folder(target))
  const start = performance.now()
  const { status, stderr } = spawnSync(
    process.execPath,
    [command, 'generate', fileURLToPath(spec), '--target', target, '--out', out, '--force'],
    { encoding: 'utf8' },
  )
  const milliseconds = performance.now() - start
  if (status !== 0) throw new Error(`tapeless generate ${name}:\n${stderr}`)
  const source = readFileSync(moduleSource(name, target), 'utf8')
  const compile = (minify: boolean) => transformSync(source, { loader: 'ts', target: 'es2022', minify }).code
  writeFileSync(compiledModule(name, target), compile(false))
  const minified = compile(true)
  const { operations, kernels = [] } = await describe(spec, target)
  return {
    target,
    minified: Buffer.byteLength(minified),
    gzipped: gzipSync(minified).length,
    milliseconds,
    operations,
    kernels,
  }
}

/** What the built compiler says of a spec's module. */
async function describe(spec: URL, target: Target): Promise<ModuleDescription> {
  const index = new URL('dist/index.js', repository).href
  const { compile, loadNetwork, readSpecFile } = (await import(index)) as typeof import('../src/index.ts')
  const network = await loadNetwork(await readSpecFile(fileURLToPath(spec)))
  return (await compile(network, spec.href, { target })).description
}
