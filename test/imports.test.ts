import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/**
 * What each part of `src` may import besides itself: parts, or single files of them. A part is a folder with the file of its name
 * beside it. Imports run one way, so that each part can be read, tested and replaced without those after it.
 */
const base = ['base']
const graph = ['base', 'graph']
const loops = [...graph, 'loops']
const targets = [...loops, 'targets']
const programs = [...targets, 'calculus', 'language', 'emit', 'programs']
const describing = [...programs, 'emit', 'version', 'describe']
const compile = [...describing, 'compile']
const sees: Readonly<Record<string, readonly string[]>> = {
  base: [],
  runtime: [],
  version: [],
  // Some ops are functions that JavaScript lacks: emitted modules carry the same ones that the interpreter uses.
  graph: [
    ...base,
    ...['erf', 'exponentOf', 'nearest', 'noise', 'powerOfTwo', 'reducedAngle', 'softplus'].map(
      (name) => `runtime/${name}.ts`,
    ),
  ],
  calculus: graph,
  loops: graph,
  targets: loops,
  emit: targets.concat('version'),
  language: graph,
  programs,
  describe: describing,
  compile: describing,
  cli: compile,
  index: compile,
}

/** Parts that use no package and nothing of Node: they are pure, or are copied into emitted modules. */
const withoutPackages = ['runtime', 'graph', 'calculus', 'loops', 'targets']
/** But for the two that hand WebAssembly to a package and take bytes. */
const assemblers = ['targets/wasm/assemble.ts', 'targets/wasm/optimize.ts']

interface Import {
  readonly from: string
  /** A file of src, or a package. */
  readonly target: string
  readonly isFile: boolean
}

const root = fileURLToPath(new URL('../src', import.meta.url))
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
const imports = files.flatMap((from) => importsOf(from, readFileSync(join(root, from), 'utf8')))
const valueImports = files.flatMap((from) =>
  importsOf(from, readFileSync(join(root, from), 'utf8').replaceAll(/^(import|export) type [^']*'[^']*'$/gm, '')),
)

function importsOf(from: string, text: string): Import[] {
  return ts.preProcessFile(text).importedFiles.map(({ fileName }) => {
    const isFile = fileName.startsWith('.')
    return { from, target: isFile ? join(dirname(from), fileName) : fileName, isFile }
  })
}

const partOf = (file: string) => file.split('/')[0]!.replace(/\.ts$/, '')
const show = ({ from, target }: Import) => `${from} imports ${target}`

test('every part of the source is known here', () => {
  expect([...new Set(files.map(partOf))].filter((part) => !(part in sees))).toEqual([])
})

describe('imports run one way', () => {
  test.each(Object.entries(sees))('%s', (part, allowed) => {
    const wrong = imports
      .filter(({ from, isFile }) => isFile && partOf(from) === part)
      .filter(({ target }) => partOf(target) !== part && !allowed.includes(partOf(target)) && !allowed.includes(target))
    expect(wrong.map(show)).toEqual([])
  })
})

test('files import files that exist, by their whole name', () => {
  expect(imports.filter(({ target, isFile }) => isFile && !files.includes(target)).map(show)).toEqual([])
})

test('the pure parts and the runtime use no package', () => {
  const wrong = imports.filter(
    ({ from, isFile }) => !isFile && !assemblers.includes(from) && withoutPackages.includes(partOf(from)),
  )
  expect(wrong.map(show)).toEqual([])
})

test('no file imports itself through others, but for types', () => {
  const targetsOf = (file: string) =>
    valueImports.filter(({ from, isFile }) => isFile && from === file).map(({ target }) => target)
  const settled = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (settled.has(file) || path.includes(file)) return
    for (const target of targetsOf(file)) visit(target, [...path, file])
    settled.add(file)
  }
  for (const file of files) visit(file, [])
  expect(cycles).toEqual([])
})
