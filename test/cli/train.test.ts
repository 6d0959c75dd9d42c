import { spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { folderWith, removeFolders } from '../package/installed.ts'
import { flowers, ship } from '../train/tables.ts'
import { command, program, tapeless } from './tapeless.ts'

afterAll(removeFolders)

const spec = 'input: 4\nlayers: [linear: 3]\nloss: crossEntropy\ntrain: { epochs: 3 }\n'

/** What the command says before it has trained, with no more than a folder's files. */
const files = async (folder: string) => (await readdir(folder)).filter((name) => !name.startsWith('.')).sort()

/** Loaded first, it has the process interrupt itself while it saves its first file. */
const signals = `
import { open } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'
if (isMainThread) {
  const file = await open(process.execPath)
  const saved = Object.getPrototypeOf(file)
  await file.close()
  const { sync } = saved
  let left = Number(process.env.INTERRUPTIONS)
  saved.sync = async function () {
    for (; left > 0; left--) {
      process.kill(process.pid, 'SIGINT')
      await setTimeout(50)
    }
    return sync.call(this)
  }
}
`

describe('tapeless train', () => {
  test('proposes a spec for a table, trains it, and writes all that an app needs', async () => {
    const folder = await folderWith({ 'ship.csv': ship() })
    const words = ['train', '--data', 'ship.csv', '--targets', 'survived', '--epochs', '20']
    const { status, stdout, stderr } = await tapeless(folder, ...words)
    expect([status, stderr]).toEqual([0, expect.stringContaining('ship.net.yaml is a proposal')])
    expect(stderr).toContain("column 'alive' is left out: it says 'survived' in other words")
    expect(stderr).toContain("column 'age' has 16 empty cells: they count as the mean (--empty)")
    expect(stderr).toContain('one row without any cell was passed over')
    expect(stdout).toMatch(/^validation: \d+\.\d % right; always '[01]' would be \d+\.\d %$/m)
    expect(await files(folder)).toEqual([
      ...['ship.csv', 'ship.data.json', 'ship.net.yaml', 'ship.prepare.ts', 'ship.report.html', 'ship.safetensors'],
    ])
    const [right, common] = /validation: ([\d.]+) .* ([\d.]+) %/.exec(stdout)!.slice(1).map(Number) as [number, number]
    expect(right).toBeGreaterThan(common)
  })

  test('gives the same weights each time', async () => {
    const folder = await folderWith({ 'a.csv': flowers() })
    const trained = async () => {
      expect((await tapeless(folder, 'train', '--data', 'a.csv', '--epochs', '2')).status).toBe(0)
      return readFile(join(folder, 'a.safetensors'))
    }
    const first = await trained()
    expect((await trained()).equals(first)).toBe(true)
  })

  test('goes on neither with another table, nor with another spec or seed', async () => {
    const folder = await folderWith({ 'a.csv': flowers(), 'own.net.yaml': spec })
    const words = ['train', 'own.net.yaml', '--data', 'a.csv', '--resume', '--epochs', '9']
    expect(await tapeless(folder, ...words)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("own.data.json isn't there"),
    })
    expect((await tapeless(folder, ...words.filter((word) => word !== '--resume'))).status).toBe(0)
    expect(await tapeless(folder, ...words)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('own was trained for 9 epochs already; --epochs 18 would go on\n'),
    })
    const refusal = async (...more: string[]) => {
      const { status, stderr } = await tapeless(folder, ...words, ...more, '--epochs', '12')
      expect(status).toBe(1)
      return stderr
    }
    expect(await refusal('--seed', '3')).toContain(
      '--resume: the training had seed 0, not 3; without --resume it starts anew\n',
    )
    await writeFile(join(folder, 'a.csv'), flowers().replace('setosa', 'virginica'))
    expect(await refusal()).toContain(
      "--resume: a.csv isn't the table that was trained on; without --resume it is trained anew\n",
    )
    await writeFile(join(folder, 'own.net.yaml'), spec.replace('linear: 3', 'linear: { units: 3, bias: false }'))
    expect(await refusal()).toContain('own.net.yaml says another network than the one that was trained')
  })

  test('overwrites neither what was edited nor what is not its own, unless forced', async () => {
    const folder = await folderWith({ 'a.csv': flowers(), 'own.net.yaml': spec, 'own.safetensors': 'mine' })
    const words = ['train', 'own.net.yaml', '--data', 'a.csv']
    const refused = await tapeless(folder, ...words)
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining('own.safetensors was not written by tapeless'),
    ])
    expect(await files(folder)).toEqual(['a.csv', 'own.net.yaml', 'own.safetensors'])
    expect((await tapeless(folder, ...words, '--force')).status).toBe(0)
    const page = join(folder, 'own.report.html')
    await writeFile(page, (await readFile(page, 'utf8')).replace('<h1>', '<h1>My '))
    expect(await tapeless(folder, ...words)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('own.report.html was edited by hand'),
    })
  })

  test('escapes in its page what a table calls its columns', async () => {
    const text = flowers()
      .trim()
      .split('\n')
      .map((line) => line.replace('setosa', '<b>setosa</b>'))
    const folder = await folderWith({
      'a.csv': `"<script>alert(1)</script>","a\nb",__proto__,"*/ x","</pre>&"\n${text.join('\n')}\n`,
    })
    expect((await tapeless(folder, 'train', '--data', 'a.csv', '--epochs', '2')).status).toBe(0)
    const page = await readFile(join(folder, 'a.report.html'), 'utf8')
    expect(page).not.toMatch(/<script|<b>|<\/pre>&/)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  test('ends at Ctrl-C with what it has, whole, and goes on from there', { timeout: 120_000 }, async () => {
    const folder = await folderWith({ 'a.csv': flowers(), 'own.net.yaml': spec })
    const words = ['train', 'own.net.yaml', '--data', 'a.csv', '--epochs', '100000000']
    const child = spawn(process.execPath, [...command, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let told = ''
    child.stderr.on('data', (part: Buffer) => {
      told += part.toString()
      if (told.includes('epoch 1/')) child.kill('SIGINT')
    })
    const status = await new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))
    expect([status, told]).toEqual([130, expect.stringMatching(/interrupted after \d+ epochs?: --resume goes on\n$/)])
    const { ended, epochs } = JSON.parse(await readFile(join(folder, 'own.data.json'), 'utf8'))
    expect(ended).toBe('stopped')
    const on = await tapeless(folder, ...words.slice(0, -1), String(epochs + 2), '--resume')
    expect([on.status, on.stderr]).toEqual([0, expect.stringContaining(`going on after ${epochs} epoch`)])
    expect(JSON.parse(await readFile(join(folder, 'own.data.json'), 'utf8'))).toMatchObject({
      ended: 'done',
      epochs: epochs + 2,
    })
  })

  test('keeps the files of before, whole, where new ones can not be written', { timeout: 120_000 }, async () => {
    const folder = await folderWith({ 'a.csv': flowers(), 'own.net.yaml': spec, 'signals.mjs': signals })
    const words = ['train', 'own.net.yaml', '--data', 'a.csv', '--epochs']
    const contents = async () => {
      const names = (await files(folder)).filter((name) => name !== 'signals.mjs')
      return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'latin1')]))
    }
    const interrupted = (count: number, ...more: string[]) => {
      const node = [process.execPath, '--import', './signals.mjs', ...command]
      return program(folder, 'env', `INTERRUPTIONS=${count}`, ...node, ...words, ...more)
    }
    // Ctrl-C once is heard when all is saved, twice at once.
    const once = await interrupted(1, '2')
    expect([once.status, once.stderr]).toEqual([
      130,
      expect.stringMatching(/interrupted when all was done and saved\n$/),
    ])
    expect(JSON.parse(await readFile(join(folder, 'own.data.json'), 'utf8'))).toMatchObject({
      ended: 'done',
      epochs: 2,
    })
    const before = await contents()
    expect(before.map(([name]) => name)).toContain('own.report.html')
    expect((await interrupted(2, '3')).status).toBe(130)
    expect(await contents()).toEqual(before)
    // A limit of a file's size is met as a full disk is, part way through a file.
    const full = await program(
      folder,
      'bash',
      '-c',
      'ulimit -f 4; exec "$0" "$@"',
      process.execPath,
      ...command,
      ...words,
      '4',
    )
    expect([full.status, full.stderr]).toEqual([2, expect.stringContaining("tapeless: can't write own.prepare.ts: ")])
    expect(await contents()).toEqual(before)
  })

  test.each([
    ['no table', ['train'], "required option '--data <file>' not specified"],
    ['a table that is not there', ['train', '--data', 'b.csv'], "can't read b.csv: there is no such file"],
    ['a folder', ['train', '--data', '.'], ''],
    ['a share of 1', ['train', '--data', 'a.csv', '--validation', '1'], 'expected a number from 0 up to 1'],
    [
      'a part that dates lack',
      ['train', '--data', 'a.csv', '--dates', 'yaer'],
      "there is no 'yaer'; expected days, year, week, day; did you mean 'year'?",
    ],
  ])('is used wrongly with %s', async (what, words, message) => {
    const folder = await folderWith({ 'a.csv': flowers() })
    const { status, stderr } = await tapeless(folder, ...words)
    expect([status, stderr]).toEqual([what === 'a folder' ? 1 : 2, expect.stringContaining(message)])
    expect(stderr).not.toContain('    at ')
    expect(await files(folder)).toEqual(['a.csv'])
  })
})
