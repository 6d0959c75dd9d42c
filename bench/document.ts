import { readFileSync } from 'node:fs'
import { describeMachine } from './machine.ts'
import { slow, type Plan, type Result } from './measure.ts'
import { benchFolder } from './paths.ts'
import { emissionTable, exclusions, goalTable, speedTable, stepTable, summaryTable, type Emissions } from './tables.ts'

/** The text of docs/performance.md: performance.template.md with its {{names}} filled in. */
export function performanceDocument(
  results: readonly Result[],
  emissions: Emissions,
  { starts, rounds, burst, warmUp }: Plan,
): string {
  const values: Record<string, string> = {
    date: new Date().toISOString().slice(0, 10),
    starts: String(starts),
    rounds: String(rounds),
    burst: String(burst),
    warmUp: String(warmUp),
    slow: String(slow.microseconds / 1000),
    slowRounds: String(slow.rounds),
    summary: summaryTable(results),
    steps: stepTable(results),
    exclusions: exclusions(results),
    goals: goalTable(results, emissions),
    speeds: speedTable(results, emissions),
    emissions: emissionTable(emissions),
    machine: describeMachine(),
  }
  const template = readFileSync(new URL('performance.template.md', benchFolder), 'utf8')
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`performance.template.md: no value is called ${name}`)
    return value
  })
}
