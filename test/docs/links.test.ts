import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sections } from '../../docs/.vitepress/sections.ts'
import { root } from '../package/installed.ts'

/** Pages that are no part of the site, whose own build checks its links. */
const pages = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'examples/README.md', 'bench/README.md']

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(file: string): string[] {
  const text = read(file).replace(/^```[^]*?^```$/gm, '')
  return Array.from(text.matchAll(/^#+ (.*)$/gm), ([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test.each(pages)('%s links to files and headings that there are', (page) => {
  const links = Array.from(read(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link!)
  const dead = links.filter((link) => {
    if (/^https?:/.test(link)) return false
    const [path, anchor] = link.split('#')
    const file = path === '' ? page : join(dirname(page), path!)
    return !existsSync(join(root, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor))
  })
  expect(links.length).toBeGreaterThan(0)
  expect(dead).toEqual([])
})

test('every page of the site is in its navigation, once', () => {
  const named = Object.values(sections).flatMap((section) => Object.keys(section))
  const there = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'))
  expect(named.map((name) => `${name}.md`).sort()).toEqual(there.sort())
})
