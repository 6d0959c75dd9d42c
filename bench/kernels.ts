/** `npm run kernels -- <spec>`: what each function of a module's arena costs in a training step. */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import { argumentsOf, compiledModule, emit, importModule, type Emission, type EmittedModule } from './emitted.ts'
import { drawBatches } from './problem.ts'
import { digits, table } from './table.ts'

/** What one function took of one step, without the functions that it calls. */
interface Clock {
  calls: number
  microseconds: number
}

type ClockedModule = EmittedModule & { clocks: Map<string, Clock> }

/** How long a module takes steps: V8's compilers are through in the first half, and some steps run undisturbed. */
const milliseconds = 4000

/** Added to a module's end: puts a clock around each of `kernels` in place of it. The smallest have no function of their own. */
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
${kernels.map((name) => `if (typeof ${name} === 'function') ${name} = clocked('${name}', ${name})`).join('\n')}
`

/** The functions over the arena that call kernels or copy samples: what they take besides is calls and checks. */
const hosts: Partial<Record<keyof typeof import('../src/runtime/module.ts'), string>> = {
  differentiateBatch: 'the calls of a gradient’s kernels, and small kernels written in place',
  commitBatch: 'the calls of what follows a gradient',
  updateParameters: 'the calls of an update',
  copyInputs: 'a batch of x into the arena',
  copyTargets: 'a batch of y into the arena',
}

/** The functions over the arena, each with what it computes. */
function kernelsOf({ kernels }: Emission): Map<string, string> {
  return new Map([
    ...kernels.map(({ name, equations }) => [name, equations[0] ?? ''] as const),
    ...Object.entries(hosts),
  ])
}

function shortened(text: string, most = 80): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** Hands steps to `take`, one after another. */
function takeSteps({ network, createTrainer }: EmittedModule, take: (step: () => void) => void): void {
  const trainer = createTrainer()
  const batches = drawBatches(network).map((batch) => argumentsOf(network, batch))
  const end = performance.now() + milliseconds
  for (let i = 0; performance.now() < end; i = (i + 1) % batches.length) {
    take(() => trainer.step(...batches[i]!))
  }
}

/** Of one step, in microseconds. What else runs on the machine makes none shorter. */
function shortestStep(module: EmittedModule): number {
  let shortest = Infinity
  takeSteps(module, (step) => {
    const start = performance.now()
    step()
    shortest = Math.min(shortest, (performance.now() - start) * 1000)
  })
  return shortest
}

/** Each function's shortest time within a step, longest first. */
function shortestTimes(module: ClockedModule): [name: string, Clock][] {
  const shortest = new Map<string, Clock>()
  takeSteps(module, (step) => {
    module.clocks.clear()
    step()
    for (const [name, clock] of module.clocks)
      if (clock.microseconds < (shortest.get(name)?.microseconds ?? Infinity)) shortest.set(name, clock)
  })
  return [...shortest].sort(([, a], [, b]) => b.microseconds - a.microseconds)
}

async function main([path]: readonly string[]): Promise<void> {
  if (path === undefined) throw new Error('npm run kernels -- <spec>, for instance specs/conv.net.yaml')
  const spec = pathToFileURL(path)
  const { name = basename(path).split('.')[0]! } = parse(readFileSync(spec, 'utf8')) as { name?: string }
  const kernels = kernelsOf(await emit(name, spec))
  const clockedName = `${name}.clocked`
  writeFileSync(
    compiledModule(clockedName),
    readFileSync(compiledModule(name), 'utf8') + clockwork([...kernels.keys()]),
  )
  const step = shortestStep(await importModule(name))
  const times = shortestTimes((await importModule(clockedName)) as ClockedModule)
  const total = times.reduce((sum, [, { microseconds }]) => sum + microseconds, 0)
  const rows = times.map(([kernel, { calls, microseconds }]) => [
    kernel,
    shortened(kernels.get(kernel)!),
    digits(microseconds),
    `${((100 * microseconds) / total).toFixed(1)} %`,
    String(calls),
  ])
  console.log(table(['function', 'what it computes', 'µs a step', 'share', 'calls'], rows, 2))
  console.log(`\n${digits(total)} µs in all; a step without clocks takes ${digits(step)} µs.`)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
