import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { rooms } from './rooms.ts'

/*
 * Changes the compiler's core in every small way that Stryker knows, one at a time, and counts which changes a test notices:
 * npm run mutation -- equations derivatives, or all rooms. Results are kept in reports/mutation: what a test has noticed isn't tried again
 * while neither of the two changes (--again does). The status is 1 where fewer than 95 of 100 are noticed.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { again: { type: 'boolean', default: false } },
})
const names = positionals.length > 0 ? positionals : Object.keys(rooms)
const rows: string[] = []

for (const name of names) {
  process.env.ROOM = name
  const file = `reports/mutation/${name.replaceAll(' ', '-')}`
  forgetSurvivors(`${file}.incremental.json`)
  const results = await new Stryker({
    mutate: [...rooms[name]!.mutate],
    testRunner: 'vitest',
    vitest: { configFile: 'test/nightly/mutation/vitest.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner', fileURLToPath(new URL('plugins.mjs', import.meta.url))],
    ignorers: ['words of errors'],
    coverageAnalysis: 'perTest',
    concurrency: 1,
    timeoutMS: 20_000,
    timeoutFactor: 3,
    // It would rewrite golden files, which begin with such a comment.
    disableTypeChecks: false,
    ignorePatterns: ['/dist', '/bench', '/generated', '/docs', '/out', '/reports'],
    incremental: true,
    incrementalFile: `${file}.incremental.json`,
    force: values.again,
    jsonReporter: { fileName: `${file}.json` },
    reporters: ['json', 'survivors', process.stderr.isTTY ? 'progress' : 'progress-append-only'],
  }).runMutationTest()

  const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length
  const [killed, timedOut, alive] = [count('Killed'), count('Timeout'), count('Survived', 'NoCoverage')]
  const all = killed + timedOut + alive
  const score = (100 * (killed + timedOut)) / all
  rows.push(`| ${name} | ${all} | ${killed} | ${timedOut} | ${alive} | ${score.toFixed(1)} % |`)
  if (score < 95) process.exitCode = 1
}

console.log(['| | mutants | killed | timed out | survived | score |', ...rows].join('\n'))

/** Stryker would keep some of those that a new test may notice. */
function forgetSurvivors(file: string): void {
  if (!existsSync(file)) return
  const report = JSON.parse(readFileSync(file, 'utf8')) as { files: Record<string, { mutants: { status: string }[] }> }
  for (const source of Object.values(report.files))
    source.mutants = source.mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout')
  writeFileSync(file, JSON.stringify(report))
}
