import type { Emission } from './emitted.ts'
import type { Result, Timing } from './measure.ts'
import { digits, table } from './table.ts'
import type { Workload } from './workloads.ts'

export function stepTable(results: readonly Result[]): string {
  const rows = results.flatMap(({ workload, measurements }) =>
    measurements.map(({ contender, first, warmedUp }) => [
      workload.title,
      contender.title,
      String(workload.firstSteps),
      ...timingCells(first),
      ...timingCells(warmedUp),
    ]),
  )
  const head = [
    'training step',
    'contender',
    'N',
    'µs a step, first N',
    '× tapeless',
    'µs a step, warmed up',
    '× tapeless',
  ]
  return table(head, rows, 2)
}

function timingCells({ microseconds, ratio }: Timing): string[] {
  return [digits(microseconds), ratio === undefined ? '' : digits(ratio)]
}

/** Each goal beside the ratios of the peer's fastest configurations. Empty if tapeless wasn't measured. */
export function goalTable(results: readonly Result[]): string {
  const rows = results.flatMap(({ workload, measurements }) =>
    Object.entries(workload.goals).flatMap(([peer, goal]) => {
      const configurations = measurements.filter(({ contender }) => contender.peer === peer)
      const first = configurations.flatMap((measurement) => measurement.first.ratio ?? [])
      const warmedUp = configurations.flatMap((measurement) => measurement.warmedUp.ratio ?? [])
      if (first.length === 0) return []
      return [[workload.title, peer, `≥ ${goal} ×`, ...goalCells(goal, first), ...goalCells(goal, warmedUp)]]
    }),
  )
  const head = ['training step', 'peer, fastest', 'goal', 'first N steps', 'reached', 'warmed up', 'reached']
  return rows.length ? table(head, rows, 2) : ''
}

function goalCells(goal: number, ratios: readonly number[]): string[] {
  const least = Math.min(...ratios)
  return [`${digits(least)} ×`, least >= goal ? 'yes' : 'no']
}

export function emissionTable(emissions: ReadonlyMap<Workload, Emission>): string {
  const rows = [...emissions].map(([{ title }, { minified, gzipped, milliseconds }]) => [
    title,
    (minified / 1000).toFixed(1),
    (gzipped / 1000).toFixed(1),
    (milliseconds / 1000).toFixed(1),
  ])
  return table(['module', 'kB minified', 'kB gzipped too', 's to generate'], rows, 1)
}

/** One line per peer that can't express something. */
export function exclusions(results: readonly Result[]): string {
  return results
    .flatMap(({ workload, unsupported }) =>
      unsupported.map(({ contender, reason }) => `- ${workload.title}: ${contender.title} ${reason}.`),
    )
    .join('\n')
}
