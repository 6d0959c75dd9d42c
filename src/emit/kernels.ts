import { base64 } from '../base/bytes.ts'
import { Fault } from '../base/fault.ts'
import { targets } from '../targets/index.ts'
import type { AssembleOptions, Beside } from '../targets/target.ts'
import type { BesideDescription, ModuleDescription, WasmDescription } from './description.ts'
import { headerOf } from './header.ts'
import { call, literal } from './literal.ts'
import { identityOf, stamp, stampBinary } from './stamp.ts'

/** A module's kernels as WebAssembly. */
export interface Kernels {
  /** The binary; for a file of its own with a section that says what it is. */
  readonly bytes: Uint8Array
  /** What that section says. */
  readonly identity: string
}

/** Assembles a description's kernels; undefined where the module runs none. Fault: they are no WebAssembly. */
export async function assembleKernels(
  { name, beside, wasm }: ModuleDescription,
  options: AssembleOptions,
): Promise<Kernels | undefined> {
  const assembler = beside && placesOf(beside).binary
  if (!wasm || !assembler) return undefined
  const binary = await assembler.assemble(beside.text, options)
  return {
    bytes: wasm.placement === 'file' ? stampBinary(binary, name) : binary,
    identity: identityOf(binary, name),
  }
}

/** What the files that may lie beside a module hold, by the suffixes of their names. */
export async function filesBeside(
  module: ModuleDescription,
  kernels: Kernels | undefined,
): Promise<Readonly<Record<string, string | Uint8Array>>> {
  const { beside, wasm } = module
  if (!beside) return {}
  const { text, binary } = placesOf(beside)
  const isFile = binary && kernels && wasm?.placement === 'file'
  return {
    ...(isFile ? { [binary.suffix]: kernels.bytes, [binary.types]: await stamp(typesOfBinary(module)) } : {}),
    [text.suffix]: await stamp(`${headerOf(module, text.comment, 'sha256')}\n${beside.text}\n`),
  }
}

/** What an import of the binary gives, where a bundler or a host compiles it: of any other one, such as an address, its own types tell. */
function typesOfBinary(module: ModuleDescription): string {
  return [
    headerOf(module, '//', 'syntax'),
    '',
    `/** The kernels of ${module.name}.ts, compiled: what its functions take as \`wasm\`. */`,
    `declare const wasm: import('./${module.name}.ts').Options['wasm']`,
    'export default wasm\n',
  ].join('\n')
}

/** The call of the runtime's function that gives the compiled WebAssembly module, by where its binary is. */
const moduleSources = {
  inline: { function: 'compiledOnce', arguments: [] },
  file: { function: 'givenModule', arguments: ['options'] },
} as const satisfies Record<
  WasmDescription['placement'],
  { readonly function: keyof typeof import('../runtime/wasm.ts'); readonly arguments: readonly string[] }
>

/** The names in `src/runtime` that a module with kernels in WebAssembly uses for them. */
export function wasmRoots({ placement, imports }: WasmDescription): string[] {
  const roots = [
    'kernelsIn',
    'arenaFor',
    moduleSources[placement].function,
  ] satisfies (keyof typeof import('../runtime/wasm.ts'))[]
  return [...roots, ...imports]
}

/** The expression for an arena of zeros. */
export function newArena({ wasm }: ModuleDescription, length: number): string {
  if (!wasm) return `allocate(${literal(length)})`
  const source = moduleSources[wasm.placement]
  return `arenaFor(${call(source.function, source.arguments, [], [])}, ${literal(length)})`
}

/** The binary in base64, in lines. */
export function binaryLines({ bytes }: Kernels): readonly string[] {
  return base64(bytes).match(/.{1,116}/g) ?? []
}

function placesOf({ target }: BesideDescription): Beside {
  const { beside } = targets[target]
  if (!beside) throw new Fault(`The target ${target} has no file for its kernels.`)
  return beside
}
