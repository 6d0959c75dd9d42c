import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { folderWith, removeFolders } from '../package/installed.ts'
import { tapeless } from './tapeless.ts'

afterAll(removeFolders)

const spec = 'input: 2\nlayers: [linear: 1]\nloss: mse\ntrain: { optimizer: sgd }\nemit: { wasm: file }\n'
const upToDate = /^generated\/a\.ts {2}up to date\n1 module: 1 up to date, in \d+\.\d\d s\n$/
const generate = (folder: string, ...words: string[]) => tapeless(folder, 'generate', ...words)

test('a module that is up to date is not compiled again', async () => {
  const folder = await folderWith({ 'a.net.yaml': spec })
  expect((await generate(folder)).stdout).toMatch(/^ +parameters .*\ngenerated\/a\.ts {2}new +3 /)
  expect((await generate(folder)).stdout).toMatch(upToDate)
  expect((await generate(folder, '--check')).stdout).toBe('1 module is up to date\n')
  await writeFile(join(folder, 'a.net.yaml'), `# A comment changes nothing.\n${spec}`)
  expect((await generate(folder)).stdout).toMatch(upToDate)
  await Promise.all([generate(folder, '--force'), generate(folder, '--force')])
  expect(await readdir(join(folder, '.cache/tapeless'))).toHaveLength(1)
  expect((await generate(folder, '--verbose')).stdout).toMatch(
    /minified.*\n.*\n1 module: 1 up to date, in .*\na kernels\n/,
  )
})

test.each<[string, (folder: string) => Promise<unknown>, ...string[]]>([
  ['the spec', (folder) => writeFile(join(folder, 'a.net.yaml'), spec.replace('mse', 'mae'))],
  ['the precision', () => Promise.resolve(), '--precision', 'f64'],
  ['the folder', () => Promise.resolve(), '--target', 'wasm', '--out', 'modules'],
  ['what is asked for beside', () => Promise.resolve(), '--target', 'wasm', '--wat'],
  ['a file that is missing', (folder) => rm(join(folder, 'generated/a.wasm')), '--target', 'wasm'],
])('a module is compiled again after a change of %s', async (_, change, ...words) => {
  const folder = await folderWith({ 'a.net.yaml': spec })
  await generate(folder, '--target', 'wasm')
  expect((await generate(folder, '--target', 'wasm')).stdout).toMatch(upToDate)
  await change(folder)
  const { stdout, stderr } = await generate(folder, ...words)
  expect(stdout, stderr).toMatch(/^ +parameters/)
})
