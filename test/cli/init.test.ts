import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { folderWith, jiti, removeFolders, run, typeCheck } from '../package/installed.ts'
import { tapeless } from './tapeless.ts'

afterAll(removeFolders)

test('tapeless init writes a first network and what trains it, and changes nothing that is there', async () => {
  const folder = await folderWith({ '.gitignore': 'mine\n' })
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  const { status, stdout, stderr } = await tapeless(folder, 'init')
  expect(status, stderr).toBe(0)
  expect(stderr).toBe('.gitignore is there already, and was left as it is\n')
  expect(stdout).toMatch(/\nNext:\n {2}npm install\n {2}npm start\n$/)
  expect(await read('.gitignore')).toBe('mine\n')
  expect(await read('xor.net.yaml')).toMatch(
    /^# yaml-language-server: \$schema=\.\/node_modules\/tapeless\/schema\.json\n/,
  )
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
  expect(again.stderr).toContain('package.json needs, besides what it has')
  expect(await read('train.ts')).toBe(script)
})

test('tapeless init makes the folder that it is told, and knows its templates alone', async () => {
  const folder = await folderWith({ file: '' })
  const { stdout } = await tapeless(folder, 'init', 'My Network')
  expect(stdout).toContain('My Network/train.ts\n')
  expect(stdout).toContain('\n  cd "My Network"\n')
  expect(JSON.parse(await readFile(join(folder, 'My Network/package.json'), 'utf8')).name).toBe('my-network')
  expect((await tapeless(folder, 'init', '--template', 'nowhere')).status).toBe(2)
  const refused = await tapeless(folder, 'init', 'file/in')
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("can't write")])
})
