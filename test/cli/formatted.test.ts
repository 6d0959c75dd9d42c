import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import js from '@eslint/js'
import { ESLint } from 'eslint'
import prettier from 'prettier'
import tseslint from 'typescript-eslint'
import { afterAll, describe, expect, test } from 'vitest'
import { folderWith, removeFolders, typeCheck } from '../package/installed.ts'
import { tapeless } from './tapeless.ts'

afterAll(removeFolders)

const spec = 'input: 2\nlayers: [linear: 1]\nloss: mse\n'

describe('a module that a formatter has been at', () => {
  async function formatted() {
    const folder = await folderWith({ 'a.net.yaml': spec })
    const path = join(folder, 'generated/a.ts')
    await tapeless(folder, 'generate')
    const text = await prettier.format(await readFile(path, 'utf8'), { parser: 'typescript', printWidth: 80 })
    await writeFile(path, text)
    return { folder, path, text }
  }

  test('is up to date, and stays as it is', async () => {
    const { folder, path, text } = await formatted()
    expect((await tapeless(folder, 'generate', '--check')).stdout).toBe('1 module is up to date\n')
    const generate = () => tapeless(folder, 'generate')
    expect((await generate()).stdout).toMatch(/^ +parameters .*\ngenerated\/a\.ts {2}up to date +3 /)
    // The second time it isn't even compiled.
    expect((await generate()).stdout).toMatch(/^generated\/a\.ts {2}up to date\n/)
    expect(await readFile(path, 'utf8')).toBe(text)
    await tapeless(folder, 'generate', '--force')
    expect(await readFile(path, 'utf8')).not.toBe(text)
  })

  test('is replaced once its spec gives another one, unless somebody has edited it too', async () => {
    const { folder, path, text } = await formatted()
    await writeFile(join(folder, 'a.net.yaml'), spec.replace('mse', 'mae'))
    expect((await tapeless(folder, 'generate', '--check')).status).toBe(1)
    await writeFile(path, text.replace('batch: 32', 'batch: 33'))
    const { status, stderr } = await tapeless(folder, 'generate')
    expect([status, stderr]).toEqual([1, expect.stringContaining('generated/a.ts was edited by hand')])
    await writeFile(path, text)
    expect((await tapeless(folder, 'generate')).stdout).toMatch(/^generated\/a\.ts {2}changed /m)
  })
})

test('linters have nothing to say of modules', async () => {
  const folder = await folderWith({
    'a.net.yaml': spec,
    'b.net.yaml': `${spec}emit: { target: wasm, wasm: file }\n`,
    'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, module: 'preserve', lib: ['es2023', 'dom'] } }),
  })
  await tapeless(folder, 'generate')
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [
      js.configs.recommended,
      ...(tseslint.configs.recommendedTypeChecked as object[]),
      { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: folder } } },
    ],
  })
  const results = await eslint.lintFiles(['generated/*.ts'])
  expect(results.map(({ messages }) => messages)).toEqual([[], [], []])
  // It isn't that nothing is looked at.
  const text = (await readFile(join(folder, 'generated/a.ts'), 'utf8')).replace('/* eslint-disable */', '')
  await writeFile(join(folder, 'generated/a.ts'), text)
  expect((await eslint.lintFiles(['generated/a.ts']))[0]!.errorCount).toBeGreaterThan(5)
})

test('an import of a module’s binary has the type that the module takes', async () => {
  const compilerOptions = {
    ...{ strict: true, noEmit: true, target: 'es2022', lib: ['es2023', 'dom'] },
    ...{ module: 'preserve', allowImportingTsExtensions: true, types: [] },
  }
  const folder = await folderWith({
    'a.net.yaml': `${spec}emit: { target: wasm, wasm: file }\n`,
    'use.ts':
      "import wasm from './generated/a.wasm'\nimport { createModel } from './generated/a.ts'\n" +
      'createModel({ wasm }).predict([1, 2])\n',
    'misuse.ts': "import wasm from './generated/a.wasm'\nexport const text: string = wasm\n",
    'tsconfig.json': JSON.stringify({ compilerOptions, include: ['use.ts', 'generated'] }),
    'misuse.json': JSON.stringify({ compilerOptions, include: ['misuse.ts'] }),
  })
  await tapeless(folder, 'generate')
  expect(await typeCheck(folder)).toBe('')
  expect(await typeCheck(folder, 'misuse.json')).toMatch(/^misuse\.ts\(2,14\): error TS2322/)
})
