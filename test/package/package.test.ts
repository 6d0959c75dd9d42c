import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addFiles, folderWith, install, pack, removeFolders, run, typeCheck, type Packed } from './installed.ts'
import { flowers } from '../train/tables.ts'
import { commandsOf, isMistaken, outputOf, pages } from '../docs/blocks.ts'

const spec = `
input: 3
layers: [linear: 4, tanh, linear: 2]
loss: mse
`

/** A program that uses everything a module exports. */
const program = `
import { createModel, createTrainer, network, type Model, type Options, type ParameterName, type Report, type Trainer, type Vector } from './generated/small.ts'

const options: Options = { seed: 1 }
const trainer: Trainer = createTrainer(options)
const model: Model = createModel({ parameters: { 'linear0.bias': [0, 0, 0, 0] } })
const name: ParameterName = network.parameters[0].name
const view: Vector = trainer.gradients[name]
for (const report of trainer.epochs([1, 2, 3], new Float32Array(2), { epochs: 2, validation: { x: [1, 2, 3], y: [0, 0] } })) {
  const { epoch, loss, learningRate, validationLoss = 0 }: Report = report
  view.fill(epoch + loss + learningRate + validationLoss)
}
const reports: Report[] = trainer.fit([1, 2, 3], [0, 0], { onEpoch: ({ loss }) => loss > 1e-3 })
trainer.learningRate = reports.length + trainer.loss([1, 2, 3], [0, 0]) + trainer.gradient([1, 2, 3], [0, 0]) + trainer.step([1, 2, 3], [0, 0])
trainer.nextEpoch()
model.load(trainer.save())
export const prediction: Vector = model.predict([1, 2, 3])
// @ts-expect-error: no such parameter
model.parameters['linear9.weight']
`

/** Projects differ: each of these must take a module as it is. */
const flavours: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'ES2022 alone': {},
  'no unchecked indexed access': { noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
  'erasable syntax only': { erasableSyntaxOnly: true },
  'isolated modules': { isolatedModules: true, verbatimModuleSyntax: true },
  'every other strictness': {
    ...{ noUnusedLocals: true, noUnusedParameters: true, noImplicitReturns: true, noImplicitOverride: true },
    ...{ noPropertyAccessFromIndexSignature: true, allowUnreachableCode: false, allowUnusedLabels: false },
  },
  'a browser': { lib: ['es2022', 'dom'] },
}

/** The README, and the page on the command. */
const shown = pages.filter(({ name }) => name === 'README' || name === 'command').flatMap(({ blocks }) => blocks)
const mistaken = shown.find(isMistaken)!

let packed: Packed
let project: string

beforeAll(async () => {
  packed = await pack()
  project = await install(packed)
  await addFiles(project, { 'small.net.yaml': spec })
}, 300_000)

afterAll(removeFolders)

