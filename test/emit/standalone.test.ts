import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emitModule } from '../../src/emit/emit.ts'
import { regression } from './regression.ts'
import { wasmRegression } from './wasmRegression.ts'

describe.each([
  ['TypeScript', regression, 0],
  // The memory that has room for further trainers stays.
  ['WebAssembly', wasmRegression(), 1],
])('a module with kernels in %s', (_, description, kept) => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapeless-'))
    const { code } = await transform((await emitModule(description)).text, { loader: 'ts', format: 'esm' })
    await writeFile(join(folder, 'regression.mjs'), code)
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** What a program beside the module prints, run by a Node of its own. */
  async function run(program: string, ...flags: string[]): Promise<string> {
    await writeFile(join(folder, 'program.mjs'), program)
    return (await promisify(execFile)(process.execPath, [...flags, join(folder, 'program.mjs')])).stdout.trim()
  }

  test('trains where code generation from strings is disallowed', async () => {
    const program = `
    import { createTrainer } from './regression.mjs'
    const trainer = createTrainer()
    const x = Array.from({ length: 40 }, (_, i) => Math.sin(7 * i))
    const y = Array.from({ length: 20 }, (_, i) => x[2 * i] - x[2 * i + 1])
    const losses = trainer.fit(x, y, { epochs: 100 }).map(({ loss }) => loss)
    trainer.load(trainer.save())
    console.log(losses[0] > 1e-2 && losses[99] < 1e-6)
  `
    expect(await run(program, '--disallow-code-generation-from-strings')).toBe('true')
  })

  test('does not grow the heap over 100,000 steps', async () => {
    const program = `
    import { createTrainer } from './regression.mjs'
    const trainer = createTrainer()
    const x = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)
    const y = [1, 2, 3, 4]
    const steps = (count) => { for (let i = 0; i < count; i++) trainer.step(x, y) }
    const used = () => { gc(); return process.memoryUsage().heapUsed }
    const growth = () => {
      const before = used()
      steps(100_000)
      return used() - before
    }
    steps(10_000)
    console.log(Math.min(growth(), growth(), growth()))
  `
    // Compiled code comes and goes; what a step leaves would be there each time. Less than a byte a step is no object.
    expect(Number(await run(program, '--expose-gc'))).toBeLessThan(100_000)
  })

  test('makes no garbage in step but three boxed numbers', async () => {
    const program = `
    import { createTrainer } from './regression.mjs'
    const trainer = createTrainer()
    const x = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)
    const y = [1, 2, 3, 4]
    const steps = (count) => { for (let i = 0; i < count; i++) trainer.step(x, y) }
    const garbage = () => {
      gc()
      const before = process.memoryUsage().heapUsed
      steps(10_000)
      return (process.memoryUsage().heapUsed - before) / 10_000
    }
    steps(100_000)
    console.log(Math.min(...Array.from({ length: 5 }, garbage)))
  `
    // Too little for a collection meanwhile; while the engine still compiles it is more.
    // The loss, once returned by a function of the module and once by step, and the learning rate, handed to the update.
    expect(Number(await run(program, '--expose-gc'))).toBeLessThan(3 * 16 + 8)
  })

  test('leaves nothing of a trainer that is no longer used', async () => {
    const program = `
    import { createTrainer } from './regression.mjs'
    const make = () => {
      const trainer = createTrainer()
      trainer.step([1, 2], [3])
      return new WeakRef(trainer.parameters['linear0.weight'].buffer)
    }
    const buffers = Array.from({ length: 3_000 }, make)
    const alive = () => new Set(buffers.flatMap((buffer) => buffer.deref() ?? [])).size
    // What a task has looked at lives until it ends; and an engine may hold a last one for a collection or two.
    const look = (left) => (left > 0 && alive() > ${kept} ? setTimeout(collect, 0, left - 1) : console.log(alive()))
    const collect = (left) => {
      gc()
      setTimeout(look, 0, left)
    }
    setTimeout(collect, 0, 20)
  `
    expect(Number(await run(program, '--expose-gc'))).toBeLessThanOrEqual(kept)
  })
})
