import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { passNames } from '../../src/compile.ts'
import { derivationPicture } from '../../scripts/docs/derivation.ts'
import { pages, renderPage } from '../../scripts/docs/pages.ts'

test.each(pages)('docs/%s.md is what `npm run docs` writes', async (page) => {
  expect(await readFile(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8')).toBe(await renderPage(page))
})

test('the picture of a derivation is what `npm run docs` draws', async () => {
  expect(await readFile(new URL('../../docs/public/derivation.svg', import.meta.url), 'utf8')).toBe(derivationPicture())
})

test('every kink has what PyTorch says there', async () => {
  expect(await renderPage('kinks')).not.toContain('not compared')
})

test('the README quotes rows of the last measurement', async () => {
  const read = (file: string) => readFile(new URL(`../../${file}`, import.meta.url), 'utf8')
  const rowsOf = (text: string) =>
    Array.from(text.matchAll(/^\|.*\|$/gm), ([row]) => row.replaceAll(/ +/g, ' ')).filter(
      (row) => !row.startsWith('| -'),
    )
  const [, quoted] = /^## Speed$[^]*?((?:^\|.*\n)+)/m.exec(await read('README.md'))!
  const measured = rowsOf(await read('docs/performance.md'))
  expect(rowsOf(quoted!).filter((row) => !measured.includes(row))).toEqual([])
})

test('the architecture has the passes that there are, in order', async () => {
  const page = await readFile(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8')
  const [, rows] = /^\| pass .*\n\| -.*\n((?:\|.*\n)+)/m.exec(page)!
  expect(
    rows!
      .trim()
      .split('\n')
      .map((row) => row.split('|')[1]!.trim()),
  ).toEqual(passNames)
})
