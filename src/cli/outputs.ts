import type { EmittedModule } from '../emit/emit.ts'
import { findStale, type Output } from '../emit/write.ts'

/** The files of a module whose TypeScript goes to `path`. */
export function outputsOf({ text, wasm, wat }: EmittedModule, path: string, withWat = false): Output[] {
  const [binary, readable] = companions(path)
  return [
    { path, contents: text },
    ...(wasm ? [{ path: binary, contents: wasm }] : []),
    ...(wat !== undefined && withWat ? [{ path: readable, contents: wat }] : []),
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
  return findStale(
    modules.flatMap(({ path, outputs }) =>
      companions(path).filter((companion) => !outputs.some((output) => output.path === companion)),
    ),
  )
}
