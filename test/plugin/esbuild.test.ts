import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { removeFolders } from '../package/installed.ts'
import { project, runFile, training, xor } from './project.ts'

afterAll(removeFolders)

const build = `
import { build } from 'esbuild'
import tapeless from 'tapeless/esbuild'
await build({ entryPoints: ['main.js'], bundle: true, format: 'esm', outdir: 'out', plugins: [tapeless()] })
`

test('esbuild bundles a spec as its module, and its types are written beside it', async () => {
  const folder = await project({ 'build.mjs': build, 'main.js': training, 'xor.net.yaml': xor }, ['esbuild'])
  expect(await runFile(folder, 'build.mjs')).toEqual({ status: 0, stdout: '', stderr: '' })
  expect((await runFile(folder, 'out/main.js')).stdout).toBe('xor true\n')
  expect(await readFile(join(folder, 'xor.net.d.yaml.ts'), 'utf8')).toContain('export declare function createTrainer')
})

test('mistakes are esbuild’s own, each where it is', async () => {
  const wrong = xor.replace('tanh', 'tanhh').replace('loss: mse', 'loss: mss')
  const folder = await project({ 'build.mjs': build, 'main.js': training, 'xor.net.yaml': wrong }, ['esbuild'])
  const { status, stderr } = await runFile(folder, 'build.mjs')
  expect(status).toBe(1)
  expect(stderr).toContain("[ERROR] no layer is called 'tanhh'; did you mean 'tanh'? (unknown-word) [plugin tapeless]")
  expect(stderr).toContain('xor.net.yaml:3:24:\n      3 │ layers: [{ linear: 8 }, tanhh, { linear: 1 }]')
  expect(stderr).toContain('xor.net.yaml:4:6:\n      4 │ loss: mss\n        ╵       ~~~')
})

test('a spec in TypeScript is left to the command, and nobody is told where in tapeless that was found', async () => {
  const folder = await project({ 'build.mjs': build, 'main.js': "import './deep.net.ts'", 'deep.net.ts': '' }, [
    'esbuild',
  ])
  const { status, stderr } = await runFile(folder, 'build.mjs')
  expect(status).toBe(1)
  expect(stderr).toContain('run `tapeless generate deep.net.ts`')
  expect(stderr).toContain("main.js:1:7:\n      1 │ import './deep.net.ts'")
  expect(stderr).not.toMatch(/dist.plugin/)
})
