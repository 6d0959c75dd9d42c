import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import Handlebars from 'handlebars'
import { optional } from '../../src/emit/optional.ts'
import { namesIn, unknownNames } from '../../src/emit/names.ts'
import type { Built, Declaration } from '../../src/emit/runtime.ts'
import { printPortable } from '../../src/targets/typescript/mathematics.ts'
import { declarationsOf, declare, parse, type Source } from './declarations.ts'
import { withOwnFunctions } from './portable.ts'

const root = new URL('../../', import.meta.url)
const target = new URL('src/emit/built.ts', root)

/** Files of what every module declares for itself: their docstrings alone are taken. */
const moduleOwn = ['module.ts', 'types.ts']

/** The texts that the build is made from, by path. */
async function readSources(): Promise<Map<string, string>> {
  const folders = ['src/runtime/', 'templates/', 'scripts/runtime/']
  const paths = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(new URL(folder, root), { withFileTypes: true })
      return entries.filter((entry) => entry.isFile()).map(({ name }) => `${folder}${name}`)
    }),
  )
  const files = [...paths.flat(), 'src/emit/runtime.ts', 'src/emit/format.ts'].sort()
  return new Map(
    await Promise.all(files.map(async (path) => [path, await readFile(new URL(path, root), 'utf8')] as const)),
  )
}

/** @param built a hash of the runtime and of the templates. */
async function hashOfCompiler(built: string): Promise<string> {
  const sources = (await readdir(new URL('src/', root), { recursive: true })).filter((file) => file.endsWith('.ts'))
  const paths = ['package-lock.json', ...sources.map((file) => `src/${file}`)].sort()
  const hash = createHash('sha256').update(built)
  for (const path of paths) if (path !== 'src/emit/built.ts') hash.update(await readFile(new URL(path, root)))
  return hash.digest('hex')
}

/** Writes `src/emit/built.ts`, unless it is there and made from these sources. */
export async function buildRuntime(): Promise<void> {
  const texts = await readSources()
  const functions = printPortable()
  const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { readonly version: string }
  const made = [version, ...texts, functions, [...optional.keys()]]
  const sources = createHash('sha256').update(JSON.stringify(made)).digest('hex')
  const compiler = `export const compiler = '${await hashOfCompiler(sources)}'`
  const present = await readFile(target, 'utf8').catch(() => '')
  if (present.includes(sources)) {
    if (!present.includes(compiler)) await writeFile(target, present.replace(/^export const compiler = .*$/m, compiler))
    return
  }
  const data = JSON.stringify({ sources, version, ...(await build(texts, functions)) } satisfies Omit<
    Built,
    'templates'
  >)
  const templates = ['module.ts', 'host.ts', 'prepare.ts', 'report.html'].map(
    (file) => `${file.split('.')[0]}: ${precompile(texts.get(`templates/${file}.hbs`)!, file.endsWith('.ts'))}`,
  )
  const lines = [
    '// @ts-nocheck -- made by scripts/runtime.ts',
    "import type { Built } from './runtime.ts'",
    '/** A hash of the whole compiler, and of the packages that it was built with. */',
    compiler,
    `export const built: Built = { ...${data}, templates: {${templates.join(',\n')}} }`,
  ]
  await writeFile(target, `${lines.join('\n')}\n`)
}

/** @param isCode whether slots are printed as they are; in a page they are text, which is escaped. */
function precompile(template: string, isCode: boolean): string {
  return String(Handlebars.precompile(template, { noEscape: isCode, strict: true, knownHelpersOnly: true }))
}

async function build(
  texts: ReadonlyMap<string, string>,
  functions: ReturnType<typeof printPortable>,
): Promise<Omit<Built, 'sources' | 'version' | 'templates'>> {
  const files = [...texts].flatMap(([path, text]) => {
    const [, file] = /^src\/runtime\/(.+)$/.exec(path) ?? []
    return file === undefined ? [] : [{ file, declarations: declarationsOf(file, text) }]
  })
  const own = files.filter(({ file }) => moduleOwn.includes(file)).flatMap(({ declarations }) => declarations)
  const sources = files.filter(({ file }) => !moduleOwn.includes(file)).flatMap(({ declarations }) => declarations)
  refuseTwins(sources)
  const names = new Set(functions.map(({ name }) => name))
  const known = new Set([...names, ...sources.map(({ name }) => name)])
  const declareAll = (all: readonly Source[]) => Promise.all(all.map((source) => declare(source, known, optional)))
  const runtime = await declareAll(sources)
  const changed = sources.flatMap((source) => {
    const text = withOwnFunctions(source.text, names)
    return text === source.text || names.has(source.name) ? [] : [{ ...source, text }]
  })
  const made = functions.map(({ name, source, text }) => ({
    ...{ name, text, file: 'portable.ts' },
    docstring: `/** ${source}. */\n`,
  }))
  const portable = await declareAll([...changed, ...made])

  const library = texts.get('templates/library.d.ts')!
  const vocabulary = namesIn(parse(library)).declared
  refuseUnknown([...runtime, ...portable], own, vocabulary)
  return {
    runtime,
    portable,
    docstrings: Object.fromEntries(own.map(({ name, docstring }) => [name, docstring])),
    library: `${texts.get('templates/intrinsics.d.ts')!}\n${library}`,
    vocabulary: [...vocabulary],
  }
}

function refuseTwins(sources: readonly Source[]): void {
  const files = new Map<string, string>()
  for (const { name, file } of sources) {
    if (files.has(name)) throw new Error(`The runtime declares ${name} twice: in ${files.get(name)} and ${file}.`)
    files.set(name, file)
  }
}

/** Modules may name what the runtime does. Members that a type takes from a record of names stand in quotes. */
function refuseUnknown(runtime: readonly Declaration[], own: readonly Source[], vocabulary: ReadonlySet<string>): void {
  const texts = runtime.map(({ docstring, text }) => docstring + text).join('\n')
  const quoted = Array.from(texts.matchAll(/'(\w+)'/g), ([, name]) => name!)
  const unknown = unknownNames(
    namesIn(parse(texts)),
    new Set([...vocabulary, ...quoted, ...namesIn(parse(own.map(({ text }) => text).join('\n'))).declared]),
  )
  if (unknown.length > 0)
    throw new Error(`The runtime names ${unknown.join(', ')}, which templates/library.d.ts lacks.`)
  const strange = /[^\n -~]/.exec(texts)
  if (strange) throw new Error(`The runtime holds the character ${JSON.stringify(strange[0])}.`)
}
