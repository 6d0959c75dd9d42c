/**
 * Reads the runtime and the templates into src/emit/built.ts, from which the compiler takes them.
 *
 *     npm run runtime
 */
import { buildRuntime } from './runtime/build.ts'

await buildRuntime()
