import type { EmittedModule } from '../emit/emit.ts'
import { isOurs } from '../emit/stamp.ts'
import { FileError } from '../host/fileError.ts'
import { contentsOf, type Output } from '../host/files.ts'
import { findGuarded } from '../host/guards.ts'
import { files as disk } from '../host/node.ts'
import { specOfTypes } from '../plugin/specs.ts'
import { targets } from '../targets/index.ts'
import type { Problems } from './problems.ts'

/** The files of a module whose TypeScript goes to `path`. Kernels as text may be one only if they are asked for, or are there already. */
export async function outputsOf({ text, beside }: EmittedModule, path: string, asksForText = false): Promise<Output[]> {
  const files = Object.entries(beside).map(([suffix, contents]) => ({ suffix, path: nextTo(path, suffix), contents }))
  const present = asksForText ? [] : await ownAmong(files.map((file) => file.path))
  const written = files.filter((file) => asksForText || !textsOnRequest.has(file.suffix) || present.includes(file.path))
  return [{ path, contents: text }, ...written.map(({ path, contents }) => ({ path, contents }))]
}

const kinds = Object.values(targets).flatMap(({ beside }) => beside ?? [])
const textsOnRequest = new Set(kinds.flatMap(({ text }) => (text.onRequest ? [text.suffix] : [])))
const suffixes = kinds.flatMap(({ text, binary }) => [...(binary ? [binary.suffix, binary.types] : []), text.suffix])

/** Where the files may be that any target puts beside it. */
export function companions(path: string): string[] {
  return suffixes.map((suffix) => nextTo(path, suffix))
}

/** The path of the module that a file is, or lies beside; undefined where it is of another kind. */
export function moduleOf(path: string): string | undefined {
  // What a training has written there is no module, and belongs to its table.
  if (path.endsWith('.prepare.ts')) return undefined
  // Types for bundlers lie beside their spec.
  if (specOfTypes(path)) return undefined
  const suffix = [...suffixes, '.ts'].find((suffix) => path.endsWith(suffix))
  return suffix && `${path.slice(0, -suffix.length)}.ts`
}

function nextTo(path: string, suffix: string): string {
  return `${path.replace(/\.ts$/, '')}${suffix}`
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

/** Those of tapeless's files that are there, edited by hand or not, and those that can't be read. */
async function ownAmong(paths: readonly string[]): Promise<string[]> {
  return [...(await contentsOf(disk, paths))]
    .filter(([, content]) => content instanceof FileError || isOurs(content))
    .map(([path]) => path)
}

/** Says which files aren't as tapeless wrote them, or can't be read: unless by force, none of them is overwritten or removed. */
export async function refuseGuarded(
  paths: readonly string[],
  force: true | undefined,
  problems: Problems,
): Promise<void> {
  for (const [path, guard] of await findGuarded(paths))
    if (guard instanceof FileError) problems.add(guard)
    else if (!force) problems.say(`${path} ${guard}: move it elsewhere, or pass --force to lose what it holds`)
}
