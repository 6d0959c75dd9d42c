import { gzipSync } from 'node:zlib'
import { Fault } from '../base/fault.ts'
import type { EmittedModule } from '../emit/emit.ts'

/** What a module takes of a page: sizes in bytes. */
export interface Measures {
  /** Without types and comments, names shortened. */
  readonly minified: number
  /** Minified, then compressed by gzip. */
  readonly gzipped: number
  /** The kernels' binary compressed by gzip, where they are WebAssembly. */
  readonly wasmGzipped?: number
}

/** The sizes of a module. Where it holds its kernels' binary, the first two count that too, as base64. */
export async function measure({ text, binary }: Pick<EmittedModule, 'text' | 'binary'>): Promise<Measures> {
  const code = await minified(text)
  return {
    ...{ minified: code.length, gzipped: gzipped(code) },
    ...(binary ? { wasmGzipped: gzipped(binary) } : {}),
  }
}

async function minified(text: string): Promise<string> {
  const [{ default: uglify }, { erased }] = await Promise.all([import('uglify-js'), import('../emit/erase.ts')])
  // Inlined functions are fewer bytes, but compress worse.
  const { code, error } = uglify.minify(erased(text), { module: true, compress: { inline: false } })
  if (error) throw new Fault(`The module can't be minified: ${error.message}`)
  return code
}

function gzipped(content: string | Uint8Array): number {
  return gzipSync(content, { level: 9 }).length
}
