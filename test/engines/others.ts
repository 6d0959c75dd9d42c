import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { kinds, nameOf } from './networks.ts'
import { inPage, inRuntime, type Fingerprints } from './run.ts'

/*
 * Whether engines beyond those of the tests leave the same bits. Each is given as `runtime=path`, or `firefox=path`:
 * npx jiti test/engines/others.ts runtime=/usr/bin/bun firefox=/usr/bin/firefox-esr
 */

const expected = await readFile(new URL('fingerprints.txt', import.meta.url), 'utf8')

const hosts: Readonly<Record<string, (path: string) => Promise<Fingerprints>>> = {
  runtime: inRuntime,
  firefox: (path) => inPage(path, (profile) => ['--headless', '--no-remote', '--profile', profile]),
}

for (const argument of process.argv.slice(2)) {
  const [kind, path] = argument.split('=') as [string, string]
  const host = hosts[kind]
  if (!host || !path) throw new RangeError(`expected runtime=path or firefox=path, got ${argument}`)
  const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()
  const found = await host(path)
  const differing = kinds.map(nameOf).filter((name) => !expected.includes(`${name}: ${found[name]}\n`))
  const outcome = differing.length === 0 ? `the same ${kinds.length} fingerprints` : `DIFFERS: ${differing.join(', ')}`
  console.log(`${path} (${version}): ${outcome}`)
  if (differing.length > 0) process.exitCode = 1
}
