import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { folderWith, removeFolders, typeCheck } from '../package/installed.ts'
import { tapeless } from './tapeless.ts'

afterAll(removeFolders)

const spec = 'input: 2\nlayers: [linear: 1]\nloss: mse\n'
const types = (folder: string, ...words: string[]) => tapeless(folder, 'generate', '--types', ...words)

test('types lie beside specs that bundlers import, in place of modules, and TypeScript takes them', async () => {
  const use = `import { createTrainer, network, type Trainer, wasmUrl } from './a.net.yaml'
const trainer: Trainer = createTrainer({ wasm: {} })
export const [name, address, weights]: ['a', string, Float64Array] = [network.name, wasmUrl(), trainer.parameters['linear0.weight']]
// @ts-expect-error -- there is no such parameter
export const none = trainer.parameters['linear1.weight']
`
  const options = { strict: true, noEmit: true, allowArbitraryExtensions: true, module: 'esnext', types: [] }
  const folder = await folderWith({
    'src/a.net.yaml': `${spec}emit: { precision: f64, target: wasm, wasm: file }\n`,
    'src/b.net.ts': `throw new Error('this runs')\n`,
    'src/use.ts': use,
    'tsconfig.json': JSON.stringify({
      compilerOptions: { ...options, moduleResolution: 'bundler', target: 'es2022' },
      include: ['src/use.ts'],
    }),
  })
  const { status, stdout } = await types(folder)
  expect([status, stdout]).toEqual([0, expect.stringContaining('src/a.net.d.yaml.ts  new')])
  expect((await readdir(join(folder, 'src'))).sort()).toEqual(['a.net.d.yaml.ts', 'a.net.yaml', 'b.net.ts', 'use.ts'])
  expect(await readdir(folder)).not.toContain('generated')
  expect(await typeCheck(folder)).toBe('')
  const named = await types(folder, 'src/b.net.ts')
  expect([named.status, named.stderr]).toEqual([2, expect.stringContaining('src/b.net.ts is a program')])
})

test('they are checked, protected where they were edited, and told of where their spec is gone', async () => {
  const folder = await folderWith({ 'a.net.json': JSON.stringify({ input: 2, layers: [{ linear: 1 }], loss: 'mse' }) })
  const file = join(folder, 'a.net.d.json.ts')
  expect((await types(folder, '--check')).status).toBe(1)
  expect((await types(folder)).status).toBe(0)
  expect((await types(folder, '--check')).status).toBe(0)

  const edited = `${await readFile(file, 'utf8')}// by hand\n`
  await writeFile(file, edited)
  const refused = await types(folder)
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('a.net.d.json.ts was edited by hand')])
  expect(await readFile(file, 'utf8')).toBe(edited)
  expect((await types(folder, '--force')).status).toBe(0)

  await mkdir(join(folder, 'nets'))
  await rename(join(folder, 'a.net.json'), join(folder, 'nets/a.net.json'))
  await writeFile(join(folder, 'b.net.yaml'), spec)
  const moved = await types(folder)
  const told = "a.net.d.json.ts belongs to no spec any more: its spec a.net.json isn't there\n"
  expect([moved.status, moved.stderr]).toEqual([0, expect.stringContaining(told)])
  expect(await readdir(join(folder, 'nets'))).toEqual(['a.net.d.json.ts', 'a.net.json'])
  expect((await types(folder, '--check')).status).toBe(1)
  // Modules go where they go, and take no types for theirs.
  expect((await tapeless(folder, 'generate', 'b.net.yaml', '--out', '.')).stderr).not.toContain('.d.')
})
