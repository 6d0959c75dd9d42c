import type { ModuleDescription } from '../../src/emit/description.ts'
import { emitModule, type EmittedModule } from '../../src/emit/emit.ts'
import type { Model, Options, Trainer } from '../../src/runtime/interface.ts'
import { importText } from '../support/emitted.ts'

export interface ImportedModule extends EmittedModule {
  readonly network: Readonly<Record<string, unknown>>
  readonly createModel: (options?: Options) => Model
  readonly createTrainer: (options?: Options) => Trainer
}

/** Emits a module and imports it. */
export async function importModule(description: ModuleDescription): Promise<ImportedModule> {
  const emitted = await emitModule(description)
  return { ...emitted, ...((await importText(emitted.text)) as unknown as Omit<ImportedModule, keyof EmittedModule>) }
}
