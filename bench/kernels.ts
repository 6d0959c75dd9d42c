/** `npm run kernels -- <spec>`: what each function of a module's arena costs in a training step. */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import { compiledModule, emit, importModule, moduleSource, type EmittedModule } from './emitted.ts'
import { drawBatches } from './problem.ts'
import { Runner } from './runner.ts'
import { digits, table } from './table.ts'

/** Microseconds, without those of the functions that a function calls. */
interface Clock {
  calls: number
  microseconds: number
}

type ClockedModule = EmittedModule & { clocks: Map<string, Clock> }

const milliseconds = { warmUp: 1500, measured: 3000 }

/** Added to a module's end: puts a clock around each of `kernels` in place of it. */
const clockwork = (kernels: readonly string[]) => `
export const clocks = new Map()
let within = 0
function clocked(name, kernel) {
  return (...values) => {
    const outer = within
    within = 0
    const start = performance.now()
    const result = kernel(...values)
    const passed = (performance.now() - start) * 1000
    const clock = clocks.get(name) ?? { calls: 0, microseconds: 0 }
    clocks.set(name, { calls: clock.calls + 1, microseconds: clock.microseconds + passed - within })
    within = outer + passed
    return result
  }
}
${kernels.map((name) => `${name} = clocked('${name}', ${name})`).join('\n')}
`

/** The functions over the arena, each with the comment above it: its equation or what it does. */
function kernelsOf(source: string): Map<string, string> {
  const functions = source.matchAll(/^(?:(?:\/\/ |\/\*\* )(.*)\n)?function (\w+)\(\s*arena: Vector/gm)
  return new Map([...functions].map(([, comment = '', name]) => [name!, comment.replace(' */', '')]))
}

function shortened(text: string, most = 80): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** Steps a module's trainer, first without notice, and gives the mean time of a step in microseconds. */
function run({ network, createTrainer }: EmittedModule, afterWarmUp?: () => void): { steps: number; each: number } {
  const trainer = createTrainer()
  const batches = drawBatches(network)
  const runner = new Runner({ step: (i) => trainer.step(batches[i]!.x, batches[i]!.y) }, batches.length)
  runner.burst(milliseconds.warmUp)
  afterWarmUp?.()
  const { steps, microseconds } = runner.burst(milliseconds.measured)
  return { steps, each: microseconds / steps }
}

async function main([path]: readonly string[]): Promise<void> {
  if (path === undefined) throw new Error('npm run kernels -- <spec>, for instance specs/conv.net.yaml')
  const spec = pathToFileURL(path)
  const { name = basename(path).split('.')[0]! } = parse(readFileSync(spec, 'utf8')) as { name?: string }
  emit(name, spec)
  const kernels = kernelsOf(readFileSync(moduleSource(name), 'utf8'))
  const clockedName = `${name}.clocked`
  writeFileSync(
    compiledModule(clockedName),
    readFileSync(compiledModule(name), 'utf8') + clockwork([...kernels.keys()]),
  )
  const clocked = (await importModule(clockedName)) as ClockedModule
  const plain = run(await importModule(name))
  const { steps } = run(clocked, () => clocked.clocks.clear())

  const rows = [...clocked.clocks]
    .map(([kernel, { calls, microseconds }]) => ({ kernel, calls: calls / steps, each: microseconds / steps }))
    .sort((a, b) => b.each - a.each)
  const total = rows.reduce((sum, { each }) => sum + each, 0)
  const cells = rows.map(({ kernel, calls, each }) => [
    kernel,
    shortened(kernels.get(kernel)!),
    digits(each),
    `${((100 * each) / total).toFixed(1)} %`,
    digits(calls),
  ])
  console.log(table(['kernel', 'what it computes', 'µs a step', 'share', 'calls a step'], cells, 2))
  console.log(`\n${digits(total)} µs in all; a step without clocks takes ${digits(plain.each)} µs.`)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
