import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { tapeless } from '../cli/tapeless.ts'
import { root } from '../package/installed.ts'
import { chromium, headless, isChromiumMissing } from '../support/browser.ts'
import { answering, inBrowser } from '../support/page.ts'
import { commandsOf, isMistaken, isProgram, isSpec, outputOf, pages, type Block, type Page } from './blocks.ts'
import { mistakeIn } from './commands.ts'
import { compilePrograms, folder, folderOf, writeProjects } from './project.ts'
import { runPrograms, type Ending } from './runs.ts'

/*
 * What the README and the pages of docs/ show in code is compiled, type-checked, run and compared, as readers would have it. The first
 * line of a block is a comment that names its file; a program's output is the `text` after it. What stands after `ts` says where a
 * program runs that Node can't run.
 */

/** Types are checked of programs for each of these. */
const places: readonly (string | undefined)[] = [undefined, 'browser', 'vite', 'vitest', 'cloudflare']

/** What holds blocks of text that are no output. */
const texts: Readonly<Record<string, string>> = {
  memory: 'test/programs/memory.test.ts',
  policy: 'test/support/server.ts',
}

/** What a block of each language must have to be held to something. */
const kinds: Readonly<Record<string, (block: Block, page: Page) => boolean>> = {
  sh: () => true,
  ts: ({ name, place }) => name !== undefined && places.includes(place),
  yaml: ({ name }) => name !== undefined,
  jsonc: ({ name }) => name !== undefined,
  html: ({ name }) => name !== undefined,
  python: ({ name }) => name !== undefined,
  text: (block, { blocks }) => block.place! in texts || blocks.some((one) => outputOf(one, blocks) === block),
}

const isNodes = (block: Block): boolean => isProgram(block) && block.place === undefined && !isSpec(block)

/** A program as JavaScript, by its path in the projects' folder. */
const scriptOf = (page: Page, { name }: Block): string => `${page.name}/${name!.replace(/ts$/, 'js')}`

let mistakes: string
let endings: Readonly<Record<string, Ending>>

beforeAll(async () => {
  await writeProjects()
  mistakes = compilePrograms()
  endings = await runPrograms(
    pages.flatMap((page) => page.blocks.filter(isNodes).map((block) => scriptOf(page, block))),
  )
}, 300_000)

test('programs have no mistake of types', () => expect(mistakes).toBe(''))

const withBlocks = pages.filter(({ blocks }) => blocks.length > 0)

describe.each(withBlocks)('$name', (page) => {
  const { blocks } = page
  const of = (isOne: (block: Block) => boolean) => blocks.filter(isOne)

  test('has blocks of which each is held to something', () => {
    expect(of((block) => !kinds[block.language]?.(block, page)).map(({ at }) => at)).toEqual([])
  })

  test('has commands that there are', () => {
    expect(commandsOf(blocks).flatMap((line) => mistakeIn(line) ?? [])).toEqual([])
  })

  test.each(of(isNodes))('has a program that runs, and prints what is shown: $name', (block) => {
    const { printed, error } = endings[scriptOf(page, block)]!
    expect(error).toBe('')
    const shown = outputOf(block, blocks)
    if (shown) expect(printed, shown.at).toBe(shown.text)
  })

  test.each(of(isMistaken))('shows what is said of $name', async (block) => {
    const { stderr } = await tapeless(folderOf(page), 'generate', block.name!)
    expect(stderr).toBe(outputOf(block, blocks)!.text)
  })

  test.each(of(({ language, text }) => language === 'sh' && text.startsWith('npx tapeless')))(
    'shows what a command prints: $text',
    async (block) => {
      const shown = outputOf(block, blocks)
      if (!shown) return
      const { stdout } = await tapeless(folderOf(page), ...block.text.trim().split(' ').slice(2))
      expect(withoutTimes(stdout)).toBe(withoutTimes(shown.text))
    },
  )

  test.each(of(({ isQuoted }) => isQuoted))('quotes $name as it is', ({ name, text }) => {
    const file = [folderOf(page), root].map((place) => join(place, name!)).find((path) => existsSync(path))!
    let rest = readFileSync(file, 'utf8')
    const parts = text.replace(/^.*\n/, '').split(/^ *\/\/ \.\.\.\n/m)
    for (const part of parts.map((one) => one.trim()).filter(Boolean)) {
      expect(rest).toContain(part)
      rest = rest.slice(rest.indexOf(part) + part.length)
    }
  })
})

const withoutTimes = (text: string): string => text.replace(/ +(?:time|\d+\.\d+ s)$/gm, '')

test.skipIf(isChromiumMissing)('programs for pages run in one', async () => {
  const programs = withBlocks.flatMap((page) =>
    page.blocks.filter((block) => block.place === 'browser').map((block) => [page.name, scriptOf(page, block)]),
  )
  const bodies = Object.fromEntries(
    withBlocks.map(({ name, blocks }) => [name, blocks.find(({ language }) => language === 'html')?.text ?? '']),
  )
  const script = `const failures = []
const base = document.head.appendChild(document.createElement('base'))
for (const [page, path] of ${JSON.stringify(programs)}) {
  base.href = '/' + page + '/'
  document.body.innerHTML = ${JSON.stringify(bodies)}[page]
  await import('/' + path).catch((error) => failures.push(path + ': ' + error))
}
${answering('failures')}`
  // A bundler finds a worker's file by its source's name.
  const serve = (path: string) => {
    const file = readFileSync(join(folder, path))
    return path.endsWith('.js') ? String(file).replace(/(new URL\('[^']+\.)ts'/g, "$1js'") : file
  }
  expect(await inBrowser<readonly string[]>(script, chromium, headless, serve)).toEqual([])
  expect(programs.length).toBeGreaterThan(0)
})
