/**
 * The last step of a build: puts the compiler, and the packages that every use of it loads, into few files of dist, which load in a
 * fraction of the time that their hundreds take. A part that only some uses need is a file of its own: mathjs's parser, of mathjs a
 * fiftieth, and TypeScript's checker. Packages that few uses load stay where they are. Beside the files go the licences of the packages
 * that they are made of.
 * Usage: jiti scripts/bundle.ts [dist]
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const [dist = join(root, 'dist')] = process.argv.slice(2)

/** Packages that are loaded when they are needed. */
const external = ['@babel/code-frame', 'binaryen', 'jiti', 'prettier', 'ts-morph', 'uglify-js', 'wabt']

const form = { bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' } as const

/**
 * TypeScript's own bundle of its command, without the command. Unlike the package's main file it lacks the services of editors, and
 * as it now names what it exports, esbuild leaves out what these don't need.
 */
const checker: Plugin = {
  name: 'checker',
  setup({ onLoad, onResolve }) {
    const path = join(root, 'node_modules/typescript/lib/_tsc.js')
    onResolve({ filter: /^typescript$/ }, () => ({ path }))
    onLoad({ filter: /_tsc\.js$/ }, async () => {
      const [compiler, command] = (await readFile(path, 'utf8')).split('\n// src/tsc/tsc.ts\n')
      if (!command) throw new Error(`${path} isn't as it was: nothing says where the command begins.`)
      const own = await readFile(join(root, 'src/emit/typescript.ts'), 'utf8')
      const contents = `${compiler}\n${/^export \{[^}]*\}/m.exec(own)![0]}`
      // The checker is given all that it reads; without a process it doesn't look for a system of files.
      const define = { process: 'undefined', require: 'undefined' }
      const shaken = await build({ stdin: { contents }, define, ...form, minify: true, write: false })
      return { contents: shaken.outputFiles[0]!.text }
    })
  },
}

for (const file of await readdir(dist, { recursive: true })) if (file.endsWith('.js')) await rm(join(dist, file))
const { metafile } = await build({
  // The third finds the fourth by its place.
  entryPoints: ['index', 'cli/main', 'language/text/module', 'language/networks/define'].map(
    (name) => `src/${name}.ts`,
  ),
  ...{ absWorkingDir: root, outbase: 'src', outdir: dist },
  ...form,
  ...{ splitting: true, platform: 'node', minifySyntax: true, minifyWhitespace: true, metafile: true },
  external: external.flatMap((name) => [name, `${name}/*`]),
  plugins: [checker],
  // CommonJS packages call it.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)",
  },
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
  const files = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|notice)/i.test(file))
  const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')))
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}
