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
const programs = [...targets, 'calculus', 'language', 'programs']
const describing = [...programs, 'emit', 'describe']
const compile = [...describing, 'compile']
const sees: Readonly<Record<string, readonly string[]>> = {
  base: [],
  runtime: [],
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
  // The runtime's types alone: what it is in the text of a module is read when the compiler is built.
  emit: [...targets, 'runtime'],
  // The words of schedules and initializers may only name functions that the runtime has: it is seen as types alone.
  language: [...graph, ...['initializers', 'plateau', 'schedules'].map((name) => `runtime/${name}.ts`)],
  programs,
  describe: describing,
  compile: describing,
  // Its files are read and written where the rest has only texts and bytes.
  host: [...base, 'language', 'emit'],
  cli: [...compile, 'host'],
  neutral: compile,
  index: ['neutral', 'host'],
}

/** What each room of a part may import of the part's other rooms. */
const rooms: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  loops: {
    notation: [],
    memory: ['notation'],
    schedule: ['notation'],
    routine: ['notation', 'schedule'],
  },
}

/** Parts that use no package and nothing of Node: they are pure, or are copied into emitted modules. */
const withoutPackages = ['runtime', 'graph', 'calculus', 'loops', 'targets']
/** But for those that hand WebAssembly to a package and take bytes. */
const assemblers = ['targets/wasm/wabt.ts', 'targets/wasm/optimize.ts']

/** Parts that need Node. No other is allowed to see them, but the package's entry for Node. */
const onNode = ['host', 'cli']

/** Files that the build puts into one each with what they import, so that packages that ask for Node are without it. */
const bundled: Readonly<Record<string, string>> = {
  'base/typescript.ts': 'typescript',
  'language/formulas/parser.ts': 'mathjs/number',
  'targets/wasm/wabt.ts': 'wabt',
}

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

/** Without those of types alone. */
const valueImports = files.flatMap((from) => {
  const text = readFileSync(join(root, from), 'utf8')
  return importsOf(
    from,
    text.replaceAll(/^(import|export) type [^']*'[^']*'$/gm, '').replaceAll(/typeof import\('[^']*'\)/g, ''),
  )
})

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

describe.each(Object.entries(rooms))('rooms of %s import one way', (part, allowed) => {
  const roomOf = (file: string) => file.split('/')[1]!

  test('every room is known here', () => {
    const found = new Set(files.filter((file) => partOf(file) === part).map(roomOf))
    expect([...found].sort()).toEqual(Object.keys(allowed).sort())
  })

  test.each(Object.entries(allowed))('%s', (room, others) => {
    const wrong = imports
      .filter(({ from, isFile }) => isFile && partOf(from) === part && roomOf(from) === room)
      .filter(({ target }) => partOf(target) === part && ![room, ...others].includes(roomOf(target)))
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

test('the language and the emitter see no more of the runtime than its types', () => {
  const wrong = valueImports.filter(
    ({ from, target }) => ['emit', 'language'].includes(partOf(from)) && partOf(target) === 'runtime',
  )
  expect(wrong.map(show)).toEqual([])
})

test('the compiler is neutral: the host and the command alone know Node, jiti, or a terminal', () => {
  const dependencies = new Set([
    '@babel/code-frame',
    '@noble/hashes',
    'binaryen',
    'handlebars',
    'prettier',
    'yaml',
    'zod',
  ])
  const nameOf = (target: string) => /^(?:@[^/]+\/)?[^/]+/.exec(target)![0]
  const wrong = valueImports
    .filter(({ from, isFile }) => !isFile && !onNode.includes(partOf(from)))
    .filter(({ from, target }) => !dependencies.has(nameOf(target)) && bundled[from] !== target)
  expect(wrong.map(show)).toEqual([])
})

test('the compiler is neutral: nothing but the host and the command names what Node alone has', () => {
  const neutral = files.filter((file) => !onNode.includes(partOf(file)))
  const wrong = neutral.filter((file) =>
    /\bprocess\.|\bBuffer\.(?:from|concat|alloc)|\b(?:createR|r)equire\(|\b__(?:dir|file)name\b|import\.meta/.test(
      readFileSync(join(root, file), 'utf8'),
    ),
  )
  expect(wrong).toEqual([])
})

test('zod is had from where it is told to make no code', () => {
  const direct = valueImports.filter(({ target }) => target === 'zod')
  expect(direct.map(show)).toEqual(['language/words/zod.ts imports zod'])
})

test('no file imports itself through others, not even types', () => {
  const targetsOf = (file: string) =>
    imports.filter(({ from, isFile }) => isFile && from === file).map(({ target }) => target)
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
