import { readFile, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as tapeless from '../../src/neutral.ts'
import type { TargetName } from '../../src/base/target.ts'
import { targets } from '../../src/targets/index.ts'
import { install, pack, removeFolders, root } from '../package/installed.ts'
import { chromium as executablePath, chromiumArguments, isChromiumMissing } from '../support/browser.ts'
import { serve, type Server } from '../support/server.ts'
import { outcomeOf, type Case, type Outcome } from './page.ts'

/**
 * Bytes that the package may be in a page, minified and gzipped, if all of it is loaded. TypeScript is over half: its checker, for every
 * module, and the whole of it, for functions in TypeScript alone.
 */
const most = 2.6e6

const program = `
import { compile, loadNetwork, readSpecText } from 'tapeless'
import { run } from ${JSON.stringify(join(root, 'test/browser/page.ts'))}
await run({ compile, loadNetwork, readSpecText })
`

/** The page's scripts, by their paths on the server. */
async function bundled(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const outdir = join(folder, 'out')
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: folder },
    entryNames: 'page',
    outdir,
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'browser', minify: true, write: false },
    // There is none but of what isn't installed.
    logLevel: 'error',
  })
  return new Map(
    outputFiles.map(({ path, contents }) => [`/${relative(outdir, path).replaceAll('\\', '/')}`, contents]),
  )
}

const readText = (path: string) => readFile(join(root, path), 'utf8')

async function casesOf(): Promise<Case[]> {
  const examples = (await readdir(join(root, 'examples'))).filter((name) => name.endsWith('.net.yaml'))
  // One whose functions are TypeScript.
  const files = [...examples.map((name) => `examples/${name}`), 'test/golden/function/function.net.yaml']
  return files.flatMap((file) => (Object.keys(targets) as TargetName[]).map((target) => ({ file, target })))
}

describe.skipIf(isChromiumMissing)(`in a page, if there is ${executablePath},`, () => {
  let scripts: ReadonlyMap<string, Uint8Array>
  let cases: Case[]
  /** The page sends back an error's text where it failed. */
  let server: Server<readonly Outcome[] | string>
  let browser: Browser

  beforeAll(async () => {
    scripts = await bundled(await install(await pack()))
    cases = await casesOf()
    server = await serve((path) => {
      if (path === '/cases') return JSON.stringify(cases)
      return path.startsWith('/files/') ? readFile(join(root, path.slice('/files/'.length))) : scripts.get(path)
    })
    browser = await chromium.launch({ executablePath, args: chromiumArguments })
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    server?.close()
    await removeFolders()
  })

  test('the package compiles all examples to the same bytes, under a strict policy, and asks for nothing', async () => {
    const page = await browser.newPage()
    const heard: string[] = []
    const asked = new Set<string>()
    page.on('console', (message) => heard.push(message.text()))
    page.on('request', (request) => asked.add(new URL(request.url()).origin))
    // A page's console stays silent about an eval that was only tried.
    await page.addInitScript(
      "addEventListener('securitypolicyviolation', ({ blockedURI, sourceFile }) => console.error(blockedURI, sourceFile))",
    )
    const broken = new Promise<never>((_, reject) => page.on('pageerror', reject).on('crash', reject))
    await page.goto(server.origin)
    const answer = await Promise.race([server.answer, broken])
    expect(heard).toEqual([])
    expect([...asked]).toEqual([server.origin])
    if (typeof answer === 'string') throw new Error(answer)
    expect(answer).toHaveLength(cases.length)
    for (const [k, one] of cases.entries()) {
      const { binary, ...texts } = answer[k]!
      const { binary: expected, ...expectedTexts } = await outcomeOf(tapeless, one, readText)
      expect(texts).toEqual(expectedTexts)
      expect(binary?.length).toBe(expected?.length)
      expect(binary).toEqual(expected)
    }
  }, 300_000)

  test('the package is small enough to be loaded', () => {
    const sizes = [...scripts.values()].map((script) => gzipSync(script).length)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(most)
  })
})
