import { basename, relative, resolve } from 'node:path'
import type { Report } from '../base/errors.ts'
import { lazy } from '../base/lazy.ts'
import { draft, type CompiledModule } from '../compile.ts'
import { portable } from '../host/node.ts'
import { readSpecFile } from '../host/specFile.ts'
import { loadNetwork } from '../language/networks/network.ts'
import type { Options } from './options.ts'

/** A spec's module as bundlers have it. */
export interface Bundled {
  readonly name: string
  /** JavaScript. */
  readonly code: string
  /** The names that it exports. */
  readonly names: readonly string[]
  /** The text of a declaration file. */
  readonly types: () => Promise<string>
  /** The files that its callers compile, by their names. */
  readonly binaries: Readonly<Record<string, Uint8Array>>
  /** What was found in the spec that compiles, and that hardly anybody means. */
  readonly warnings: Report
}

/** The latest of each spec under each choice of options: several plugins of one process ask for the same. */
const latest = new Map<string, { readonly origin: string; readonly bundled: Promise<Bundled> }>()

/**
 * Compiles a spec, unless that is what it last was.
 * @param onRead called with each file that is read, by its absolute path: the spec first, even if it is wrong.
 * @throws SpecError; FileError where a file can't be read.
 */
export async function bundledOf(
  spec: string,
  { target, precision, only }: Options,
  onRead: (file: string) => void,
): Promise<Bundled> {
  onRead(spec)
  // As people see it, from where they have begun the build.
  const { readFile, ...source } = await readSpecFile(portable(relative('.', spec)))
  const network = await loadNetwork({
    ...source,
    readFile: (file) => {
      onRead(resolve(file))
      return readFile!(file)
    },
  })
  const part = only && Object.hasOwn(only, network.name) ? only[network.name] : undefined
  const chosen = { ...(target && { target }), ...(precision && { precision }), ...(part && { only: part }) }
  const place = JSON.stringify([spec, chosen])
  const origin = JSON.stringify([network.name, network.hash, source.text])
  const known = latest.get(place)
  if (known?.origin === origin) return known.bundled
  const bundled = draft(network, basename(spec), chosen).then((module) => bundledFrom(module, source))
  latest.set(place, { origin, bundled })
  return bundled
}

async function bundledFrom(module: CompiledModule, source: Report['sources'][number]): Promise<Bundled> {
  const { text, beside, description, warnings } = module
  const { name } = description
  const binaries = Object.fromEntries(
    Object.entries(beside).flatMap(([suffix, content]) =>
      typeof content === 'string' ? [] : [[`${name}${suffix}`, content]],
    ),
  )
  const isBeside = Object.keys(binaries).length > 0
  const { erased } = await import('../emit/erase.ts')
  const code = erased(text)
  const exported = Array.from(code.matchAll(/^export (?:const|function) (\w+)/gm), ([, name]) => name!)
  return {
    name,
    code,
    names: [...exported, ...(isBeside ? ['wasmUrl'] : [])],
    types: lazy(() => typesOfModule(module)),
    binaries,
    warnings: { sources: [source], diagnostics: warnings },
  }
}

/** The types of a draft in a bundle, as the text of a declaration file. */
export async function typesOfModule({ text, description }: CompiledModule): Promise<string> {
  const { typesOf } = await import('../emit/types.ts')
  return typesOf(text, description, description.wasm?.placement === 'file' ? [addressType(description)] : [])
}

/** What a module in a bundle exports besides, where its kernels are in a file. */
function addressType({ name, only }: CompiledModule['description']): string {
  const make = only === 'model' ? 'createModel' : 'createTrainer'
  return [
    `/** Where ${name}.wasm is: \`${make}({ wasm: await WebAssembly.compileStreaming(fetch(wasmUrl())) })\`. */`,
    'export declare function wasmUrl(): string',
  ].join('\n')
}