describe('the packed package', () => {
  it('holds the compiler and nothing else', () => {
    const expected =
      /^(dist\/.+\.(js|d\.ts)|dist\/licenses\.txt|package\.json|schema\.json|templates\/init\/.+|README\.md|LICENSE)$/
    expect(packed.files.filter((file) => !expected.test(file))).toEqual([])
    for (const file of [
      'dist/index.js',
      'dist/index.d.ts',
      'dist/cli/main.js',
      'dist/licenses.txt',
      'schema.json',
      'README.md',
      'LICENSE',
    ])
      expect(packed.files).toContain(file)
  })

  it('generates a module in an empty folder', async () => {
    const { status, stderr } = await run(project, 'npx', 'tapeless', 'generate')
    expect(status, stderr).toBe(0)
    expect(await readFile(join(project, 'generated/small.ts'), 'utf8')).toMatch(/^\/\/ @generated/)
  })

  it('says where a spec is wrong, as the page on the command shows, and writes nothing', async () => {
    const folder = await folderWith({ 'digits.net.yaml': mistaken.text })
    const command = join(project, 'node_modules/tapeless/dist/cli/main.js')
    const { status, stderr } = await run(folder, process.execPath, command, 'generate')
    expect(status).toBe(1)
    expect(stderr).toBe(outputOf(mistaken, shown)!.text)
    expect(await readdir(folder)).toEqual(['digits.net.yaml'])
  })

  it('reads functions and specs in TypeScript, and says where they are wrong', async () => {
    const swish = 'export const swish = (x: number): number => x / (1 + Math.exp(-x))\n'
    const layers = '[linear: 2, { function: "./swish.ts#swish" }]'
    const folder = await folderWith({
      'swish.ts': swish,
      'right.net.yaml': `input: 3\nlayers: ${layers}\nloss: mse\n`,
      'wrong.net.ts': "export default { input: 3, layers: ['tnh'], loss: 'mse' }\n",
      'broken.net.ts': 'export default { input: (3 }\n',
    })
    const command = join(project, 'node_modules/tapeless/dist/cli/main.js')
    const generate = (file: string) => run(folder, process.execPath, command, 'generate', file)
    expect((await generate('right.net.yaml')).status).toBe(0)
    expect((await generate('wrong.net.ts')).stderr).toContain("wrong.net.ts:1:37: error: no layer is called 'tnh'")
    expect((await generate('broken.net.ts')).stderr).toContain("broken.net.ts:1:28: error: ')' expected")
  })

  it("checks a module's names, of which TypeScript's checker alone has no texts", async () => {
    const dist = join(project, 'node_modules/tapeless/dist')
    const [file] = (await readdir(dist)).filter((name) => /^check-.*\.js$/.test(name))
    const { check } = (await import(pathToFileURL(join(dist, file!)).href)) as typeof import('../../src/emit/check.ts')
    expect(() => check('function f(): number { return 1 }', [], new Map())).not.toThrow()
    expect(() => check('function f(): void { eval("1") }', [], new Map())).toThrow('The module names eval.')
  })
})

describe('a module in a project that has nothing but TypeScript', () => {
  let folder: string
  let module: string

  const compilerOptions = {
    ...{ strict: true, noEmit: true, target: 'es2022', lib: ['es2022'], types: [] },
    ...{ module: 'esnext', moduleResolution: 'bundler', allowImportingTsExtensions: true },
  }

  beforeAll(async () => {
    await run(project, 'npx', 'tapeless', 'generate')
    module = await readFile(join(project, 'generated/small.ts'), 'utf8')
    folder = await folderWith({ 'generated/small.ts': module, 'program.ts': program })
  })

  it.each(Object.entries(flavours))('type-checks with its user: %s', async (_, flavour) => {
    await addFiles(folder, {
      'tsconfig.json': JSON.stringify({ compilerOptions: { ...compilerOptions, ...flavour }, include: ['program.ts'] }),
    })
    expect(await typeCheck(folder)).toBe('')
  })

  it('type-checks itself under strict', async () => {
    const checked = await folderWith({
      'small.ts': module.replace('// @ts-nocheck', '//'),
      'tsconfig.json': JSON.stringify({ compilerOptions: { ...compilerOptions, erasableSyntaxOnly: true } }),
    })
    expect(await typeCheck(checked)).toBe('')
  })
})

describe('the README and the page on the command', () => {
  // Whose first line names the columns, which the small stand-in lacks.
  const table = `sepal_length,sepal_width,petal_length,petal_width,species\n${flowers()}`
  const files = Object.fromEntries(
    shown.flatMap(({ name, note, text }) => (name === undefined || note !== undefined ? [] : [[name, text]])),
  )
  beforeAll(() => addFiles(project, { ...files, 'iris.csv': table }))

  it.each(commandsOf(shown).filter((line) => line.startsWith('npx ')))(
    'have a command that works: %s',
    async (line) => {
      const { status, stderr } = await run(project, 'npx', ...line.split(/\s+/).slice(1))
      expect(status, stderr).toBe(0)
    },
  )

  it('have a program that prints what is shown', async () => {
    const { status, stdout, stderr } = await run(project, 'npx', 'jiti', 'xor.ts')
    expect(status, stderr).toBe(0)
    expect(stdout).toBe(
      outputOf(
        shown.find(({ name }) => name === 'xor.ts')!,
        shown,
      )!.text,
    )
  })
})
