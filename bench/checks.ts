/** `npm run checks`: what a step takes for looking at its batch, which is refused where a number is NaN or infinite. */
import { readFileSync, writeFileSync } from 'node:fs'
import { argumentsOf, compiledModule, emit, type EmittedModule, type Target } from './emitted.ts'
import { specFile } from './paths.ts'
import { drawBatches } from './problem.ts'
import { median } from './statistics.ts'
import { digits, table } from './table.ts'

/** By what a step computes for each number that it looks at, from least to most in each target. */
const rows: readonly [spec: string, target: Target, title: string][] = [
  ['softmax', 'wasm', '784-10, WebAssembly'],
  ['digits', 'wasm', '784-128-10, WebAssembly'],
  ['softmax', 'typescript', '784-10, TypeScript'],
  ['digits', 'typescript', '784-128-10, TypeScript'],
  ['xor', 'typescript', '2-8-1, TypeScript'],
]

/** Times that both modules are imported: what V8 makes of the same text differs, by more than a check of few numbers takes. */
const starts = 9
const rounds = 51
const warmUpMilliseconds = 600
/** So short that on a busy machine most bursts are undisturbed. */
const burstMilliseconds = 3

/** Writes a module's twin, which counts what it is given and takes every number for finite, and returns its name. */
function writeUnchecked(name: string, target: Target): string {
  const text = readFileSync(compiledModule(name, target), 'utf8')
  const blind = text.replace(/function isSumBelow\(.*\{/, '$&\n  return true')
  if (blind === text) throw new Error(`${name}: there is no isSumBelow`)
  const twin = `${name}.unchecked`
  writeFileSync(compiledModule(twin, target), blind)
  return twin
}

/** Takes so many steps, and says how many nanoseconds each took. */
type Stepper = (steps: number) => number

function stepper({ network, createTrainer }: EmittedModule): Stepper {
  const trainer = createTrainer()
  const batches = drawBatches(network).map((batch) => argumentsOf(network, batch))
  let next = 0
  return (steps) => {
    const start = performance.now()
    for (let i = 0; i < steps; i++) trainer.step(...batches[next++ % batches.length]!)
    return ((performance.now() - start) / steps) * 1e6
  }
}

interface Turn {
  readonly nanoseconds: number
  /** Of a step that looks to one that doesn't. */
  readonly ratio: number
}

async function turnsOf(names: readonly string[], target: Target, start: number): Promise<Turn[]> {
  const modules = names.map((name) => import(`${compiledModule(name, target).href}?${start}`) as Promise<EmittedModule>)
  const [looking, blind] = (await Promise.all(modules)).map(stepper) as [Stepper, Stepper]
  const end = performance.now() + warmUpMilliseconds
  while (performance.now() < end) for (const step of [looking, blind]) step(10)
  const steps = Math.ceil((burstMilliseconds * 1e6) / looking(100))
  return Array.from({ length: rounds }, () => {
    const [first, other, again, last] = [looking(steps), blind(steps), blind(steps), looking(steps)]
    return { nanoseconds: (first + last) / 2, ratio: (first + last) / (other + again) }
  })
}

async function measured(spec: string, target: Target): Promise<Turn> {
  await emit(spec, specFile(spec), target)
  const names = [spec, writeUnchecked(spec, target)]
  const turns: Turn[] = []
  for (let start = 0; start < starts; start++) turns.push(...(await turnsOf(names, target, start)))
  return {
    nanoseconds: median(turns.map(({ nanoseconds }) => nanoseconds)),
    ratio: median(turns.map(({ ratio }) => ratio)),
  }
}

async function main(): Promise<void> {
  const cells: string[][] = []
  for (const [spec, target, title] of rows) {
    const { nanoseconds, ratio } = await measured(spec, target)
    cells.push([title, digits(nanoseconds / 1000), `${(100 * (1 - 1 / ratio)).toFixed(1)} %`])
  }
  console.log(table(['step', 'µs a step', 'of it for looking'], cells, 1))
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
