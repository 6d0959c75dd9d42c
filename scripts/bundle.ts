/**
 * The last step of a build: puts the compiler, and the packages that every use of it loads, into few files of dist, which load in a
 * fraction of the time that their hundreds take, on any host. A part that only some uses need is a file of its own: mathjs's parser, of
 * mathjs a fiftieth, TypeScript's checker, wabt. Beside the files go the licences of the packages that they are made of.
 * Usage: jiti scripts/bundle.ts [dist]
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { checkerOfTypeScript } from './typescript.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const [dist = join(root, 'dist')] = process.argv.slice(2)

/** What a caller installs beside, and packages that only Node has a use for, or that are loaded when they are needed. */
const external = [
  ...['@babel/code-frame', 'asciichart', 'binaryen', 'chokidar', 'cli-progress', 'commander', 'csv-parse', 'jiti'],
  ...['picocolors', 'prettier', 'uglify-js', 'unplugin'],
  'node:*',
]

/** The entries of the package, and files that find another by its place, or are found so. */
const entries = [
  ...['index', 'neutral', 'cli/main'],
  ...['host/specModule', 'host/specProcess', 'host/specWatch', 'language/networks/define'],
  'train/training/run',
  'train/training/thread',
  ...['vite', 'rollup', 'webpack', 'rspack', 'esbuild'].map((bundler) => `plugin/${bundler}`),
]

/** What a page runs by itself. */
const alone = 'plugin/live'

const form = { bundle: true, format: 'esm', target: 'es2022', charset: 'utf8', logLevel: 'warning' } as const

/** Names of Node and of CommonJS by which packages see that they run there. */
const absent = ['process', 'globalThis.process', 'require', 'module', '__filename', '__dirname']

/** Tells TypeScript's checker alone, for the emitter, from the whole of it. */
const checker = '?checker'

/** Packages that ask for Node where there is some are each bundled without it, before they become part of the whole. */
const withoutNode: Plugin = {
  name: 'without Node',
  setup: ({ onLoad, onResolve, resolve }) => {
    onResolve({ filter: /^typescript$/ }, async ({ importer, kind, pluginData, resolveDir }) => {
      if (pluginData === 'resolved') return undefined
      const { path } = await resolve('typescript', { kind, resolveDir, pluginData: 'resolved' })
      return { path, suffix: /[\\/]emit[\\/]typescript\.ts$/.test(importer) ? checker : '' }
    })
    onLoad({ filter: /[\\/]node_modules[\\/](?:typescript|wabt)[\\/]/ }, async ({ path, suffix }) => {
      const contents = suffix === checker ? await checkerOfTypeScript(path) : await readFile(path, 'utf8')
      const define = Object.fromEntries(absent.map((name) => [name, 'undefined']))
      const { outputFiles } = await build({
        stdin: { contents, sourcefile: path, resolveDir: root },
        ...form,
        ...{ define, minify: true, legalComments: 'inline', platform: 'browser', write: false },
      })
      return { contents: outputFiles[0]!.text }
    })
  },
}

for (const file of await readdir(dist, { recursive: true })) if (file.endsWith('.js')) await rm(join(dist, file))
const { metafile } = await build({
  entryPoints: entries.map((name) => `src/${name}.ts`),
  ...{ absWorkingDir: root, outbase: 'src', outdir: dist, splitting: true, platform: 'browser', ...form },
  ...{ minifySyntax: true, minifyWhitespace: true, metafile: true, plugins: [withoutNode] },
  external,
})
await build({
  entryPoints: [`src/${alone}.ts`],
  ...{ absWorkingDir: root, outfile: join(dist, `${alone}.js`), ...form },
  ...{ minifySyntax: true, minifyWhitespace: true },
})
const packages = Object.values(metafile.outputs)
  .flatMap(({ inputs }) => Object.entries(inputs))
  .flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? (/^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []) : [],
  )
const notices = await Promise.all([...new Set(packages)].sort().map(noticeOf))
await writeFile(
  join(dist, 'licenses.txt'),
  `The .js files here hold parts of these packages.\n\n${notices.join('\n\n')}`,
)

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
  const files = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|notice|thirdparty)/i.test(file))
  const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')))
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}
