import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './installed.ts'

/** The README's blocks of code, by language. */
const blocks = Array.from(
  readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```(\w+)\n([^]*?)^```$/gm),
  ([, language, text]) => ({ language: language!, text: text! }),
)

const textsIn = (language: string) => blocks.filter((block) => block.language === language).map(({ text }) => text)

/** The commands, in order. */
export const commands = textsIn('sh').flatMap((text) => text.trim().split('\n'))

/** What a terminal shows. */
export const transcripts = textsIn('text')

/** The files that a reader writes: the blocks whose first line is a comment with a name. */
export const files: Readonly<Record<string, string>> = Object.fromEntries(
  blocks.flatMap(({ text }) => {
    const name = /^(?:#|\/\/) (\S+)\n/.exec(text)?.[1]
    return name === undefined ? [] : [[name, text]]
  }),
)

/** Parts of files of the repository: the file and the lines. */
export const excerpts = textsIn('ts').flatMap((text) => {
  const file = /^\/\/ from (\S+)\n/.exec(text)?.[1]
  return file === undefined ? [] : [{ file, lines: text.slice(text.indexOf('\n') + 1).trim() }]
})
