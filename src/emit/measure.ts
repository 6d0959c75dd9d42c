import { gzipSync } from 'node:zlib'

/** Sizes in bytes. */
export interface Measures {
  readonly source: number
  readonly minified: number
  /** Minified, then compressed by gzip. */
  readonly gzipped: number
  /** Of the kernels' binary, where they are WebAssembly. Where the module holds it, the other sizes count it too, as base64. */
  readonly wasm?: { readonly bytes: number; readonly gzipped: number }
}

export async function measure(text: string, wasm?: Uint8Array): Promise<Measures> {
  const { transform } = await import('esbuild')
  const { code } = await transform(text, { loader: 'ts', format: 'esm', minify: true })
  return {
    ...{ source: text.length, minified: code.length, gzipped: gzipped(code) },
    ...(wasm ? { wasm: { bytes: wasm.length, gzipped: gzipped(wasm) } } : {}),
  }
}

function gzipped(content: string | Uint8Array): number {
  return gzipSync(content, { level: 9 }).length
}
