import { relative } from 'node:path'
import { SpecError, type Report } from '../base/errors.ts'
import { FileError } from '../host/fileError.ts'
import { portable } from '../host/node.ts'
import { bundledOf, type Bundled } from './bundled.ts'
import type { Options } from './options.ts'
import { programSpec } from './specs.ts'
import { writeTypes } from './writeTypes.ts'

/** What a bundler does with what comes of loading a spec. */
export interface Reporting {
  /** Has the bundler load the spec again when a file changes. */
  readonly onRead: (file: string) => void
  /** Shows what is no mistake: of the spec, or a message. */
  readonly warn: (warning: Report | string) => void
  /** Makes an error that the bundler shows as it shows its own. */
  readonly errorOf: (error: SpecError) => unknown
}

/** What keeps a spec from being loaded and is no mistake in it. */
export class Refusal extends Error {
  // Where in tapeless it was found tells its reader nothing. The second is for webpack and Rspack.
  override stack = ''
  readonly hideStack = true
}

/**
 * Compiles a spec and writes its types.
 * @throws what `errorOf` gives where the spec is wrong; Refusal where it is a program, or a file can't be read.
 */
export async function load(spec: string, options: Options, { onRead, warn, errorOf }: Reporting): Promise<Bundled> {
  if (programSpec.test(spec)) throw new Refusal(leftToCommand(shown(spec)))
  try {
    const bundled = await bundledOf(spec, options, onRead)
    if (bundled.warnings.diagnostics.length > 0) warn(bundled.warnings)
    const unwritten = options.types === false ? undefined : await writeTypes(spec, await bundled.types())
    if (unwritten) warn(`the types of ${shown(spec)} are not written: ${unwritten}`)
    return bundled
  } catch (error) {
    if (error instanceof SpecError) throw errorOf(error)
    throw error instanceof FileError ? new Refusal(error.message) : error
  }
}

function leftToCommand(file: string): string {
  return (
    `${file} is a spec in TypeScript, which is a program: run \`tapeless generate ${file}\`, and import the module that it ` +
    'writes, or write the spec in YAML or JSON'
  )
}

function shown(file: string): string {
  return portable(relative('.', file))
}
