import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '../../src/compile.ts'
import { readSpecFile } from '../../src/host/specFile.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { programs, root } from './programs.ts'

const names = [...programs, 'vae-decoder', 'typos-unweighted']
const texts: Record<string, string> = {}
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapeless-'))
  for (const name of names) {
    texts[name] = await readFile(join(root, 'generated', `${name}.ts`), 'utf8')
    const { code } = await transform(texts[name], { loader: 'ts' })
    await writeFile(join(folder, `${name}.mjs`), code)
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** What a program prints as JSON, run by node in a process of its own beside the modules. */
async function runProgram(program: string, ...options: readonly string[]): Promise<unknown> {
  await writeFile(join(folder, 'program.mjs'), program)
  const { stdout } = await promisify(execFile)(process.execPath, [...options, join(folder, 'program.mjs')])
  return JSON.parse(stdout)
}

describe.each(names)('generated/%s.ts', (name) => {
  it('holds no eval, no Function, no import and nothing beyond ASCII', () => {
    // A module of WebAssembly says which word a policy must have.
    expect(texts[name]).not.toMatch(/(?<!wasm-unsafe-)\beval\b|\bFunction\b|\bimport\b|\brequire\b|[^\n -~]/)
  })

  it('trains where code generation from strings is forbidden', async () => {
    const program = `
      import { createTrainer, network } from './${name}.mjs'
      let forbidden = false
      try { new Function('return 1') } catch { forbidden = true }
      const size = (shape) => shape.reduce((product, extent) => product * extent, 1)
      // One number everywhere, but of several inputs to each its own.
      const filled = (shape, value = 1) => Array.isArray(shape)
        ? new Float64Array(size(shape)).fill(value)
        : Object.fromEntries(Object.entries(shape).map(([name, part], i) => [name, filled(part, value / (i + 1))]))
      const [x, y] = [filled(network.input), filled(network.target)]
      const trainer = createTrainer()
      trainer.learningRate = 1e-3
      const before = trainer.loss(x, y)
      for (let step = 0; step < 5; step++) trainer.step(x, y)
      console.log(JSON.stringify({ forbidden, less: trainer.loss(x, y) < before }))`
    expect(await runProgram(program, '--disallow-code-generation-from-strings')).toEqual({
      forbidden: true,
      less: true,
    })
  })
})

describe('a step', () => {
  it('makes no object: the heap is as large after 100,000 of them', async () => {
    const program = `
      import { createTrainer, network } from './notebook.mjs'
      const x = new Float32Array(network.batch * 10).fill(0.5)
      const y = new Float32Array(network.batch * 5).fill(1)
      const trainer = createTrainer()
      trainer.learningRate = 1e-4
      const used = () => { gc(); return process.memoryUsage() }
      for (let step = 0; step < 20_000; step++) trainer.step(x, y)
      const before = used()
      for (let step = 0; step < 100_000; step++) trainer.step(x, y)
      const filled = process.memoryUsage()
      const after = used()
      console.log(JSON.stringify({
        allocated: filled.heapUsed - before.heapUsed,
        kept: after.heapUsed - before.heapUsed,
        arrays: after.arrayBuffers - before.arrayBuffers,
      }))`
    const { allocated, kept, arrays } = (await runProgram(
      program,
      '--expose-gc',
      '--min-semi-space-size=64',
    )) as Record<'allocated' | 'kept' | 'arrays', number>
    expect(arrays).toBeLessThanOrEqual(0)
    expect(kept).toBeLessThan(50_000)
    // Nothing is collected while the steps run, so this counts each byte: V8 boxes a double that a function takes or returns, in
    // 16 bytes. There is room for two of those and for no object beside them.
    expect(allocated / 100_000).toBeLessThan(40)
  })
})

describe('a trainer, minified and gzipped', () => {
  // Some 800 of them check what callers give, and say what is wrong with it.
  it.each([
    ['notebook', 6_300],
    ['xor', 5_500],
  ])('%s takes at most %i bytes', async (name, most) => {
    const { code } = await transform(texts[name]!, { loader: 'ts', format: 'esm', minify: true })
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(most)
  })
})

/** What an app that imports one function of a module takes: its bundle minified and gzipped, in bytes. */
async function sizeOfApp(text: string, imported: 'createModel' | 'createTrainer'): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `${text}\nglobalThis.made = ${imported}`.replaceAll(/^export /gm, ''), loader: 'ts' },
    ...{ bundle: true, write: false, format: 'esm', minify: true },
  })
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length
}

const withoutFiles = (text: string) => text.replaceAll(/^ +(?:load|save): .*\n/gm, '')

describe('an app with the notebook, minified and gzipped', () => {
  const modules = async (target: 'typescript' | 'wasm') => {
    const network = await loadNetwork(await readSpecFile(join(root, 'examples/notebook.net.yaml')))
    const [whole, alone] = await Promise.all([
      compile(network, 'examples/notebook.net.yaml', { target }),
      compile(network, 'examples/notebook.net.yaml', { target, only: 'model' }),
    ])
    return { whole: whole.text, alone: alone.text }
  }

  it('takes under 3,500 bytes for inference alone, and under 7,000 for training', async () => {
    const { whole, alone } = await modules('typescript')
    const [model, shaken] = [await sizeOfApp(alone, 'createModel'), await sizeOfApp(whole, 'createModel')]
    expect(model).toBeLessThan(3500)
    expect(await sizeOfApp(whole, 'createTrainer')).toBeLessThan(7000)
    // What reads files, and says what is wrong with them; and where it is there what writes them.
    expect(model - (await sizeOfApp(withoutFiles(alone), 'createModel'))).toBeLessThan(1300)
    expect(shaken - (await sizeOfApp(withoutFiles(whole), 'createModel'))).toBeLessThan(1300)
    expect(shaken).toBeLessThan(3960)
  })

  it('takes at most 60 % for inference alone of what it takes for training, in WebAssembly', async () => {
    const { whole, alone } = await modules('wasm')
    const share = (await sizeOfApp(alone, 'createModel')) / (await sizeOfApp(whole, 'createTrainer'))
    expect(share).toBeLessThan(0.6)
  })
})
