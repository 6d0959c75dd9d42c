import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { transformSync } from 'esbuild'
import { cacheFolder, repository } from './paths.ts'

const folder = new URL('emitted/', cacheFolder)

export interface Emission {
  /** Bytes of the module, minified by esbuild, before and after gzip. */
  minified: number
  gzipped: number
  /** Wall-clock time of one `tapeless generate`, process start included. */
  milliseconds: number
}

/** What a module says of its network, as far as it is used. */
export interface Network {
  batch: number
  input: number[]
  output: number[]
  target: number[]
  parameters: { name: string; shape: number[] }[]
}

/** What is used of an emitted module. */
export interface EmittedModule {
  network: Network
  createTrainer(options?: { parameters: Record<string, number[]> }): {
    parameters: Record<string, Float32Array>
    step(x: ArrayLike<number>, y: ArrayLike<number>): number
  }
}

/** Where `emit` leaves a spec's module: as it was generated, and as JavaScript. */
export const moduleSource = (name: string) => new URL(`${name}.ts`, folder)
export const compiledModule = (name: string) => new URL(`${name}.js`, folder)

export async function importModule(name: string): Promise<EmittedModule> {
  return (await import(compiledModule(name).href)) as EmittedModule
}

/**
 * Generates one spec's module with the repository's own command and compiles it.
 * @throws Error if the repository isn't built or the command fails
 */
export function emit(name: string, spec: URL): Emission {
  const command = fileURLToPath(new URL('dist/cli/main.js', repository))
  if (!existsSync(command)) throw new Error('tapeless is not built: run `npm ci` in the repository first')
  const start = performance.now()
  const { status, stderr } = spawnSync(
    process.execPath,
    [command, 'generate', fileURLToPath(spec), '--out', fileURLToPath(folder), '--force'],
    { encoding: 'utf8' },
  )
  const milliseconds = performance.now() - start
  if (status !== 0) throw new Error(`tapeless generate ${name}:\n${stderr}`)
  const source = readFileSync(moduleSource(name), 'utf8')
  const compile = (minify: boolean) => transformSync(source, { loader: 'ts', target: 'es2022', minify }).code
  writeFileSync(compiledModule(name), compile(false))
  const minified = compile(true)
  return { minified: Buffer.byteLength(minified), gzipped: gzipSync(minified).length, milliseconds }
}
