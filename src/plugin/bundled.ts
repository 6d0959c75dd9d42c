import { basename, relative, resolve } from 'node:path'
import type { Report } from '../base/errors.ts'
import { draft, type CompiledModule } from '../compile.ts'
import { erased } from '../emit/erase.ts'
import { typesOf } from '../emit/types.ts'
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
  readonly types: string
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
  { target, precision }: Options,
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
  const chosen = { ...(target ? { target } : {}), ...(precision ? { precision } : {}) }
  const place = JSON.stringify([spec, chosen])
  const origin = JSON.stringify([network.name, network.hash, source.text])
  const known = latest.get(place)
  if (known?.origin === origin) return known.bundled
  const bundled = draft(network, basename(spec), chosen).then((module) => bundledFrom(module, source))
  latest.set(place, { origin, bundled })
  return bundled
}

async function bundledFrom(
  { text, beside, description, warnings }: CompiledModule,
  source: Report['sources'][number],
): Promise<Bundled> {
  const { name } = description
  const binaries = Object.fromEntries(
    Object.entries(beside).flatMap(([suffix, content]) =>
      typeof content === 'string' ? [] : [[`${name}${suffix}`, content]],
    ),
  )
  const isBeside = Object.keys(binaries).length > 0
  const code = erased(text)
  return {
    name,
    code,
    names: [
      ...Array.from(code.matchAll(/^export (?:const|function) (\w+)/gm), ([, exported]) => exported!),
      ...(isBeside ? ['wasmUrl'] : []),
    ],
    types: await typesOf(text, description, isBeside ? [addressType(name)] : []),
    binaries,
    warnings: { sources: [source], diagnostics: warnings },
  }
}

/** What a module in a bundle exports besides, where its kernels are in a file. */
function addressType(name: string): string {
  return [
    `/** Where ${name}.wasm is: \`createTrainer({ wasm: await WebAssembly.compileStreaming(fetch(wasmUrl())) })\`. */`,
    'export declare function wasmUrl(): string',
  ].join('\n')
}
