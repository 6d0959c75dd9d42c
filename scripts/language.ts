/**
 * Writes what editors know of specs: src/language/networks/spec.ts for those in TypeScript, schema.json for those in YAML and JSON.
 *
 *     npm run language
 */
import { buildLanguage } from './language/build.ts'

await buildLanguage()
