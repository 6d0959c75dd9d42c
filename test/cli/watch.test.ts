import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { folderWith, removeFolders } from '../package/installed.ts'
import { command, tapeless } from './tapeless.ts'

afterAll(removeFolders)

const spec = 'input: 2\nlayers: [linear: 1]\nloss: mse\n'
const swish = 'export const swish = (x: number) => x / (1 + Math.exp(-2 * x))\n'

/** Runs the command with `--watch` in a folder. */
function watching(folder: string) {
  const env = { ...process.env, CI: 'true', XDG_CACHE_HOME: join(folder, '.cache') }
  const child = spawn(process.execPath, [...command, 'generate', '--watch'], { cwd: folder, env })
  let told = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (told += String(part)))
  return {
    child,
    /** Waits until what was told since the last time has all of these; gives it. */
    async until(...wanted: readonly RegExp[]): Promise<string> {
      for (const deadline = Date.now() + 50_000; !wanted.every((one) => one.test(told));) {
        if (Date.now() > deadline) throw new Error(`${wanted.join(', ')} isn't in ${JSON.stringify(told)}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      const since = told
      told = ''
      return since
    },
  }
}

test('a watch generates again what changes, survives mistakes, removes nothing, and ends by Ctrl-C', async () => {
  const folder = await folderWith({
    'a.net.yaml': spec,
    'nets/b.net.yaml': spec.replace('linear: 1', 'linear: 1, function: ../swish.ts#swish'),
    'swish.ts': swish,
  })
  const at = (name: string) => join(folder, name)
  const { child, until } = watching(folder)
  try {
    await until(/2 modules: 2 new/, /watching 2 specs; Ctrl-C ends it\n/)
    await writeFile(at('a.net.yaml'), spec.replace('mse', 'mae'))
    expect(await until(/\n/)).toMatch(/^\d\d:\d\d:\d\d {2}generated\/a\.ts {2}changed in \d+\.\d\d s\n$/)

    const before = await readFile(at('generated/a.ts'), 'utf8')
    await writeFile(at('a.net.yaml'), spec.replace('mse', 'mes'))
    const mistake = await until(/nothing was written\n/)
    expect(mistake).toMatch(/a\.net\.yaml:3:7: error: no loss is called 'mes'[^]*1 error\n\d\d:\d\d:\d\d {2}nothing/)
    expect(await readFile(at('generated/a.ts'), 'utf8')).toBe(before)

    // What is wrong elsewhere doesn't stand in the way; as some editors write it.
    await writeFile(at('swish.new'), swish.replace('-2', '-3'))
    await rename(at('swish.new'), at('swish.ts'))
    expect(await until(/\n/)).toMatch(/^\d\d:\d\d:\d\d {2}generated\/b\.ts {2}changed/)
    await writeFile(at('a.net.yaml'), spec)
    await until(/generated\/a\.ts {2}changed/)

    await rename(at('a.net.yaml'), at('c.net.yaml'))
    await until(
      /generated\/c\.ts {2}new/,
      /generated\/a\.ts belongs to no spec any more: its spec a\.net\.yaml isn't there\n/,
    )
    await rm(at('nets/b.net.yaml'))
    await until(/generated\/b\.ts belongs to no spec any more/)
    expect(await readdir(at('generated'))).toEqual(['a.ts', 'b.ts', 'c.ts'])
  } finally {
    child.kill('SIGINT')
  }
  expect(await once(child, 'exit')).toEqual([130, null])
})

test('a watch takes a spec under another name for the same one', async () => {
  const folder = await folderWith({ 'a.net.yaml': `name: same\n${spec}` })
  const { child, until } = watching(folder)
  try {
    await until(/watching 1 spec;/)
    await rename(join(folder, 'a.net.yaml'), join(folder, 'b.net.yaml'))
    const told = await until(/generated\/same\.ts/)
    expect(told).toMatch(/^\d\d:\d\d:\d\d {2}generated\/same\.ts {2}changed/)
    expect(await readFile(join(folder, 'generated/same.ts'), 'utf8')).toContain('from ../b.net.yaml')
  } finally {
    child.kill()
    await once(child, 'exit')
  }
})

test('a watch checks nothing', async () => {
  const { status, stderr } = await tapeless(await folderWith({ 'a.net.yaml': spec }), 'generate', '--watch', '--check')
  expect([status, stderr]).toEqual([2, expect.stringContaining("'--watch' cannot be used with option '--check'")])
})
