import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { folderWith, removeFolders } from '../package/installed.ts'
import { command, program, tapeless } from './tapeless.ts'

afterAll(removeFolders)

const spec = 'input: 2\nlayers: [linear: 1]\nloss: mse\n'
const fifo = (path: string) => execFileSync('mkfifo', [path])

/** Runs the command in a folder with a good spec, in which something else is at a path. */
async function generateWith(path: string, make: (path: string) => unknown, ...words: string[]) {
  const folder = await folderWith({ 'a.net.yaml': spec })
  await mkdir(join(folder, 'generated'))
  await make(join(folder, path))
  const result = await tapeless(folder, 'generate', ...words)
  expect(result.stderr).not.toContain('    at ')
  return { ...result, generated: await readdir(join(folder, 'generated')) }
}

describe.runIf(process.platform === 'linux')('what cannot be read or written', () => {
  test.each<[string, string, (path: string) => unknown, string]>([
    ['a FIFO', 'x.net.yaml', fifo, 'a FIFO is there'],
    ['a link to nothing', 'x.net.yaml', (path) => symlink('gone', path), 'there is no such file'],
    ['a link to itself', 'x.net.json', (path) => symlink(path, path), 'links there lead in a circle'],
    ['a device', 'x.net.ts', (path) => symlink('/dev/zero', path), 'a device is there'],
    ['a name with a backslash', 'a\\x.net.yaml', (path) => writeFile(path, spec), 'there is a \\ in its path'],
  ])('%s in the place of a spec is used wrongly', async (_, path, make, why) => {
    const { status, stderr, generated } = await generateWith(path, make)
    expect([status, stderr]).toEqual([2, expect.stringContaining(`tapeless: can't read ${path}: ${why}`)])
    expect(stderr).toMatch(/nothing was written\n$/)
    expect(generated).toEqual([])
  })

  test('a folder named as a spec is one like others, a dotted file none', async () => {
    const { status, stdout } = await generateWith('x.net.yaml', async (path) => {
      await mkdir(path)
      await writeFile(join(path, 'b.net.yaml'), spec)
      await symlink('gone', join(path, '.#b.net.yaml'))
    })
    expect([status, stdout.match(/^\S+\.ts/gm)]).toEqual([0, ['generated/a.ts', 'generated/b.ts']])
  })

  test.each<[string, string, (path: string) => unknown, string, string]>([
    ['a FIFO', 'generated/a.ts', fifo, 'read generated/a.ts', 'a FIFO is there'],
    [
      'a device',
      'generated/a.wasm',
      (path) => symlink('/dev/zero', path),
      'read generated/a.wasm',
      'a device is there',
    ],
    ['a link to itself', 'out', (path) => symlink(path, path), 'list out', 'links there lead in a circle'],
    ['a link to nothing', 'out', (path) => symlink('gone', path), 'write out/a.ts', 'or a link to none'],
  ])('%s in the place of an output is used wrongly', async (_, path, make, tried, why) => {
    const { status, stderr } = await generateWith(path, make, '--force', ...(path === 'out' ? ['--out', 'out'] : []))
    expect([status, stderr]).toEqual([2, expect.stringContaining(`tapeless: can't ${tried}: `)])
    expect(stderr).toContain(why)
  })

  test('a FIFO in the place of a function file is a mistake of the spec', async () => {
    const folder = await folderWith({ 'a.net.yaml': spec.replace('[', '[function: ./f.ts#f, ') })
    fifo(join(folder, 'f.ts'))
    const { status, stderr } = await tapeless(folder, 'generate')
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("a.net.yaml:2:20: error: can't read f.ts: a FIFO is there"),
    ])
  })

  test('what rights are missing for is told at once, and nothing is written', async () => {
    const folder = await folderWith({
      'a.net.yaml': spec,
      'b.net.yaml': spec.replace('[', '[function: ./f.ts#f, '),
      'c.net.yaml': spec.replace('mse', 'mes'),
      'f.ts': 'export const f = (x: number) => x',
      'deep/d.net.yaml': spec,
    })
    await chmod(folder, 0o755)
    for (const path of ['a.net.yaml', 'f.ts', 'deep']) await chmod(join(folder, path), 0)
    // To the superuser all is allowed.
    const asNobody = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
    const words = [...asNobody, process.execPath, ...command, 'generate']
    const { status, stderr } = await program(folder, words[0]!, ...words.slice(1))
    expect(status).toBe(2)
    for (const message of ['list deep', 'read a.net.yaml', 'read f.ts'])
      expect(stderr).toContain(`can't ${message}: the right to is missing`)
    expect(stderr).toContain("c.net.yaml:3:7: error: no loss is called 'mes'")
    expect(stderr).not.toContain('    at ')
  })

  test.each([
    ['its results', '>', "tapeless: can't write standard output: the disk is full\n"],
    ['what is wrong', '2>', ''],
  ])('a full disk under %s is used wrongly', async (_, redirection, message) => {
    const folder = await folderWith({ 'a.net.yaml': redirection === '>' ? spec : 'input: 2' })
    const line = `"$@" generate ${redirection} /dev/full`
    const { status, stderr } = await program(folder, 'sh', '-c', line, 'sh', process.execPath, ...command)
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)])
    expect(stderr).not.toContain('    at ')
  })

  test('a reader that has read enough ends nothing', async () => {
    const folder = await folderWith({ 'a.net.yaml': spec, 'b.net.yaml': spec })
    const line = '{ "$@" generate --verbose; echo $? > status; } 2>&1 | head -c 1'
    const { stdout } = await program(folder, 'bash', '-c', line, 'bash', process.execPath, ...command)
    expect([stdout.length, await readFile(join(folder, 'status'), 'utf8')]).toEqual([1, '0\n'])
    expect(await readdir(join(folder, 'generated'))).toEqual(['a.ts', 'b.ts'])
  })
})

