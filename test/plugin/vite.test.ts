import { spawn, type ChildProcess } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { removeFolders } from '../package/installed.ts'
import { browsers, type Browser, type Page } from './browsers.ts'
import { project, runFile, training, xor } from './project.ts'

/** The styles of Vite's overlay alone are against it. */
const policy = "default-src 'self'; script-src 'self'"

const config = `
import tapeless from 'tapeless/vite'
export default {
  plugins: [tapeless({ only: { judge: 'model' } })],
  worker: { format: 'es' },
  server: { host: '127.0.0.1', headers: { 'Content-Security-Policy': ${JSON.stringify(policy)} } },
}
`

const page = `<!doctype html>
<html lang="en"><title>xor</title><link rel="icon" href="/icon.svg"><script type="module" src="/page.js"></script></html>
`

/** A page that trains in a worker, and has a trainer of its own, which another module is told of. */
const files = {
  'vite.config.js': config,
  'index.html': page,
  'public/icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'page.js': `
import { createTrainer, network } from './xor.net.yaml'
globalThis.trainer = createTrainer({ seed: 3 })
globalThis.hash = () => network.specHash
globalThis.loads = (globalThis.loads ?? 0) + 1
globalThis.reports = []
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
worker.onmessage = ({ data }) => globalThis.reports.push(data)
`,
  'worker.js': `
import { createTrainer } from './xor.net.yaml'
const trainer = createTrainer()
for (const report of trainer.epochs([0, 0, 0, 1, 1, 0, 1, 1], [0, 1, 1, 0], { epochs: 1e9 })) {
  postMessage({ ...report, weights: [...trainer.parameters['linear0.weight']], names: Object.keys(trainer.parameters) })
  await new Promise((resolve) => setTimeout(resolve, 20))
}
`,
  'xor.net.yaml': xor,
}

interface Report {
  readonly epoch: number
  readonly learningRate: number
  readonly weights: readonly number[]
  readonly names: readonly string[]
}

describe.each(Object.entries(browsers))('a page that Vite serves, in %s,', (_, launch) => {
  let folder: string
  let vite: ChildProcess
  let browser: Browser
  let opened: Page
  const said: string[] = []

  const write = (text: string) => writeFile(join(folder, 'xor.net.yaml'), text)
  const ask = <T>(expression: string) => opened.evaluate(expression) as Promise<T>
  const last = () => ask<Report>('reports.at(-1)')
  /** Waits until an expression is true in the page. */
  const until = async (expression: string) => {
    // A page that is loaded again has no answer.
    while (!(await ask<boolean>(expression).catch(() => false))) await setTimeout(50)
  }

  beforeAll(async () => {
    folder = await project(files, ['vite'])
    vite = spawn(process.execPath, ['node_modules/vite/bin/vite.js', '--port', '0'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NO_COLOR: '1' },
    })
    const [address] = await new Promise<RegExpExecArray>((resolve) => {
      let text = ''
      vite.stdout!.on('data', (part) => {
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec((text += String(part)))
        if (found) resolve(found)
      })
    })
    browser = await launch()
    opened = await browser.newPage()
    opened.on('console', (message) => message.type() === 'error' && said.push(message.text()))
    opened.on('pageerror', ({ message }) => said.push(message))
    await opened.goto(address!)
    await until('globalThis.reports?.length > 3')
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    vite?.kill()
    await removeFolders()
  })

  test('goes on training at another rate', async () => {
    const before = await last()
    const hash = await ask<string>('hash()')
    await write(xor.replace('0.2', '0.125'))
    await until('reports.at(-1).learningRate === 0.125')
    const after = await ask<Report>('reports.find(({ learningRate }) => learningRate === 0.125)')
    expect(after.epoch).toBeGreaterThan(before.epoch)
    const [earlier] = await ask<Report[]>(`reports.filter(({ epoch }) => epoch === ${after.epoch - 1})`)
    // One epoch changes weights by little; new ones would be anywhere.
    const moved = after.weights.map((weight, k) => Math.abs(weight - earlier!.weights[k]!))
    expect(Math.max(...moved)).toBeLessThan(0.2)
    await until(`hash() !== '${hash}' && trainer.learningRate === 0.125`)
    expect(await ask('loads')).toBe(1)
  })

  test('keeps the weights of layers to which another is added', async () => {
    const weights = () => ask<number[]>("[...trainer.parameters['linear0.weight']]")
    const before = await weights()
    await write(xor.replace('tanh,', 'tanh, { linear: 8 }, tanh,'))
    await until("reports.at(-1).names.includes('linear2.weight') && 'linear2.weight' in trainer.parameters")
    expect(await weights()).toEqual(before)
    expect(await ask('loads')).toBe(1)
  })

  test('shows where a mistake is while training goes on, until it is mended', async () => {
    expect(said).toEqual([])
    await write(xor.replace('tanh', 'tanhh'))
    await until("document.querySelector('vite-error-overlay') !== null")
    const shown = await ask<string>(
      "['plugin', 'message-body', 'file', 'frame'].map((name) => document.querySelector('vite-error-overlay').shadowRoot.querySelector('.' + name).textContent).join('|')",
    )
    expect(shown).toContain("xor.net.yaml:3:25: no layer is called 'tanhh'; did you mean 'tanh'? (unknown-word)")
    expect(shown).toContain(`|${join(folder, 'xor.net.yaml')}:3:25`)
    expect(shown).toContain('> 3 | layers: [{ linear: 8 }, tanhh, { linear: 1 }]')
    const { epoch } = await last()
    await until(`reports.at(-1).epoch > ${epoch}`)
    await write(xor)
    await until("!document.querySelector('vite-error-overlay') && !reports.at(-1).names.includes('linear2.weight')")
    expect(await ask('loads')).toBe(1)
    const forbidden = said.filter((text) => /content.security.policy/i.test(text))
    expect(forbidden.filter((text) => !/inline style/.test(text))).toEqual([])
  })

  test('has types of the spec beside it', async () => {
    expect(await readFile(join(folder, 'xor.net.d.yaml.ts'), 'utf8')).toContain('export declare function createTrainer')
  })
})

test('Vite builds what a page and its workers import, WebAssembly as an asset, and only what is asked for', async () => {
  const judge = `${xor}name: judge\nemit: { target: wasm, wasm: file }\n`
  const server = `import { createModel, network as judge, wasmUrl } from './judge.net.json'
import { readFile } from 'node:fs/promises'
const wasm = await WebAssembly.compile(await readFile(new URL('.' + wasmUrl(), import.meta.url)))
console.log(judge.name, createModel({ wasm }).predict([0, 1]).length)
${training}`
  const build = `
import { build } from 'vite'
await build({ logLevel: 'warn' })
await build({ logLevel: 'warn', build: { outDir: 'server', ssr: 'server.js', ssrEmitAssets: true } })
`
  const folder = await project(
    { ...files, 'build.mjs': build, 'server.js': server, 'judge.net.json': JSON.stringify(parse(judge)) },
    ['vite'],
  )
  expect(await runFile(folder, 'build.mjs')).toMatchObject({ status: 0 })
  expect((await runFile(folder, 'server/server.js')).stdout).toBe('judge 1\nxor true\n')
  expect(await readFile(join(folder, 'judge.net.d.json.ts'), 'utf8')).not.toContain('createTrainer(')
}, 120_000)
