import type { SpecError } from '../base/errors.ts'
import type { Bundled } from './bundled.ts'
import { load } from './load.ts'
import { locatedAt, locatedError } from './mistakes.ts'
import type { Options } from './options.ts'
import { importedSpec, programSpec } from './specs.ts'

/** What is used of the contexts in which Rollup and Vite call hooks. */
export interface Context {
  resolve(source: string, importer?: string, options?: { skipSelf: boolean }): Promise<Found | null>
  addWatchFile(file: string): void
  warn(warning: string | { readonly message: string }): void
  emitFile(file: { readonly type: 'asset'; readonly name: string; readonly source: Uint8Array }): string
}

interface Found {
  readonly id: string
  readonly external?: unknown
}

const start = '\0tapeless:'

/** The id of what is made of a spec, which no plugin for YAML or JSON takes for its own. */
export const idOf = (spec: string, kind: 'module' | 'live' = 'module'): string => `${start}${spec}.${kind}.js`

/** The specs that are imported, and what is made of them. */
export const resolved = new RegExp(`${importedSpec.source}|^${start}`)

/** What is loaded here. */
export const loaded = new RegExp(`^${start}|${programSpec.source}`)

/** The spec that an id is made of. */
export function specIn(id: string): string {
  return id.startsWith(start) ? id.slice(start.length).replace(/\.\w+\.js$/, '') : id
}

/** The file of a spec that is imported; undefined where there is none, or it is another's. */
export async function findSpec(
  context: Pick<Context, 'resolve'>,
  source: string,
  importer: string | undefined,
): Promise<string | undefined> {
  const found = await context.resolve(source, importer, { skipSelf: true })
  const path = found?.id.replace(/[?#].*$/, '')
  return path !== undefined && !found?.external && importedSpec.test(path) ? path : undefined
}

/** Compiles what an id is made of. @throws Error as Rollup and Vite show it */
export function loadIn(
  context: Context,
  id: string,
  options: Options,
  onRead = (file: string) => context.addWatchFile(file),
): Promise<Bundled> {
  return load(specIn(id), options, {
    onRead,
    warn: (warning) => context.warn(typeof warning === 'string' ? warning : locatedAt(warning)),
    errorOf: (error: SpecError) => locatedError(error),
  })
}

/** An expression for the address of a file, which is emitted as an asset. */
export function emittedAddress(context: Context): (file: string, content: Uint8Array) => string {
  return (file, content) => {
    const reference = context.emitFile({ type: 'asset', name: file, source: content })
    return `import.meta.ROLLUP_FILE_URL_${reference}`
  }
}
