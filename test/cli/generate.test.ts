import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { folderWith, removeFolders } from '../package/installed.ts'
import { tapeless } from './tapeless.ts'

afterAll(removeFolders)

const spec = 'input: 2\nlayers: [linear: 1]\nloss: mse\n'

describe('tapeless generate', () => {
  test('finds all specs but those in node_modules, dotted folders and its own output', async () => {
    const folder = await folderWith({
      'a.net.yaml': spec,
      'deep/er/b.net.json': JSON.stringify({ input: 2, layers: [{ linear: 1 }], loss: 'mse' }),
      'node_modules/c.net.yaml': spec,
      '.hidden/d.net.yaml': spec,
      'modules/e.net.yaml': spec,
    })
    const { status, stdout } = await tapeless(folder, 'generate', '--out', 'modules')
    expect(status).toBe(0)
    expect(await readdir(join(folder, 'modules'))).toEqual(['a.ts', 'b.ts', 'e.net.yaml'])
    expect(stdout).toMatch(
      /^ +parameters {2}operations a step {2}bytes of arena +source +time\nmodules\/a\.ts {2}new +3 +[\d,]+ +[\d,]+ +[\d,]+ +\d+\.\d\d s\n/,
    )
  })

  test('checks for drift, and protects and overwrites what was edited by hand', async () => {
    const folder = await folderWith({ 'a.net.yaml': spec })
    const module = join(folder, 'generated/a.ts')
    expect((await tapeless(folder, 'generate', '--check')).status).toBe(1)
    expect(await readdir(folder)).toEqual(['a.net.yaml'])
    expect((await tapeless(folder, 'generate')).status).toBe(0)
    expect((await tapeless(folder, 'generate', '--check')).status).toBe(0)

    const edited = `${await readFile(module, 'utf8')}// by hand\n`
    await writeFile(module, edited)
    const refused = await tapeless(folder, 'generate')
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('edited by hand')])
    expect(await readFile(module, 'utf8')).toBe(edited)
    expect((await tapeless(folder, 'generate', '--force')).status).toBe(0)
    expect(await readFile(module, 'utf8')).not.toContain('by hand')
  })

  test('warns of what can hardly be meant, each time; with --strict that is an error', async () => {
    const warned =
      'inputs: { x: scalar }\ntargets: { y: scalar }\nparameters: { w: 3, v: 3 }\nequations:\n  - f = dot(w, tanh(v * x))\n  - l = (f - y)^2\noutput: f\nloss: l\n'
    const folder = await folderWith({ 'a.net.yaml': spec, 'b.net.yaml': warned })
    const warning = expect.stringMatching(/b\.net\.yaml:3:18: warning: w, v start at 0 .* \(stuck\)\n.*\n> 3 \|/)
    const run = async (...options: string[]) => {
      const { status, stderr } = await tapeless(folder, 'generate', ...options)
      return [status, stderr]
    }
    const [status, text] = await run('--strict')
    expect([status, text]).toEqual([1, warning])
    expect(text).toContain('1 warning, and --strict takes warnings for errors\nnothing was written\n')
    expect(await readdir(folder)).not.toContain('generated')
    expect(await run()).toEqual([0, warning])
    expect(await run()).toEqual([0, warning])
    expect(await run('--check')).toEqual([0, warning])
    expect(await run('--check', '--strict')).toEqual([1, warning])
  })

  test('protects what something else wrote, and says so', async () => {
    const folder = await folderWith({ 'a.net.yaml': spec, 'generated/a.ts': 'export const x = 1\n' })
    const { status, stderr } = await tapeless(folder, 'generate')
    expect([status, stderr]).toEqual([1, expect.stringContaining('generated/a.ts was not written by tapeless: ')])
    expect(await readFile(join(folder, 'generated/a.ts'), 'utf8')).toBe('export const x = 1\n')
  })

  test('sees what a function means: not its comments, but its numbers', async () => {
    const swish = 'export const swish = (x: number) => x / (1 + Math.exp(-2 * x))\n'
    const folder = await folderWith({
      'nets/a.net.yaml': 'input: 2\nlayers: [linear: 1, function: ../swish.ts#swish]\nloss: mse\n',
      'swish.ts': swish,
    })
    const check = async (text: string) => {
      await writeFile(join(folder, 'swish.ts'), text)
      return tapeless(folder, 'generate', '--check')
    }
    expect((await tapeless(folder, 'generate')).status).toBe(0)
    expect((await check(`// swish\n${swish}`)).status).toBe(0)
    expect((await check(swish.replace('-2', '-3'))).status).toBe(1)
    const { status, stderr } = await check(swish.replace('Math.exp', 'Math.floor'))
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('swish.ts:1:46: error: formulas have no Math.floor here'),
    ])
  })

  test('writes nothing unless every spec is right, and says where one is wrong, without colours', async () => {
    const folder = await folderWith({
      'right.net.yaml': spec,
      'wrong.net.yaml': 'input: 2\nlayers: [dense: 1]\nloss: mse\n',
    })
    const { status, stderr } = await tapeless(folder, 'generate')
    expect(status).toBe(1)
    expect(stderr).toContain(
      "wrong.net.yaml:2:10: error: no layer is called 'dense'; did you mean 'linear'? (unknown-word)\n",
    )
    expect(stderr).toMatch(/\n1 error\nnothing was written\n$/)
    expect(stderr).not.toContain('\u001b')
    expect(await readdir(folder)).toEqual(['right.net.yaml', 'wrong.net.yaml'])
  })

  test('refuses two specs of one name', async () => {
    const folder = await folderWith({ 'a.net.yaml': spec, 'b/A.net.yaml': spec })
    const { status, stderr } = await tapeless(folder, 'generate')
    expect([status, stderr]).toEqual([1, expect.stringMatching(/b\/A\.net\.yaml and a\.net\.yaml both give/)])
  })

  test('refuses a module over 2 GiB', async () => {
    const folder = await folderWith({
      'a.net.yaml': `input: 64\nlayers: [${'linear: 64, relu, '.repeat(20)}linear: 64]\nloss: mse\ntrain: { batch: 4000000 }\n`,
    })
    const { status, stderr } = await tapeless(folder, 'generate')
    expect([status, stderr]).toEqual([1, expect.stringContaining('2 GiB')])
  })

  test.each([
    ['an unknown option', ['generate', '--fast'], 'unknown option'],
    ['a file that is not there', ['generate', 'b.net.yaml'], 'there is no file b.net.yaml'],
    ['a file that is no spec', ['generate', 'notes.txt'], 'is not a spec'],
    ['no spec at all', ['generate'], 'there is no *.net.'],
    ['an unknown command', ['compile'], 'unknown command'],
    ['a file as the output folder', ['generate', 'a.net.yaml', '--out', 'notes.txt'], 'in what is no folder'],
    ['an output folder in a file', ['generate', 'a.net.yaml', '--out', 'notes.txt/x'], 'in what is no folder'],
    ['a folder in the place of a module', ['generate', 'a.net.yaml', '--out', 'taken'], 'a.ts: a folder is there'],
    ['a target that is not there', ['generate', '--target', 'cuda'], 'Allowed choices are'],
  ])('is used wrongly with %s', async (_, words, message) => {
    const files = { 'notes.txt': '', 'a.net.yaml': spec, 'taken/a.ts/kept.txt': '' }
    const folder = await folderWith(words.length > 1 ? files : {})
    const { status, stderr } = await tapeless(folder, ...words)
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)])
    expect(stderr).not.toContain('    at ')
    if (words.length > 1) expect((await readdir(folder)).sort()).toEqual(['a.net.yaml', 'notes.txt', 'taken'])
  })
})
