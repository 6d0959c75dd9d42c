/**
 * The last step of a build: puts mathjs's parser into one file of dist, in place of an import of mathjs, of which it is a fiftieth.
 * Beside it go the licences of the packages that it is made of.
 * Usage: jiti scripts/bundle.ts [dist]
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const [dist = join(root, 'dist')] = process.argv.slice(2)

const { metafile } = await build({
  entryPoints: [join(root, 'src/language/formulas/parser.ts')],
  outfile: join(dist, 'language/formulas/parser.js'),
  absWorkingDir: root,
  ...{ bundle: true, format: 'esm', platform: 'browser', target: 'es2022', metafile: true, logLevel: 'warning' },
})
const packages = Object.values(metafile.outputs)
  .flatMap(({ inputs }) => Object.entries(inputs))
  .flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? (/^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []) : [],
  )
const notices = await Promise.all([...new Set(packages)].sort().map(noticeOf))
await writeFile(
  join(dist, 'licenses.txt'),
  `language/formulas/parser.js holds parts of these packages.\n\n${notices.join('\n\n')}`,
)

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
  const files = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|notice)/i.test(file))
  const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')))
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}
