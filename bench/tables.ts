import { ours } from './contenders.ts'
import type { Emission, Target } from './emitted.ts'
import type { Measurement, Result } from './measure.ts'
import { median, medianRatio } from './statistics.ts'
import { digits, table } from './table.ts'
import { emissionGoals, workloads } from './workloads.ts'

const targetTitles: Readonly<Record<Target, string>> = { typescript: 'TypeScript', wasm: 'WebAssembly' }
const targets = Object.keys(targetTitles) as Target[]

/** By the spec's name: what became of it on each target that was asked for. */
export type Emissions = ReadonlyMap<string, readonly Emission[]>

const measurementOf = ({ measurements }: Result, target: Target): Measurement | undefined =>
  measurements.find(({ contender }) => contender.id === ours[target])

const peers = ['TF.js', 'jax-js', 'PyTorch', 'brain.js', 'naive'] as const

/** Warmed up: a step on both targets, and how many times as long as on WebAssembly the fastest of each peer takes. Empty without both. */
export function summaryTable(results: readonly Result[]): string {
  const rows = results.flatMap((result) => {
    const [typescript, wasm] = targets.map((target) => measurementOf(result, target))
    if (!typescript || !wasm) return []
    const ratios = peers.map((peer) => {
      const fastest = fastestRatio(result, peer, 'warmedUp', wasm.warmedUp)
      return fastest === undefined ? '' : `${digits(fastest)} ×`
    })
    const times = [typescript, wasm].map(({ warmedUp }) => `${digits(median(warmedUp))} µs`)
    return [[result.workload.title, ...times, ...ratios]]
  })
  const head = ['a step', 'TypeScript', 'WebAssembly', 'TF.js', 'jax-js', 'PyTorch', 'brain.js', 'naive loops']
  return rows.length ? table(head, rows, 1) : ''
}

/** How many times as long as `own` a peer takes in its fastest configuration; undefined if it takes no part. */
function fastestRatio(
  { measurements }: Result,
  peer: string,
  phase: 'first' | 'warmedUp',
  own: readonly number[],
): number | undefined {
  const ratios = measurements.flatMap((one) => (one.contender.peer === peer ? [medianRatio(one[phase], own)] : []))
  return ratios.length > 0 ? Math.min(...ratios) : undefined
}

export function stepTable(results: readonly Result[]): string {
  const rows = results.flatMap((result) => {
    const base = measurementOf(result, 'typescript')
    return result.measurements.map(({ contender, first, warmedUp }) => [
      result.workload.title,
      contender.title,
      String(result.workload.firstSteps),
      ...timingCells(first, base?.first),
      ...timingCells(warmedUp, base?.warmedUp),
    ])
  })
  const head = ['step', 'contender', 'N', 'µs a step, first N', '× tapeless', 'µs a step, warmed up', '× tapeless']
  return table(head, rows, 2)
}

function timingCells(times: readonly number[], base: readonly number[] | undefined): string[] {
  return [digits(median(times)), base ? digits(medianRatio(times, base)) : '']
}

/** Numbers that an instruction computes with: V8 makes scalar ones of TypeScript's arithmetic. */
const width: Readonly<Record<Target, number>> = { typescript: 1, wasm: 4 }

/**
 * Each goal beside the ratios of the peer's fastest configurations to a target, and to a step at the machine's peak. Empty if tapeless
 * wasn't measured.
 */
export function goalTable(results: readonly Result[], emissions: Emissions): string {
  const rows = targets.flatMap((target) =>
    results.flatMap((result) => {
      const base = measurementOf(result, target)
      return Object.entries(result.workload.goals[target] ?? {}).flatMap(([peer, goal]) => {
        const first = base && fastestRatio(result, peer, 'first', base.first)
        const warmedUp = base && fastestRatio(result, peer, 'warmedUp', base.warmedUp)
        if (first === undefined || warmedUp === undefined) return []
        const cells = [first, warmedUp].flatMap((ratio) => goalCells(goal, ratio))
        const atPeak = timesAtPeak(result, emissions, width[target])
        const most = atPeak ? `${digits(fastestRatio(result, peer, 'warmedUp', atPeak)!)} ×` : ''
        return [[result.workload.title, targetTitles[target], peer, `≥ ${goal} ×`, ...cells, most]]
      })
    }),
  )
  const head = ['step', 'target', 'peer, fastest', 'goal', 'first N', 'reached', 'warmed up', 'reached', 'at peak']
  return rows.length ? table(head, rows, 3) : ''
}

/** Microseconds that a training step's operations take at the machine's peak, a round each, with so many lanes. */
function timesAtPeak(
  { workload: { spec, task }, peaks }: Result,
  emissions: Emissions,
  lanes: number,
): number[] | undefined {
  const operations = emissions.get(spec)?.[0]?.operations
  if (operations === undefined || task !== 'train') return undefined
  return peaks.map((peak) => operations / (((peak * lanes) / width.wasm) * 1000))
}

function goalCells(goal: number, ratio: number): string[] {
  return [`${digits(ratio)} ×`, yesOrNo(ratio >= goal)]
}

const yesOrNo = (reached: boolean) => (reached ? 'yes' : 'no')
const percent = (share: number) => `${Math.round(100 * share)} %`

/** What WebAssembly makes of the machine, warmed up. Empty if it wasn't measured in training. */
export function speedTable(results: readonly Result[], emissions: Emissions): string {
  const rows = results.flatMap((result) => {
    const { workload, peaks } = result
    const times = measurementOf(result, 'wasm')?.warmedUp
    const operations = emissions.get(workload.spec)?.[0]?.operations
    if (!times || operations === undefined || workload.task !== 'train') return []
    const speeds = times.map((microseconds) => operations / microseconds / 1000)
    const share = medianRatio(speeds, peaks)
    const goal =
      workload.share === undefined ? ['', ''] : [`≥ ${percent(workload.share)}`, yesOrNo(share >= workload.share)]
    const cells = [operations.toLocaleString('en'), digits(median(speeds)), digits(median(peaks)), percent(share)]
    return [[workload.title, ...cells, ...goal]]
  })
  const head = ['training step', 'operations', 'GFLOP/s', 'GFLOP/s at peak', 'share', 'goal', 'reached']
  return rows.length ? table(head, rows, 1) : ''
}

export function emissionTable(emissions: Emissions): string {
  const rows = [...emissions].flatMap(([spec, modules]) =>
    modules.map(({ target, minified, gzipped, milliseconds }) => [
      workloads.find((workload) => workload.spec === spec)!.title,
      targetTitles[target],
      (minified / 1000).toFixed(1),
      (gzipped / 1000).toFixed(1),
      (milliseconds / 1000).toFixed(1),
      target === 'wasm'
        ? yesOrNo(milliseconds <= 1000 * emissionGoals.seconds && gzipped <= (emissionGoals.gzipped[spec] ?? Infinity))
        : '',
    ]),
  )
  return table(['module', 'target', 'kB minified', 'kB gzipped too', 's to generate', 'reached'], rows, 2)
}

/** One line per peer that can't express something. */
export function exclusions(results: readonly Result[]): string {
  return results
    .flatMap(({ workload, unsupported }) =>
      unsupported.map(({ contender, reason }) => `- ${workload.title}: ${contender.title} ${reason}.`),
    )
    .join('\n')
}
