import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { compile } from '../../src/compile.ts'
import { readSpecFile } from '../../src/host/specFile.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { bundledOf } from '../../src/plugin/bundled.ts'
import { typesPathOf } from '../../src/plugin/specs.ts'
import { encode } from '../../src/runtime/safetensors.ts'
import { tapeless } from '../cli/tapeless.ts'
import { root } from '../package/installed.ts'
import { commandsOf, isProgram, isSpec, pages, type Block, type Page } from './blocks.ts'

/** Below the repository, so that Node and TypeScript find `tapeless`, and the packages that pages name, where readers have them. */
export const folder = join(root, 'out/docs')

export const folderOf = (page: Page): string => join(folder, page.name)

/** Files that readers have from elsewhere, by the pages that use them. */
const given: Readonly<Record<string, Readonly<Record<string, () => string | Uint8Array>>>> = {
  train: { 'penguins.csv': penguins },
  saving: {
    'sequential.safetensors': () =>
      tensors({ '0.weight': [16, 4], '0.bias': [16], '2.weight': [3, 16], '2.bias': [3] }),
  },
}

/** With the columns of a well-known table, and numbers that could be its own. */
function penguins(): string {
  const header = 'species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex'
  const rows = Array.from({ length: 30 }, (_, i) => {
    const [kind, varied] = [i % 3, i % 7]
    const names = [['Adelie', 'Chinstrap', 'Gentoo'][kind], ['Torgersen', 'Dream', 'Biscoe'][varied % 3]]
    const sizes = [
      38 + 5 * kind + varied,
      18 - kind + varied / 10,
      190 + 9 * kind + varied,
      3500 + 700 * kind + 50 * varied,
    ]
    return [...names, ...sizes, i % 2 ? 'male' : ''].join()
  })
  return [header, ...rows, ''].join('\n')
}

function tensors(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  return encode(
    Object.entries(shapes).map(([name, shape]) => {
      const view = new Float32Array(shape.reduce((product, extent) => product * extent, 1))
      return { name, shape, view, optional: false }
    }),
  )
}

/** Writes each page's files into a folder of its own, and generates the modules of its specs there. */
export async function writeProjects(): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  for (const page of pages) {
    for (const { name, isQuoted, text } of page.blocks) if (name !== undefined && !isQuoted) write(page, name, text)
    for (const [name, content] of Object.entries(given[page.name] ?? {})) write(page, name, content())
    for (const block of page.blocks.filter(isSpec)) await (page.name === 'plugin' ? declare : generate)(page, block)
  }
  // What the page's own command makes of its table, which its program then uses.
  const training = pages.find(({ name }) => name === 'train')!
  const [line] = commandsOf(training.blocks)
  const { status, stderr } = await tapeless(folderOf(training), ...line!.split(' ').slice(2), '--epochs', '2')
  if (status !== 0) throw new Error(stderr)
  await generate(training, { at: 'docs/train.md', name: 'penguins.net.yaml' })
}

const modules = new Map<string, Promise<Readonly<Record<string, string | Uint8Array>>>>()

type SpecBlock = Pick<Block, 'at' | 'name'> & Partial<Pick<Block, 'text'>>

/** The same spec on several pages is compiled once. */
async function generate(page: Page, spec: SpecBlock): Promise<void> {
  const key = `${spec.name} ${spec.text}`
  if (!modules.has(key)) modules.set(key, filesOf(page, spec))
  for (const [name, content] of Object.entries(await modules.get(key)!)) write(page, `generated/${name}`, content)
}

/** What the plugin writes of a spec. */
async function declare(page: Page, { name }: SpecBlock): Promise<void> {
  const spec = join(folderOf(page), name!)
  const { types } = await bundledOf(spec, {}, () => {})
  writeFileSync(typesPathOf(spec), await types())
}

async function filesOf(page: Page, { name, at }: SpecBlock): Promise<Readonly<Record<string, string | Uint8Array>>> {
  const network = await loadNetwork(await readSpecFile(join(folderOf(page), name!)))
  const { text, beside, warnings } = await compile(network, `../${name}`)
  if (warnings.length > 0) throw new Error(`${at}: ${warnings.map(({ message }) => message).join('\n')}`)
  const others = Object.entries(beside).map(([suffix, content]) => [`${network.name}${suffix}`, content])
  return { [`${network.name}.ts`]: text, ...Object.fromEntries(others) }
}

function write(page: Page, name: string, content: string | Uint8Array): void {
  const file = join(folderOf(page), name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

/** As strict as a new project, with what it needs to name modules by `.ts`. */
const options: ts.CompilerOptions = {
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, verbatimModuleSyntax: true },
  ...{ target: ts.ScriptTarget.ES2023, lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'], types: ['node'], skipLibCheck: true },
  ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  ...{ allowArbitraryExtensions: true, rewriteRelativeImportExtensions: true },
  ...{ typeRoots: [join(root, 'node_modules/@types')] },
}

/** What TypeScript says of all programs. Each is then beside its source, as JavaScript. */
export function compilePrograms(): string {
  const files = pages.flatMap((page) => page.blocks.filter(isProgram).map(({ name }) => join(folderOf(page), name!)))
  const program = ts.createProgram(files, options)
  const found = files.flatMap((file) => {
    const source = program.getSourceFile(file)!
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
  })
  program.emit(undefined, (file, text) => {
    if (file.startsWith(folder)) writeFileSync(file, text)
  })
  return ts.formatDiagnostics(found, {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  })
}
