import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Node's arguments for a process or a thread of a file of this package: where this runs from its source, so does that. */
export function ownArguments(): readonly string[] {
  if (extname(import.meta.url) === '.js') return []
  const jiti = dirname(createRequire(import.meta.url).resolve('jiti/package.json'))
  return ['--import', pathToFileURL(join(jiti, 'lib/jiti-register.mjs')).href]
}
