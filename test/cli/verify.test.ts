import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import ts from 'typescript'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from '../../src/emit/check.ts'
import { checkNames } from '../../src/verify/verify.ts'
import { folderWith, removeFolders } from '../package/installed.ts'
import { tapeless } from './tapeless.ts'

afterAll(removeFolders)

const spec = 'input: 2\nlayers: [linear: 3, tanh, linear: 1]\nloss: mse\ntrain: { batch: 4 }\n'

/** The report's form, as docs/verify.md has it. */
const form = /```ts\n([^]*?)```/.exec(readFileSync(new URL('../../docs/verify.md', import.meta.url), 'utf8'))![1]!

function misfits(report: string): string[] {
  const { program, file } = parse(`${form}\nexport const report: Report = ${report}`)
  return program
    .getSemanticDiagnostics(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

describe('tapeless verify', () => {
  test('tells in a table what every check of every spec compared', async () => {
    const folder = await folderWith({ 'a.net.yaml': spec, 'nets/b.net.yaml': spec.replace('tanh', 'relu') })
    const { status, stdout } = await tapeless(folder, 'verify', '--samples', '3')
    expect(status).toBe(0)
    expect(stdout).toContain('a.net.yaml: a, 13 parameters, ships as typescript f32; 3 samples of seed 0\n')
    expect(stdout).toContain('nets/b.net.yaml: b, 13 parameters')
    for (const check of checkNames) expect(stdout).toMatch(new RegExp(`^  ${check} +[\\d,]+ .* s$`, 'm'))
    expect(stdout).toMatch(/^2 specs verified\n$/m)
    expect(stdout).not.toContain('\u001b')
    expect((await readdir(folder)).sort()).toEqual(['a.net.yaml', 'nets'])
  })

  test('gives programs a report in the form that is documented, of specs with mistakes too', async () => {
    const folder = await folderWith({ 'a.net.yaml': spec, 'wrong.net.yaml': spec.replace('tanh', 'tahn') })
    const { status, stdout, stderr } = await tapeless(folder, 'verify', '--json', '--seed', '7')
    expect(status).toBe(1)
    expect(misfits(stdout)).toEqual([])
    expect(misfits(stdout.replace('"quantity"', '"quality"'))).not.toEqual([])
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ seed: 7, samples: 5, differences: 0 })
    expect(report.specs[0]).toMatchObject({ spec: 'a.net.yaml', samples: 4, seed: 7 })
    expect(report.specs[1].mistakes[0]).toMatchObject({ code: 'unknown-word', line: 2 })
    expect(stderr).toContain("no layer is called 'tahn'; did you mean 'tanh'?")
  })

  test('warns of what generate warns of, and is done', async () => {
    const text = `inputs: { x: scalar }
targets: { y: scalar }
parameters: { w: 3, b: scalar }
equations: [v = sum(w^2) + b * x, 'l = (v - y)^2']
output: v
loss: l`
    const folder = await folderWith({ 'a.net.yaml': text })
    const { status, stdout, stderr } = await tapeless(folder, 'verify', '--json')
    const [found] = (JSON.parse(stdout) as { specs: { warnings: { severity: string; line: number }[] }[] }).specs
    expect(found!.warnings).toMatchObject([{ severity: 'warning', line: 3 }])
    expect(misfits(stdout)).toEqual([])
    expect([status, stderr]).toEqual([0, expect.stringContaining('warning')])
  })

  test.each([
    ['no samples', ['--samples', '0'], 'expected a whole number from 1'],
    ['a seed that is no number', ['--seed', 'x'], 'expected a whole number from 0'],
    ['a file that is not there', ['b.net.yaml'], 'there is no file b.net.yaml'],
    ['no spec at all', [], 'there is no *.net.'],
  ])('is used wrongly with %s', async (_, words, message) => {
    const folder = await folderWith(words.length > 0 ? { 'a.net.yaml': spec } : {})
    const { status, stderr } = await tapeless(folder, 'verify', ...words)
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)])
    expect(stderr).not.toContain('    at ')
  })
})
