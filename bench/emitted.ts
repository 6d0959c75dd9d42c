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

/** Where `emit` leaves the JavaScript of a spec's module. */
export function compiledModule(name: string): URL {
  return new URL(`${name}.js`, folder)
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
  const source = readFileSync(new URL(`${name}.ts`, folder), 'utf8')
  const compile = (minify: boolean) => transformSync(source, { loader: 'ts', target: 'es2022', minify }).code
  writeFileSync(compiledModule(name), compile(false))
  const minified = compile(true)
  return { minified: Buffer.byteLength(minified), gzipped: gzipSync(minified).length, milliseconds }
}
