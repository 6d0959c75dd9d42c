import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transform } from 'esbuild'
import { compile } from '../../src/compile.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import type { Trainer } from '../../src/runtime/interface.ts'
import { randomUniform } from '../../src/runtime/random.ts'
import { pages } from '../docs/blocks.ts'

/*
 * A training program, killed at random moments and started again until it is done: its checkpoints must be those of a run that was never
 * killed, byte by byte. The program is that of docs/saving.md, on another network.
 */

/** All that a run carries on: moments and their counts, running statistics, masks, the order of samples, a rate that metrics cut. */
const spec = (target: string) => `input: 24
layers: [linear: 96, batchNorm, relu, dropout: 0.3, linear: 64, tanh, linear: 4]
loss: mse
train:
  batch: 16
  epochs: 60
  optimizer: adam
  schedule: { plateau: { patience: 2, factor: 0.7, threshold: 0.05 }, warmup: { epochs: 5, start: 0.1 } }
emit: { target: ${target} }`

const kept = 'kept.safetensors'

export interface Findings {
  readonly killed: number
  /** Runs that were started again until they were done. */
  readonly runs: number
  /** Kills before there was a checkpoint. */
  readonly early: number
  /** Kills that left a new file behind which had not taken the old one's place. */
  readonly writing: number
  /** Kills after which the checkpoint was not that of its epoch in the run that was never killed. */
  readonly wrong: number
  /** Runs whose last checkpoint was not that run's. */
  readonly different: number
}

/** Kills runs of one target's program until there were as many kills. Error: the program itself fails. */
export async function killTrainings(target: string, kills: number, seed: number): Promise<Findings> {
  const folder = mkdtempSync(join(tmpdir(), 'tapeless-kills-'))
  try {
    const program = await writeProgram(folder, target)
    const { checkpoints, last, milliseconds } = await neverKilled(program)
    const counts = { killed: 0, runs: 0, early: 0, writing: 0, wrong: 0, different: 0 }
    for (; counts.killed < kills; counts.runs++) {
      const run = mkdtempSync(join(folder, 'run-'))
      const [file, fresh] = [join(run, kept), join(run, `${kept}.new`)]
      while (counts.killed < kills) {
        const moment = randomUniform(seed, 0, counts.killed) * milliseconds
        if (!(await killedAfter(start(program, run), moment))) break
        counts.killed++
        counts.writing += Number(existsSync(fresh))
        if (!existsSync(file)) counts.early++
        else counts.wrong += Number(!checkpoints.has(readFileSync(file, 'latin1')))
      }
      await ended(start(program, run))
      counts.different += Number(readFileSync(file, 'latin1') !== last)
    }
    return counts
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** That page's program, of this network and its data, as a file that Node runs. */
async function writeProgram(folder: string, target: string): Promise<string> {
  const network = await loadNetwork(readSpecText({ file: 'kills.net.yaml', text: spec(target) }))
  const { text } = await compile(network, 'kills.net.yaml')
  const data = `export const x = Array.from({ length: 24 * 160 }, (_, i) => Math.sin(7 * i))
export const y = Array.from({ length: 4 * 160 }, (_, i) => Math.cos(3 * i))`
  const blocks = pages.flatMap((page) => page.blocks)
  const program = blocks
    .find(({ name }) => name === 'keep.ts')!
    .text.replace('./generated/xor.ts', './module.mjs')
    .replace(/^const x = .*\nconst y = .*$/m, "import { x, y } from './data.mjs'")
    // Each epoch is kept, and the first one is waited for: a process takes longer to start than to train.
    .replace('epoch % 10 !== 9', 'false')
    .replace('const trainer = createTrainer()', "const trainer = createTrainer()\nconsole.log('ready')")
  for (const [name, code] of [
    ['module.mjs', text],
    ['data.mjs', data],
    ['program.mjs', program],
  ] as const)
    writeFileSync(join(folder, name), (await transform(code, { loader: 'ts', format: 'esm' })).code)
  return join(folder, 'program.mjs')
}

/** Starts the program in a folder of its own, where its checkpoint lies. */
function start(program: string, folder: string): ChildProcess {
  return spawn(process.execPath, [program], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Runs the program to its end, three times since other work may hold it up, and collects each checkpoint that there could be. */
async function neverKilled(program: string) {
  let milliseconds = Infinity
  let folder = ''
  for (let run = 0; run < 3; run++) {
    folder = mkdtempSync(join(program, '../run-'))
    const child = start(program, folder)
    await once(child.stdout!, 'data')
    const begin = performance.now()
    await ended(child)
    milliseconds = Math.min(milliseconds, performance.now() - begin)
  }
  const imported = (name: string) => import(pathToFileURL(join(program, '..', name)).href) as Promise<unknown>
  const { createTrainer, network } = (await imported('module.mjs')) as Emitted
  const { x, y } = (await imported('data.mjs')) as Record<'x' | 'y', number[]>
  const trainer = createTrainer()
  const checkpoints = new Set<string>()
  trainer.fit(x, y, { onEpoch: () => void checkpoints.add(latin(trainer.save())) })
  const last = readFileSync(join(folder, kept), 'latin1')
  if (checkpoints.size !== network.epochs || !checkpoints.has(last))
    throw new Error('the program keeps other checkpoints')
  return { checkpoints, last, milliseconds }
}

interface Emitted {
  readonly network: { readonly epochs: number }
  createTrainer(): Trainer
}

const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

/** Kills the process so long after it is ready; false if it was done before. Error: it failed. */
async function killedAfter(child: ChildProcess, milliseconds: number): Promise<boolean> {
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>
  await Promise.race([once(child.stdout!, 'data'), exit])
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds)
  const [code, signal] = await exit
  clearTimeout(timer)
  if (signal === 'SIGKILL') return true
  if (code !== 0) throw new Error(`the program ended with ${code ?? signal}`)
  return false
}

async function ended(child: ChildProcess): Promise<void> {
  child.stdout!.resume()
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the program ended with ${code}`)
}
