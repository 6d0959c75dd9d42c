import { gzipSync } from 'node:zlib'

/** Sizes of a module in bytes. */
export interface Measures {
  readonly source: number
  readonly minified: number
  /** Minified, then compressed by gzip. */
  readonly gzipped: number
}

export async function measure(text: string): Promise<Measures> {
  const { transform } = await import('esbuild')
  const { code } = await transform(text, { loader: 'ts', format: 'esm', minify: true })
  return { source: text.length, minified: code.length, gzipped: gzipSync(code, { level: 9 }).length }
}
