import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { compile } from '../../src/compile.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'

/*
 * A project of somebody else, with modules of both targets and a program that uses them, as compilers of several versions and under
 * several configurations take it.
 */

const layers = 'input: 4\nlayers: [linear: 16, relu, linear: 3]\nloss: crossEntropy\n'

const specs: Readonly<Record<string, string>> = {
  iris: layers,
  inline: `${layers}emit: { target: wasm }\n`,
  edge: `${layers}emit: { target: wasm, wasm: file }\n`,
  rivals: [
    'inputs: { real: 2, noise: 3 }',
    'targets: {}',
    'networks: { G: { input: 3, layers: [linear: 2] }, D: { input: 2, layers: [linear: 1] } }',
    'equations: [forged = G(noise), d = sum(D(real)) - sum(D(forged)), g = sum(D(forged))]',
    'output: [forged]',
    'objectives: { critic: { loss: d, trains: [D] }, forger: { loss: g, trains: [G] } }',
    'emit: { hessianProduct: true, inputGradient: true }',
    '',
  ].join('\n'),
}

const program = `
import { createModel, createTrainer, network, type Model, type Options, type ParameterName, type Report, type Trainer, type Vector } from './generated/iris.js'
import * as inline from './generated/inline.js'
import * as edge from './generated/edge.js'
import * as rivals from './generated/rivals.js'

export interface Samples {
  readonly x: number[]
  readonly y: Uint8Array
}

export async function train({ x, y }: Samples, maybe: Samples | undefined, seed: number | undefined): Promise<Report[]> {
  const options: Options = { seed }
  const trainer: Trainer = createTrainer(options)
  const reports: Report[] = trainer.fit(x, y, { validation: maybe, onEpoch: ({ loss }) => loss > 0.1 })
  trainer.fit(x, y, { epochs: reports.length, onEpoch: (report) => console.log(report) })
  // @ts-expect-error: an asynchronous one can't end the training
  trainer.fit(x, y, { onEpoch: async () => false })
  // @ts-expect-error: there is no such option
  trainer.fit(x, y, { batchSize: 3 })
  // @ts-expect-error: rows are flat
  trainer.step([[1, 2, 3, 4]], y)
  for (const { epoch, validationLoss = 0 } of trainer.epochs(x, y, { validation: maybe })) if (epoch > validationLoss) break

  const address = URL.createObjectURL(new Blob([trainer.save()]))
  await fetch('/models', { method: 'PUT', body: trainer.save() })
  const hash: ArrayBuffer = await crypto.subtle.digest('SHA-256', trainer.save())
  trainer.load(await (await fetch(address)).arrayBuffer())
  trainer.load(new Uint8Array(hash), { rename: { 'fc.': 'linear0.' } })

  const name: ParameterName = network.parameters[0].name
  const shape: readonly [16, 4] = network.parameters[0].shape
  const view: Vector = trainer.gradients[name]
  view.fill(shape[0])
  const model: Model = createModel({ parameters: { 'linear0.bias': new Float32Array(16) } })
  // @ts-expect-error: there is no such parameter
  createModel({ parameters: { 'linear9.bias': [] } })
  return [...reports, { epoch: 0, loss: model.predict(x).length, learningRate: trainer.learningRate }]
}

export async function both({ x, y }: Samples): Promise<number> {
  const wasm = await WebAssembly.compileStreaming(fetch('edge.wasm'))
  // @ts-expect-error: kernels in a file are given
  edge.createModel()
  return inline.createTrainer().step(x, y) + edge.createTrainer({ wasm }).step(x, y)
}

export function play(real: Float64Array, noise: readonly number[]): Vector {
  const trainer = rivals.createTrainer()
  trainer.step({ noise }, {}, 'forger')
  const objective: rivals.ObjectiveName = rivals.network.objectives[0]
  const { critic, forger } = trainer.fit({ real, noise }, {}, { epochs: 1 })[0]!.losses
  trainer.learningRate = critic + forger + trainer.loss({ real, noise }, {}, objective)
  // @ts-expect-error: there is no such objective
  trainer.gradient({ real, noise }, {}, 'judge')
  // @ts-expect-error: the noise is missing
  trainer.predict({ real })
  trainer.hessianProduct({ real, noise }, {}, { 'D.linear0.bias': [1] })
  return trainer.predict({ noise }).forged
}
`

