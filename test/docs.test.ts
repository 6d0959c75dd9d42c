import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { passNames } from '../src/compile.ts'
import { pages, renderPage } from '../scripts/docs/pages.ts'

test.each(pages)('docs/%s.md is what `npm run docs` writes', async (page) => {
  expect(await readFile(new URL(`../docs/${page}.md`, import.meta.url), 'utf8')).toBe(await renderPage(page))
})

test('every kink has what PyTorch says there', async () => {
  expect(await renderPage('kinks')).not.toContain('not compared')
})

test('the README quotes the table of the last measurement', async () => {
  const read = (file: string) => readFile(new URL(`../${file}`, import.meta.url), 'utf8')
  const [, quoted] = /^## Speed$[^]*?((?:^\|.*\n)+)/m.exec(await read('README.md'))!
  expect(await read('docs/performance.md')).toContain(quoted)
})

test('the architecture has the passes that there are, in order', async () => {
  const page = await readFile(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8')
  const [, rows] = /^\| pass .*\n\| -.*\n((?:\|.*\n)+)/m.exec(page)!
  expect(
    rows!
      .trim()
      .split('\n')
      .map((row) => row.split('|')[1]!.trim()),
  ).toEqual(passNames)
})
