import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from '../package/installed.ts'

/** A block of code in a page. */
export interface Block {
  /** The page's path in the repository and the block's line, for messages. */
  readonly at: string
  readonly language: string
  /** What stands after the language: where a program runs, if not in Node; which test holds what else is shown. */
  readonly place: string | undefined
  /** The file that a reader writes, or of which the block quotes parts: the first line is a comment that has its name. */
  readonly name: string | undefined
  readonly isQuoted: boolean
  /** What that comment says after the name. */
  readonly note: string | undefined
  readonly text: string
}

export interface Page {
  readonly name: string
  readonly blocks: readonly Block[]
}

const docs = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'))

/** The README and the pages of docs/. */
export const pages: readonly Page[] = ['README.md', ...docs.map((file) => `docs/${file}`)].map(pageOf)

function pageOf(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8')
  const blocks = Array.from(
    text.matchAll(/^```(\w*) ?(.*)\n([^]*?)^```$/gm),
    ({ index, 1: language, 2: place, 3: code }) => {
      const [, from, name, note] = /^(?:#|\/\/|<!--) (from )?([\w./-]+\.\w+)(?:, (.*?))?(?: -->)?\n/.exec(code!) ?? []
      return {
        ...{ at: `${path}:${text.slice(0, index).split('\n').length}`, language: language!, text: code! },
        ...{ place: place || undefined, name, isQuoted: from !== undefined, note },
      }
    },
  )
  return { name: basename(path, '.md'), blocks }
}

export const isSpec = ({ name, note }: Block): boolean => note === undefined && /\.net\.\w+$/.test(name ?? '')

/** Whether a block is a program, or part of one, in TypeScript. */
export const isProgram = ({ language, name, isQuoted }: Block): boolean =>
  language === 'ts' && name !== undefined && !isQuoted

export const isMistaken = ({ note }: Block): boolean => note === 'with mistakes'

/** What a page's shell is told, in order. */
export const commandsOf = (blocks: readonly Block[]): string[] =>
  blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n'))

/** What the page shows of a program's or a command's output: the text right after it, or after the command that runs it. */
export function outputOf(block: Block, blocks: readonly Block[]): Block | undefined {
  const [first, second] = blocks.slice(blocks.indexOf(block) + 1)
  const running = `npx jiti ${block.name}\n`
  const shown = first?.text === running ? second : first
  return shown?.language === 'text' && shown.place === undefined ? shown : undefined
}
