import type { EmittedModule } from '../emit/emit.ts'
import { originsOf, type Output } from '../host/files.ts'
import { files } from '../host/node.ts'

/** The files of a module whose TypeScript goes to `path`. Kernels as text are one if they are asked for, or are there already. */
export async function outputsOf(
  { text, wasm, wat }: EmittedModule,
  path: string,
  asksForWat = false,
): Promise<Output[]> {
  const [binary, readable] = companions(path)
  const hasWat = wat !== undefined && (asksForWat || (await ownAmong([readable])).length > 0)
  return [
    { path, contents: text },
    ...(wasm ? [{ path: binary, contents: wasm }] : []),
    ...(hasWat ? [{ path: readable, contents: wat }] : []),
  ]
}

/** Where its WebAssembly may be, as binary and as text. */
export function companions(path: string): [binary: string, readable: string] {
  const stem = path.replace(/\.ts$/, '')
  return [`${stem}.wasm`, `${stem}.wat`]
}

/** What tapeless once wrote beside modules, and would not now. */
export function staleAmong(
  modules: readonly { readonly path: string; readonly outputs: readonly Output[] }[],
): Promise<string[]> {
  return ownAmong(
    modules.flatMap(({ path, outputs }) =>
      companions(path).filter((companion) => !outputs.some((output) => output.path === companion)),
    ),
  )
}

/** Those of tapeless's files that are there, edited by hand or not. */
async function ownAmong(paths: readonly string[]): Promise<string[]> {
  return [...(await originsOf(files, paths))].filter(([, origin]) => origin !== 'foreign').map(([path]) => path)
}
