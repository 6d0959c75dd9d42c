import type { Emission } from './emitted.ts'
import type { Result } from './measure.ts'
import { digits, table } from './table.ts'
import type { Workload } from './workloads.ts'

export function stepTable(results: readonly Result[]): string {
  const rows = results.flatMap(({ workload, measurements }) =>
    measurements.map(({ contender, microseconds, ratio }) => [
      workload.title,
      contender.title,
      digits(microseconds),
      ratio === undefined ? '' : digits(ratio),
    ]),
  )
  return table(['training step', 'contender', 'µs a step', '× tapeless'], rows, 2)
}

/** Each goal beside the ratio of the peer's fastest configuration. Empty if tapeless wasn't measured. */
export function goalTable(results: readonly Result[]): string {
  const rows = results.flatMap(({ workload, measurements }) =>
    Object.entries(workload.goals).flatMap(([peer, goal]) => {
      const ratios = measurements.flatMap(({ contender, ratio }) => (contender.peer === peer && ratio ? [ratio] : []))
      if (ratios.length === 0) return []
      const ratio = Math.min(...ratios)
      return [[workload.title, peer, `≥ ${goal} ×`, `${digits(ratio)} ×`, ratio >= goal ? 'yes' : 'no']]
    }),
  )
  return rows.length ? table(['training step', 'peer, fastest', 'goal', 'measured', 'reached'], rows, 2) : ''
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
