import { writeFile } from 'node:fs/promises'
import { resolveConfig } from 'prettier'
import { editorSchema } from './editors.ts'
import { specSchema } from './schema.ts'
import { specTypes } from './types.ts'

/** Writes what is made of the tables of the language: the types of specs, and the JSON Schema of the package. */
export async function buildLanguage(): Promise<void> {
  const schema = specSchema()
  const types = new URL('../../src/language/networks/spec.ts', import.meta.url)
  const settings = (await resolveConfig(types)) ?? {}
  await writeFile(types, await specTypes(schema, settings))
  await writeFile(new URL('../../schema.json', import.meta.url), `${JSON.stringify(editorSchema(schema))}\n`)
}
