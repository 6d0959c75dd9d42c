import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { folderWith, jiti, removeFolders, root, run, typeCheck, type Result } from '../package/installed.ts'
import { tapeless } from './tapeless.ts'

afterAll(removeFolders)

/** What the templates' scripts run, but for bundlers. */
const programs: Readonly<Record<string, (folder: string, ...words: string[]) => Promise<Result>>> = {
  tapeless,
  jiti: (folder, ...words) => run(folder, process.execPath, jiti, ...words),
  tsc: (folder) => run(folder, process.execPath, join(root, 'node_modules/typescript/bin/tsc')),
}

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

  test('asks nothing of its own files when it is run again, and refuses what is no folder', async () => {
    const folder = await folderWith({ 'a.txt': 'mine' })
    await tapeless(folder, 'init', 'page', '--template', 'vite')
    const again = await tapeless(folder, 'init', 'page', '--template', 'vite')
    expect(again.status).toBe(0)
    expect(again.stderr).not.toContain('needs')

    const refused = await tapeless(folder, 'init', 'a.txt')
    expect(refused.status).toBe(2)
    expect(refused.stderr).toBe("tapeless: can't write a.txt: it is a file, not a folder\n")

    await mkdir(join(folder, 'odd/package.json'), { recursive: true })
    const odd = await tapeless(folder, 'init', 'odd')
    expect(odd.status).toBe(2)
    expect(odd.stderr).toMatch(/odd\/package\.json.*\n$/)
    expect(odd.stderr).not.toContain('    at ')
  })

  test('says what a package.json and a tsconfig.json lack that were there', async () => {
    const present = { type: 'commonjs', scripts: { build: 'vite build' }, devDependencies: { tapeless: 'file:t.tgz' } }
    const folder = await folderWith({ 'package.json': JSON.stringify(present), 'tsconfig.json': '{}' })
    const { stdout, stderr } = await tapeless(folder, 'init', '--template', 'vite')
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
    ['vite', 'src/curve.net.yaml'],
    ['worker', 'src/spirals.net.yaml'],
    ['edge', 'contrast.net.yaml'],
  ])('has a template %s whose files pass its typecheck, before anything else has run', async (template, spec) => {
    const folder = await folderWith({})
    const { status, stderr } = await tapeless(folder, 'init', '--template', template)
    expect([status, stderr]).toEqual([0, ''])
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(await readFile(join(folder, spec), 'utf8'))!
    expect(join(dirname(spec), schema!)).toBe('node_modules/tapeless/schema.json')
    const { name, scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    expect(name).toMatch(/^tapeless-/)
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'build', 'typecheck']))

    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    for (const part of (scripts.typecheck as string).split(' && ')) {
      const [named, ...words] = part.split(' ')
      const result = await programs[named!]!(folder, ...words)
      expect({ ...result, part }).toMatchObject({ status: 0, stderr: expect.not.stringContaining('warning') })
    }
  })
})
