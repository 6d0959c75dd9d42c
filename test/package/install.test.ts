import { lstat, readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addFiles, folderWith, install, pack, removeFolders, run, type Packed } from './installed.ts'

/** Bytes that an install may take of a disk. */
const most = 70e6

/** Package managers that npm can install, in the versions that were tried. */
const managers = Object.entries({ pnpm: '12.4.2', yarn: '1.22.22' })

/** A spec whose compilation loads every package: equations, and below WebAssembly and measures. */
const spec = `
inputs: { x: [3] }
targets: { y: [2] }
parameters: { Omega: { shape: [2, 3] }, beta: { shape: [2] } }
equations:
  - f = tanh(beta + Omega * x)
  - l = mse(f, y)
output: f
loss: l
`
const generate = ['generate', '--target', 'wasm', '--wat', '--verbose']

let packed: Packed

beforeAll(async () => {
  packed = await pack()
}, 300_000)

afterAll(removeFolders)

/** The files below a folder; links aren't followed. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** In whole blocks, as a disk keeps them. */
async function bytesOnDisk(files: readonly string[]): Promise<number> {
  const blocks = await Promise.all(files.map(async (file) => (await lstat(file)).blocks))
  return 512 * blocks.reduce((sum, count) => sum + count, 0)
}

/** What the packages would run as they are installed; for some of it pnpm ends with an error. */
async function installScripts(files: readonly string[]): Promise<string[]> {
  const packages = files.filter((file) => basename(file) === 'package.json')
  const found = await Promise.all(
    packages.map(async (file) => {
      const { name, scripts = {} } = JSON.parse(await readFile(file, 'utf8'))
      return ['preinstall', 'install', 'postinstall']
        .filter((event) => event in scripts)
        .map((event) => `${name} ${event}`)
    }),
  )
  const built = files.filter((file) => basename(file) === 'binding.gyp').map(dirname)
  return [...found.flat(), ...built]
}

async function expectLight(folder: string): Promise<void> {
  const files = await filesBelow(join(folder, 'node_modules'))
  expect(await bytesOnDisk(files)).toBeLessThanOrEqual(most)
  expect(await installScripts(files)).toEqual([])
}

async function expectWorking(folder: string): Promise<void> {
  await addFiles(folder, { 'small.net.yaml': spec })
  const command = join(folder, 'node_modules/.bin/tapeless')
  const { status, stdout, stderr } = await run(folder, command, ...generate)
  expect(status, stderr).toBe(0)
  expect(stdout).toContain('gzipped')
}

describe('an install', () => {
  it('by npm is light, runs no script, and works', async () => {
    const folder = await install(packed)
    await expectLight(folder)
    await expectWorking(folder)
  }, 300_000)

  it.for(managers)(
    'by %s ends without an error, is light, runs no script, and works',
    { timeout: 300_000 },
    async ([name, version], { skip }) => {
      const tools = await folderWith({ 'package.json': '{ "private": true }\n' })
      const got = await run(
        tools,
        'npm',
        'install',
        `${name}@${version}`,
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
      )
      skip(got.status !== 0, `npm can't install ${name} here`)
      const dependencies = { tapeless: `file:${packed.tarball}` }
      const folder = await folderWith({ 'package.json': JSON.stringify({ private: true, dependencies }) })
      const { status, stdout, stderr } = await run(folder, join(tools, 'node_modules/.bin', name), 'install')
      expect(status, stdout + stderr).toBe(0)
      await expectLight(folder)
      await expectWorking(folder)
    },
  )
})
