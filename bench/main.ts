/** `npm run bench`: measures tapeless beside its peers, prints the tables and writes docs/performance.md. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { contenders, ours } from './contenders.ts'
import { performanceDocument } from './document.ts'
import { emit, type Emission, type Target } from './emitted.ts'
import { measure, type Plan, type Result } from './measure.ts'
import { repository, specFile } from './paths.ts'
import { peakMeter } from './peak.ts'
import { emissionTable, exclusions, goalTable, speedTable, stepTable, summaryTable } from './tables.ts'
import { workloads } from './workloads.ts'

const plans: Record<'full' | 'quick' | 'check', Plan> = {
  full: { starts: 3, rounds: 15, burst: 60, warmUp: 2000 },
  quick: { starts: 1, rounds: 7, burst: 50, warmUp: 1000 },
  check: { starts: 1, rounds: 1, burst: 1, warmUp: 1 },
}

const usage = `npm run bench -- [--quick | --check] [--contender id]... [workload]...

  --quick      one start, fewer and shorter bursts
  --check      only as many steps as tell whether all compute the same; the times mean little
  workload     ${workloads.map(({ id }) => id).join(', ')}
  --contender  ${contenders.map(({ id }) => id).join(', ')}

With any of these, the tables are printed only; without, docs/performance.md is written too.`

/** The rows that `ids` names, or all of them. */
function choose<Row extends { id: string }>(rows: readonly Row[], ids: readonly string[]): readonly Row[] {
  const unknown = ids.find((id) => !rows.some((row) => row.id === id))
  if (unknown !== undefined) throw new Error(`nothing is called ${unknown}\n\n${usage}`)
  return ids.length ? rows.filter(({ id }) => ids.includes(id)) : rows
}

function report(progress: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${progress}`)
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      contender: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const plan = plans[values.check ? 'check' : values.quick ? 'quick' : 'full']
  const chosenWorkloads = choose(workloads, positionals)
  const chosenContenders = choose(contenders, values.contender)
  const isChosen = (target: Target) => chosenContenders.some(({ id }) => id === ours[target])
  // A problem's shapes and start values are the TypeScript module's.
  const targets: Target[] = isChosen('wasm') ? ['typescript', 'wasm'] : ['typescript']

  const emissions = new Map<string, Emission[]>()
  for (const spec of new Set(chosenWorkloads.map(({ spec }) => spec))) {
    report(`${spec}: tapeless generate`)
    const emitted: Emission[] = []
    for (const target of targets) emitted.push(await emit(spec, specFile(spec), target))
    emissions.set(spec, emitted)
  }
  const peak = await peakMeter()
  const results: Result[] = []
  for (const workload of chosenWorkloads) {
    results.push(await measure(workload, chosenContenders, plan, peak, (stage) => report(`${workload.id}: ${stage}`)))
  }
  report('')
  const tables = [
    stepTable(results),
    summaryTable(results),
    goalTable(results, emissions),
    speedTable(results, emissions),
    targets.some(isChosen) ? emissionTable(emissions) : '',
    exclusions(results),
  ]
  console.log(tables.filter((text) => text !== '').join('\n\n'))
  if (process.argv.length === 2) {
    writeFileSync(new URL('docs/performance.md', repository), performanceDocument(results, emissions, plan))
  }
}

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
