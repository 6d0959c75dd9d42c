/**
 * Every bundler that there is a plugin for, by the built package: a bundle trains under Node, has its kernels beside it, leaves training
 * out where it is told to, and a mistake of a spec is shown where it stands.
 * Usage: jiti test/nightly/bundlers.ts [bundler…]
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFolders } from '../package/installed.ts'
import { project, runFile, xor } from '../plugin/project.ts'

/** Programs that make out/main.js of main.js, and print what is wrong as the bundler's own command does. */
const builds: Readonly<Record<string, { readonly packages: readonly string[]; readonly program: string }>> = {
  vite: {
    packages: ['vite'],
    program: `
import { build } from 'vite'
const ssr = { ssr: 'main.js', ssrEmitAssets: true, outDir: 'out' }
await build({ configFile: false, logLevel: 'warn', plugins: [tapeless(options)], build: ssr })`,
  },
  rollup: {
    packages: ['rollup'],
    program: `
import { rollup } from 'rollup'
const bundle = await rollup({ input: 'main.js', external: /^node:/, plugins: [tapeless(options)] })
await bundle.write({ dir: 'out' })`,
  },
  esbuild: {
    packages: ['esbuild'],
    program: `
import { build } from 'esbuild'
const form = { bundle: true, format: 'esm', platform: 'node', outdir: 'out' }
await build({ entryPoints: ['main.js'], ...form, plugins: [tapeless(options)] })`,
  },
  ...Object.fromEntries(
    [
      ['webpack', 'webpack', `import bundler from 'webpack'`],
      ['rspack', '@rspack/core', `import { rspack as bundler } from '@rspack/core'`],
    ].map(([name, used, imported]) => [
      name!,
      {
        packages: [used!],
        program: `
${imported}
const output = { path: process.cwd() + '/out', filename: 'main.js', module: true, publicPath: process.cwd() + '/out/' }
const form = { mode: 'production', target: 'node20', experiments: { outputModule: true }, output }
const compiler = bundler({ context: process.cwd(), entry: './main.js', ...form, plugins: [tapeless(options)] })
const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))))
if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }))`,
      },
    ]),
  ),
}

const main = `
import { readFile } from 'node:fs/promises'
import { createTrainer } from './xor.net.yaml'
import { createModel, network, wasmUrl } from './judge.net.json'
const x = [0, 0, 0, 1, 1, 0, 1, 1]
const y = [0, 1, 1, 0]
const trainer = createTrainer()
trainer.fit(x, y)
// What webpack finds in \`new URL\` beside import.meta.url is an asset to it.
const here = import.meta.url
const address = new URL(wasmUrl().replace(/^.assets/, './assets'), here)
const wasm = await WebAssembly.compile(await readFile(address))
console.log(trainer.loss(x, y) < 0.01, network.name, createModel({ wasm }).predict([0, 1]).length)
`

const judge = JSON.stringify({
  ...{ name: 'judge', input: 2, layers: [{ linear: 1 }], loss: 'mse', train: { batch: 4, optimizer: 'adam' } },
  emit: { target: 'wasm', wasm: 'file' },
})

const mistake = "no layer is called 'tanhh'; did you mean 'tanh'?"

/** Where the plugin itself is, which is nothing for users to read. */
const inside = /dist.plugin/

const differences: string[] = []
const expectThat = (what: string, isSo: boolean, shown: string) => {
  console.log(`${isSo ? 'ok   ' : 'WRONG'} ${what}`)
  if (!isSo) differences.push(`${what}\n${shown}`)
}

const [, , ...named] = process.argv
for (const bundler of named.length > 0 ? named : Object.keys(builds)) {
  const { packages, program } = builds[bundler]!
  const build = `import tapeless from 'tapeless/${bundler}'\nconst options = { only: { judge: 'model' } }\n${program}\n`
  const files = { 'build.mjs': build, 'main.js': main, 'xor.net.yaml': xor, 'judge.net.json': judge }

  const right = await project(files, packages)
  const made = await runFile(right, 'build.mjs')
  const ran = await runFile(right, 'out/main.js')
  expectThat(`${bundler}: a bundle trains`, ran.stdout === 'true judge 1\n', made.stderr + ran.stderr)
  const out = await readdir(join(right, 'out'), { recursive: true }).catch(() => [])
  const isAsset = out.some((name) => /judge.*\.wasm$/.test(name))
  expectThat(`${bundler}: kernels are an asset`, isAsset, out.join(' '))
  const types = await readFile(join(right, 'judge.net.d.json.ts'), 'utf8').catch(() => '')
  const isModel = types.includes('createModel(') && !types.includes('createTrainer(')
  expectThat(`${bundler}: types are written, of a model alone where that is asked for`, isModel, types)

  const wrong = await project({ ...files, 'xor.net.yaml': xor.replace('tanh', 'tanhh') }, packages)
  const { status, stderr } = await runFile(wrong, 'build.mjs')
  const isLocated =
    status === 1 && stderr.includes(mistake) && /xor\.net\.yaml:3:2[45]/.test(stderr) && !inside.test(stderr)
  expectThat(
    `${bundler}: a mistake is shown where it stands`,
    isLocated && stderr.includes('{ linear: 8 }, tanhh'),
    stderr,
  )

  const typescript = await project(
    { ...files, 'main.js': "import './deep.net.ts'\n", 'deep.net.ts': 'export default {}\n' },
    packages,
  )
  const refused = await runFile(typescript, 'build.mjs')
  const isTold = refused.stderr.includes('run `tapeless generate deep.net.ts`') && !inside.test(refused.stderr)
  const isRefused = refused.status === 1 && isTold
  expectThat(`${bundler}: a spec in TypeScript is left to the command`, isRefused, refused.stderr)
}

await removeFolders()
if (differences.length > 0) {
  console.error(differences.join('\n\n'))
  process.exitCode = 1
}