describe('modules that no spec gives', () => {
  test('are drift, and noted, but never removed', async () => {
    const folder = await folderWith({ 'a.net.yaml': spec, 'b.net.yaml': spec, 'c.net.yaml': spec })
    const generate = (...words: string[]) => tapeless(folder, 'generate', ...words)
    await generate('--target', 'wasm', '--wat')
    await rm(join(folder, 'b.net.yaml'))
    await writeFile(join(folder, 'c.net.yaml'), `name: d\n${spec}`)
    await writeFile(join(folder, 'generated/e.ts'), 'export const e = 1\n')

    const written = await generate('--target', 'wasm', '--wat')
    expect(written.status).toBe(0)
    const lines = [
      ...['b.ts', 'b.wat'].map((name) => `${name} belongs to no spec any more: its spec b.net.yaml isn't there`),
      ...['c.ts', 'c.wat'].map(
        (name) => `${name} belongs to no spec any more: its spec c.net.yaml gives generated/d.ts now`,
      ),
    ]
    for (const line of lines) expect(written.stderr).toContain(`generated/${line}\n`)
    expect(written.stderr).not.toContain('e.ts')

    const checked = await generate('--target', 'wasm', '--wat', '--check')
    expect(checked.status).toBe(1)
    for (const line of lines) expect(checked.stderr).toContain(`generated/${line}; remove it\n`)
    expect(await readdir(join(folder, 'generated'))).toHaveLength(9)
    const named = await generate('--target', 'wasm', '--wat', '--check', 'a.net.yaml')
    expect([named.status, named.stderr.match(/^\S+\.ts/gm)]).toEqual([1, ['generated/b.ts']])
  })

  test('are not those of specs that are wrong, or not named', async () => {
    const folder = await folderWith({ 'a.net.yaml': spec, 'b.net.yaml': spec })
    await tapeless(folder, 'generate')
    const named = await tapeless(folder, 'generate', '--check', 'a.net.yaml')
    expect([named.status, named.stdout]).toEqual([0, '1 module is up to date\n'])
    await writeFile(join(folder, 'b.net.yaml'), 'input: 2')
    expect((await tapeless(folder, 'generate', '--check')).stderr).not.toContain('belongs')
  })
})

test('an output that a formatter has changed, its stamp too, is told with its place and beside all other mistakes', async () => {
  const folder = await folderWith({ 'a.net.yaml': spec, 'b.net.yaml': spec, 'c.net.yaml': spec })
  await tapeless(folder, 'generate', 'a.net.yaml', 'b.net.yaml')
  const a = join(folder, 'generated/a.ts')
  const formatted = (await readFile(a, 'utf8')).replace('// @generated', '//@generated').replace('syntax:', 'syntax: ')
  await writeFile(a, formatted)
  const { status, stderr } = await tapeless(folder, 'generate')
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(
      /^generated\/a\.ts was edited by hand \(the stamp at generated\/a\.ts:1:1 isn't that of its text\): .*\nnothing was written\n$/m,
    ),
  ])
  expect(await readdir(join(folder, 'generated'))).toEqual(['a.ts', 'b.ts'])
  await writeFile(join(folder, 'c.net.yaml'), 'input: 2')
  const both = await tapeless(folder, 'generate')
  for (const message of ['c.net.yaml:1:1: error: ', 'generated/a.ts was edited']) expect(both.stderr).toContain(message)
  expect(await readFile(a, 'utf8')).toBe(formatted)
})
