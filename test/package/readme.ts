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

/** The spec with mistakes in it. */
export const mistaken = textsIn('yaml').find((text) => text.startsWith('# digits.net.yaml, with mistakes'))!

/** Quotations of files of the repository: the file, and the parts between the lines that say `...`. */
export const excerpts = textsIn('ts').flatMap((text) => {
  const [, file, rest] = /^\/\/ from (\S+)\n([^]*)$/.exec(text) ?? []
  return file === undefined
    ? []
    : [
        {
          file,
          parts: rest!
            .split(/^ *\/\/ \.\.\.\n/m)
            .map((part) => part.trim())
            .filter(Boolean),
        },
      ]
})