/** Where a bundler makes a module of the binary's file. */
const worker = `
import wasm from './generated/edge.wasm'
import { createModel, type Model } from './generated/edge.js'

export const model: Model = createModel({ wasm })
`

/** Options by the compiler's version that has them first. */
const strictest: readonly (readonly [since: number, options: Readonly<Record<string, unknown>>])[] = [
  [
    5.0,
    {
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true },
      ...{ noImplicitOverride: true, noImplicitReturns: true, noFallthroughCasesInSwitch: true, noUnusedLocals: true },
      ...{ noUnusedParameters: true, noPropertyAccessFromIndexSignature: true, allowUnreachableCode: false },
      ...{ allowUnusedLabels: false, isolatedModules: true, declaration: true, target: 'es2022' },
    },
  ],
  [5.5, { isolatedDeclarations: true }],
  [5.6, { noUncheckedSideEffectImports: true }],
  [5.8, { erasableSyntaxOnly: true }],
]

const withBrowser = { lib: ['es2022', 'dom', 'dom.iterable'], types: [], outDir: 'built' }

interface Configuration {
  readonly name: string
  /** Undefined for what `tsc --init` writes. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly files: Readonly<Record<string, string>>
}

const app = { 'app.ts': program }

export const configurations: readonly Configuration[] = [
  { name: 'tsc --init', files: app },
  {
    name: 'strictest, Node',
    options: { ...withBrowser, module: 'nodenext', moduleResolution: 'nodenext' },
    files: app,
  },
  {
    name: 'strictest, bundler',
    options: { ...withBrowser, module: 'esnext', moduleResolution: 'bundler' },
    files: { ...app, 'worker.ts': worker },
  },
]

/** The modules' files by their paths. */
async function modules(): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const [name, text] of Object.entries(specs)) {
    const network = await loadNetwork(readSpecText({ file: `${name}.net.yaml`, text }))
    const { text: module, beside } = await compile(network, `${name}.net.yaml`)
    files[`generated/${name}.ts`] = module
    for (const [suffix, content] of Object.entries(beside))
      if (suffix.endsWith('.ts')) files[`generated/${name}${suffix}`] = content as string
  }
  return files
}

/** A folder of such a project, without a configuration. */
export async function newProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapeless-'))
  const files = { ...(await modules()), 'package.json': '{ "private": true, "type": "module" }\n' }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

const execute = promisify(execFile)

/** What a compiler says of the project under a configuration: nothing where all is well. @param tsc its program. */
export async function messages(folder: string, tsc: string, { options, files }: Configuration): Promise<string> {
  const run = (...given: string[]) =>
    execute(process.execPath, [tsc, ...given], { cwd: folder }).then(
      () => '',
      ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
    )
  const config = join(folder, 'tsconfig.json')
  await rm(config, { force: true })
  for (const file of ['app.ts', 'worker.ts']) await rm(join(folder, file), { force: true })
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
  if (!options) {
    const failed = await run('--init')
    return failed || run('--project', '.')
  }
  const version = parseFloat(await versionOf(tsc))
  const known = strictest.filter(([since]) => since <= version).map(([, some]) => some)
  const compilerOptions = Object.assign({}, ...known, options) as object
  await writeFile(config, JSON.stringify({ compilerOptions, include: ['*.ts', 'generated'] }))
  return run('--project', '.')
}

export async function versionOf(tsc: string): Promise<string> {
  const { stdout } = await execute(process.execPath, [tsc, '--version'])
  return /[\d.]+/.exec(stdout)![0]
}
