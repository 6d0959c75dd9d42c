import ts from 'typescript'
import { expect, test } from 'vitest'
import { sources } from './support/sources.ts'

/* The sizes that keep a file and a function readable in one go. What the build writes isn't read. */

const built = ['emit/built.ts', 'language/networks/spec.ts']
const files = sources.filter(({ file }) => !built.includes(file))

const linesOf = (text: string) => text.trimEnd().split('\n').length

test('files have at most 330 lines, half of them under 100', () => {
  expect(files.filter(({ text }) => linesOf(text) > 330).map(({ file }) => file)).toEqual([])
  const lengths = files.map(({ text }) => linesOf(text)).sort((a, b) => a - b)
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(100)
})

test('functions have at most 150 lines', () => {
  const long: string[] = []
  for (const { file, text } of files) {
    const visit = (node: ts.Node): void => {
      const lines = linesOf(node.getText())
      if (ts.isFunctionLike(node) && lines > 150)
        long.push(`${file}: ${node.name?.getText() ?? 'a function'}, ${lines}`)
      ts.forEachChild(node, visit)
    }
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  }
  expect(long).toEqual([])
})
