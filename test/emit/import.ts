import type { ModuleDescription } from '../../src/emit/description.ts'
import { emitModule, type EmittedModule } from '../../src/emit/emit.ts'
import { importText, type Emitted } from '../support/emitted.ts'

export type ImportedModule = EmittedModule & Emitted

/** Emits a module and imports it. */
export async function importModule(description: ModuleDescription): Promise<ImportedModule> {
  const emitted = await emitModule(description)
  return { ...emitted, ...(await importText(emitted.text)) }
}
