import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { sources } from './support/sources.ts'

/*
 * The pictures in ARCHITECTURE.md say which rooms there are, and which each may import from: those that a chain of arrows reaches.
 */

const architecture = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8')
type Arrows = ReadonlyMap<string, readonly string[]>

/** The rooms of a picture and their arrows: `a --> b & c`, each with or without a label. */
function arrowsIn(picture: string): Arrows {
  const arrows = new Map<string, string[]>()
  const roomsOf = (side: string) => side.split('&').map((room) => /\w+/.exec(room)![0])
  for (const line of picture.split('\n').slice(1)) {
    if (!/^\s+\w+(\[|$| -->)/.test(line) || /^\s+(subgraph|end)\b/.test(line)) continue
    const [from, to = ''] = line.split('-->').map((side) => side.replaceAll(/\["[^"]*"\]/g, ''))
    const targets = to.trim() === '' ? [] : roomsOf(to)
    for (const room of [...roomsOf(from!), ...targets]) if (!arrows.has(room)) arrows.set(room, [])
    for (const room of roomsOf(from!)) arrows.get(room)!.push(...targets)
  }
  return arrows
}

/** By the room whose rooms they show; the whole house under an empty name. */
const pictures: ReadonlyMap<string, Arrows> = new Map(
  Array.from(architecture.matchAll(/^```mermaid\n([^]*?)^```/gm), ([, picture]) => [
    /subgraph (\w+)/.exec(picture!)?.[1] ?? '',
    arrowsIn(picture!),
  ]),
)

/** All that chains of arrows lead to from a room, without one of its own arrows if told. */
function reachable(arrows: Arrows, from: string, without?: string): ReadonlySet<string> {
  const reached = new Set<string>()
  const follow = (room: string): void => {
    for (const next of arrows.get(room) ?? []) {
      if ((room === from && next === without) || reached.has(next)) continue
      reached.add(next)
      follow(next)
    }
  }
  follow(from)
  return reached
}

/** Parts that use no package and nothing of Node: they are pure, or are copied into emitted modules. */
const withoutPackages = ['runtime', 'graph', 'calculus', 'loops', 'targets']
/** But for those that hand WebAssembly to a package and take bytes. */
const assemblers = ['targets/wasm/wabt.ts', 'targets/wasm/optimize.ts']

/** Parts that need Node. No other is allowed to see them, but the package's entry for Node. */
const onNode = ['host', 'train', 'plugin', 'cli']

/** Files that the build puts into one each with what they import, so that packages that ask for Node are without it. */
const bundled: Readonly<Record<string, string>> = {
  'base/typescript.ts': 'typescript',
  'emit/typescript.ts': 'typescript',
  'language/formulas/parser.ts': 'mathjs/number',
  'targets/wasm/wabt.ts': 'wabt',
}

interface Import {
  readonly from: string
  /** A file of src, or a package. */
  readonly target: string
  readonly isFile: boolean
}

const files = sources.map(({ file }) => file)
const imports = sources.flatMap(({ file, text }) => importsOf(file, text))

/** Without those of types alone. */
const valueImports = sources.flatMap(({ file, text }) =>
  importsOf(
    file,
    text.replaceAll(/^(import|export) type [^']*'[^']*'$/gm, '').replaceAll(/typeof import\('[^']*'\)/g, ''),
  ),
)

function importsOf(from: string, text: string): Import[] {
  return ts.preProcessFile(text).importedFiles.map(({ fileName }) => {
    const isFile = fileName.startsWith('.')
    return { from, target: isFile ? join(dirname(from), fileName) : fileName, isFile }
  })
}

const partOf = (file: string) => file.split('/')[0]!.replace(/\.ts$/, '')
const show = ({ from, target }: Import) => `${from} imports ${target}`

describe.each([...pictures])('the rooms of the picture: src/%s', (house, arrows) => {
  const roomOf = (file: string) => (house === '' ? partOf(file) : (file.split('/')[1] ?? file).replace(/\.ts$/, ''))
  const isInside = (file: string) => house === '' || partOf(file) === house
  const crossing = imports.filter(
    ({ from, target, isFile }) =>
      isFile && isInside(from) && isInside(target) && roomOf(from) !== roomOf(target) && files.includes(target),
  )

  test('are those that there are', () => {
    expect([...new Set(files.filter(isInside).map(roomOf))].sort()).toEqual([...arrows.keys()].sort())
  })

  test('import along its arrows alone', () => {
    const wrong = crossing.filter(({ from, target }) => !reachable(arrows, roomOf(from)).has(roomOf(target)))
    expect(wrong.map(show)).toEqual([])
  })

  test('have no arrow without an import, and none that others make needless', () => {
    const all = [...arrows].flatMap(([from, targets]) => targets.map((to) => [from, to] as const))
    const unused = all.filter(
      ([from, to]) => !crossing.some(({ from: file, target }) => roomOf(file) === from && roomOf(target) === to),
    )
    expect(unused).toEqual([])
    expect(all.filter(([from, to]) => reachable(arrows, from, to).has(to))).toEqual([])
  })

  test('are in no circle', () => {
    expect([...arrows.keys()].filter((room) => reachable(arrows, room).has(room))).toEqual([])
  })
})

test('there are pictures of the house and of the rooms with rooms of their own', () => {
  expect([...pictures.keys()]).toEqual(['', 'loops', 'language'])
})

test('of the runtime, the graph runs only the functions that are ops; but for it, only what verifies modules and what splits tables runs any', () => {
  const users = valueImports
    .filter(({ target }) => partOf(target) === 'runtime')
    .filter(({ from }) => !['runtime', 'verify'].includes(partOf(from)))
  expect([...new Set(users.map(({ from }) => from))].sort()).toEqual(['graph/op.ts', 'train/split.ts'])
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

test('the compiler is neutral: the host, training, the plugin and the command alone know Node, jiti, a bundler, or a terminal', () => {
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

test('the compiler is neutral: nothing but the host, training, the plugin and the command names what Node alone has', () => {
  const wrong = sources
    .filter(({ file }) => !onNode.includes(partOf(file)))
    .filter(({ text }) =>
      /\bprocess\.|\bBuffer\.(?:from|concat|alloc)|\b(?:createR|r)equire\(|\b__(?:dir|file)name\b|import\.meta/.test(
        text,
      ),
    )
    .map(({ file }) => file)
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
