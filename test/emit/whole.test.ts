import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { format } from '../../src/emit/format.ts'
import { strictMistakes } from '../support/strict.ts'

/*
 * A module's own part alone is formatted and checked when it is generated, against a small library and the runtime's signatures. Here
 * are whole modules, in the language's own library.
 */

const root = new URL('../../', import.meta.url)
const paths = ['generated/', 'test/golden/']
  .flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}${file}`),
  )
  .filter((path) => path.endsWith('.ts'))
const modules = paths
  .map((path) => [path, readFileSync(new URL(path, root), 'utf8')] as const)
  .filter(([, text]) => text.startsWith('// @generated'))

describe.each(modules)('%s', (_, text) => {
  test('is formatted', async () => {
    expect(await format(text)).toBe(text)
  })
})

test('all pass the type check whole', () => {
  expect(modules.length).toBeGreaterThan(20)
  expect(strictMistakes(modules)).toBe('')
})
