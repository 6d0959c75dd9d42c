/**
 * The last step of a build: puts what others wrote, and any host can run, into single files of dist: mathjs's parser, of which an import
 * of mathjs is fifty times as much, and TypeScript and wabt, which ask in vain for files where there are none. Beside them go licences.
 * Usage: jiti scripts/bundle.ts [dist]
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const [dist = join(root, 'dist')] = process.argv.slice(2)

/** Modules of src whose imports become part of them. */
const modules = ['base/typescript', 'language/formulas/parser', 'targets/wasm/wabt']

/** Names of Node and of CommonJS by which packages see that they run there. */
const absent = ['process', 'globalThis.process', 'require', 'module', '__filename', '__dirname']

/** TypeScript as a module: within the function that CommonJS is put into, it would be parsed twice. */
const typescript: Plugin = {
  name: 'typescript',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]typescript[\\/]lib[\\/]typescript\.js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\nexport default ts`,
    })),
}

const { metafile } = await build({
  entryPoints: modules.map((path) => join(root, 'src', `${path}.ts`)),
  outdir: dist,
  outbase: join(root, 'src'),
  absWorkingDir: root,
  define: Object.fromEntries(absent.map((name) => [name, 'undefined'])),
  plugins: [typescript],
  ...{ bundle: true, format: 'esm', platform: 'browser', target: 'es2022', charset: 'utf8', minify: true },
  ...{ legalComments: 'inline', metafile: true, logLevel: 'warning' },
})
const packages = Object.values(metafile.outputs)
  .flatMap(({ inputs }) => Object.entries(inputs))
  .flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? (/^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []) : [],
  )
const notices = await Promise.all([...new Set(packages)].sort().map(noticeOf))
const files = modules.map((path) => `${path}.js`)
await writeFile(
  join(dist, 'licenses.txt'),
  `${files.join(', ')} hold parts of these packages.\n\n${notices.join('\n\n')}`,
)

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
  const files = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|notice|thirdparty)/i.test(file))
  const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')))
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}
