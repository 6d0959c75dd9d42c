import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createJiti, type Jiti } from 'jiti'
import type { Position } from './specOutcome.ts'

/** A place in a file as it ran, by line and column, both from 1. */
export interface Frame extends Position {
  readonly file: string
}

/** The calls within which an error was made, the innermost first. */
export function framesOf(thrown: unknown): Frame[] {
  let stack: string
  try {
    stack = String((thrown as Error).stack)
  } catch {
    return []
  }
  const frames = stack.matchAll(
    /^ {4}at (?:.* \()?(?:async )?(?<file>(?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]).*):(?<line>\d+):(?<column>\d+)\)?$/gm,
  )
  return Array.from(frames, ({ groups }) => {
    const { file, line, column } = groups as { file: string; line: string; column: string }
    return { file: file.startsWith('file:') ? fileURLToPath(file) : file, line: Number(line), column: Number(column) }
  })
}

/** Where in the spec these calls are, if any is, and, as text, where the innermost is if that is another file of its author's. */
export async function placeOf(
  frames: readonly Frame[],
  path: string,
): Promise<{ readonly position?: Position; readonly elsewhere: string }> {
  const first = frames.find(({ file }) => file === path || !(file === process.argv[1] || packages.test(file)))
  const own = frames.find(({ file }) => file === path)
  return {
    ...(own ? { position: await originalOf(own) } : {}),
    elsewhere: first && first !== own ? `, at ${await shown(first)}` : '',
  }
}

const packages = /[\\/]node_modules[\\/]/

async function shown(frame: Frame): Promise<string> {
  const { line, column } = await originalOf(frame)
  return `${relative('.', frame.file)}:${line}:${column}`
}

/** The place before types were erased: that keeps lines, and a map has the columns. */
async function originalOf({ file, line, column }: Frame): Promise<Position> {
  const jiti = createJiti(import.meta.url, { fsCache: false, sourceMaps: true })
  const text = jiti.transform({ source: readFileSync(file, 'utf8'), filename: file, ts: true, async: true })
  const map = /\n\/\/# sourceMappingURL=[^,\n]*,(\S*)/.exec(text)
  if (!map) return { line, column }
  const shift = line === 1 ? await widthBefore(jiti) : 0
  const decoded = new SourceMap(JSON.parse(Buffer.from(map[1]!, 'base64').toString()))
  const entry = decoded.findEntry(line - 1, column - 1 - shift)
  return 'originalLine' in entry ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 } : { line, column }
}

/** The length of what stands before a module's text in its first line: the head of a function. */
async function widthBefore(jiti: Jiti): Promise<number> {
  const [before, made] = ['"use strict";module.exports = ', 'new Error()']
  const options = { filename: '/a.cjs', ext: '.cjs', async: true }
  const [frame] = framesOf(await jiti.evalModule(before + made, options))
  return frame!.column - 1 - before.length
}
