import picocolors from 'picocolors'
import { formatDifference, formatPlace } from '../verify/findings.ts'
import type { Check, Verification } from '../verify/verify.ts'
import { aligned } from './aligned.ts'
import { numberOf, secondsOf } from './report.ts'

/** The differences of one check that are shown. */
const mostShown = 10

/** For people: a line on the network, a row for each check, and below a row what differs and what is worth knowing. */
export function verificationTable(spec: string, verification: Verification, color: boolean): string {
  const { name, target, precision, parameters, samples, seed, checks } = verification
  const paint = picocolors.createColors(color)
  const count = `${parameters.toLocaleString('en')} ${parameters === 1 ? 'parameter' : 'parameters'}`
  const batch = `${numberOf(samples, 'sample')} of seed ${seed}`
  const rows = [['check', 'compared', 'worst error', 'where', 'time'], ...checks.map(cellsOf)]
  const columns = rows[0]!.map((_, c) =>
    aligned(
      rows.map((row) => row[c]!),
      isNumber(c) ? 'padStart' : 'padEnd',
    ),
  )
  const lines = rows.map((_, k) => `  ${columns.map((column) => column[k]!).join('  ')}`.trimEnd())
  const below = checks.map(({ differences, notes }) => [
    ...differences.slice(0, mostShown).map((difference) => paint.red(`    ${formatDifference(difference)}`)),
    ...(differences.length > mostShown
      ? [paint.red(`    … and ${differences.length - mostShown} more differences`)]
      : []),
    ...notes.map((note) => paint.dim(`    note: ${note}`)),
  ])
  return [
    `${paint.bold(spec)}: ${name}, ${count}, ships as ${target} ${precision}; ${batch}`,
    paint.dim(lines[0]!),
    ...checks.flatMap((_, k) => [lines[k + 1]!, ...below[k]!]),
  ].join('\n')
}

const isNumber = (column: number) => column === 1 || column === 2 || column === 4

function cellsOf({ check, compared, worst, differences, milliseconds }: Check): string[] {
  const isOff = worst !== undefined && worst.error > 0
  const [first] = differences
  return [
    check,
    compared.toLocaleString('en'),
    first ? 'differs' : isOff ? worst.error.toExponential(1) : worst ? '0' : '',
    first ? formatPlace(first) : isOff ? formatPlace(worst) : '',
    secondsOf(milliseconds),
  ]
}
