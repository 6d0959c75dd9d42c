import { readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { addFiles, folderWith, jiti, removeFolders, root, run, typeCheck } from '../package/installed.ts'
import { tapeless } from './tapeless.ts'

afterAll(removeFolders)

describe('tapeless init', () => {
  test('writes a first network and what trains it, and changes nothing that is there', async () => {
    const folder = await folderWith({ '.gitignore': 'mine\n' })
    const read = (name: string) => readFile(join(folder, name), 'utf8')
    const { status, stdout, stderr } = await tapeless(folder, 'init')
    expect(status, stderr).toBe(0)
    expect(stderr).toBe('.gitignore is there already, and was left as it is\n')
    expect(stdout).toMatch(/\nNext:\n {2}npm install\n {2}npm start\n$/)
    expect(await read('.gitignore')).toBe('mine\n')
    const { scripts, devDependencies } = JSON.parse(await read('package.json'))
    expect(scripts.start).toBe('tapeless generate && jiti train.ts')
    expect(devDependencies.tapeless).toMatch(/^\^\d+\.\d+\.\d+$/)

    expect((await tapeless(folder, 'generate')).status).toBe(0)
    const trained = await run(folder, process.execPath, jiti, 'train.ts')
    expect(trained.status, trained.stderr).toBe(0)
    const [near0, near1] = [/is -?0\.0\d+$/, /is (1\.0|0\.9)\d+$/]
    const answers = trained.stdout.trim().split('\n').slice(-4)
    expect(
      [near0, near1, near1, near0].every((pattern, k) => pattern.test(answers[k]!)),
      trained.stdout,
    ).toBe(true)
    expect(await typeCheck(folder)).toBe('')

    const script = await read('train.ts')
    const again = await tapeless(folder, 'init')
    expect(again.status).toBe(0)
    expect(again.stderr).toContain('train.ts is there already, and was left as it is\n')
    expect(again.stdout).toMatch(/^\nNext:\n {2}npm start\n$/)
    expect(await read('train.ts')).toBe(script)
  })

  test('says what a package.json and a tsconfig.json lack that were there', async () => {
    const present = { type: 'commonjs', scripts: { build: 'vite build' }, devDependencies: { tapeless: 'file:t.tgz' } }
    const folder = await folderWith({ 'package.json': JSON.stringify(present), 'tsconfig.json': '{}' })
    const { stdout, stderr } = await tapeless(folder, 'init', '--template', 'worker')
    expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).toEqual(present)
    expect(stderr).toMatch(/^tsconfig\.json needs, among its compilerOptions, .*"moduleResolution":"bundler"/m)
    expect(stdout).toMatch(/^ {2}npm pkg set type=module "?scripts\.start=/m)
    expect(stdout).toMatch(/^ {2}npm install --save-dev "typescript@>=5\.4" vite@\^\d+\.0\.0\n {2}npm start\n$/m)
  })

  test('makes the folder that it is told, and knows its templates alone', async () => {
    const folder = await folderWith({ file: '' })
    const { stdout } = await tapeless(folder, 'init', 'My Network')
    expect(stdout).toContain('My Network/train.ts\n')
    expect(stdout).toContain('\n  cd "My Network"\n')
    expect(JSON.parse(await readFile(join(folder, 'My Network/package.json'), 'utf8')).name).toBe('my-network')
    const unknown = await tapeless(folder, 'init', '--template', 'wroker')
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining("did you mean 'worker'?")])
    const refused = await tapeless(folder, 'init', 'file/in')
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("can't write")])
    expect((await readdir(folder)).filter((name) => !name.startsWith('.')).sort()).toEqual(['My Network', 'file'])
  })

  test.each([
    ['worker', 'spirals', 'src/generated', {}],
    ['edge', 'contrast', 'generated', { 'generated/weights.ts': "export const weights = ''\n" }],
  ])('has a template %s whose files fit together', async (template, name, out, built) => {
    const folder = await folderWith(built)
    expect((await tapeless(folder, 'init', '--template', template)).status).toBe(0)
    const text = await readFile(join(folder, `${name}.net.yaml`), 'utf8')
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/node_modules\/tapeless\/schema\.json\n/)
    const { name: named, scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    expect(named).toMatch(/^tapeless-/)
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'build', 'typecheck']))
    const module = await compile(
      await loadNetwork(readSpecText({ file: `${name}.net.yaml`, text })),
      `${name}.net.yaml`,
    )
    expect(module.warnings).toEqual([])
    await addFiles(folder, { [`${out}/${name}.ts`]: module.text })
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    expect(await typeCheck(folder)).toBe('')
  })
})
