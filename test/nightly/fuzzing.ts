import fc from 'fast-check'
import { parseArgs } from 'node:util'
import { campaigns } from './campaigns.ts'

/*
 * All campaigns of random inputs, or one: npm run fuzzing -- --only networks --seed 1 --from 40. The status is 1 if there is a fault. Each
 * part has a line, with its seed; a campaign goes on `--from` the part after the last.
 */

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
  },
})
const [seed, from] = [Number(values.seed), Number(values.from)]
const runs = values.runs === undefined ? undefined : Number(values.runs)
if (![seed, from, runs ?? 0].every(Number.isSafeInteger))
  throw new RangeError('--runs, --seed and --from are whole numbers')
if (values.only !== undefined && !Object.hasOwn(campaigns, values.only))
  throw new RangeError(`--only is one of ${Object.keys(campaigns).join(', ')}`)

/** Far from one another, so that no two parts begin alike. */
const seedOf = (k: number) => Number((BigInt(seed) + BigInt(k) * 2_654_435_761n) % 2n ** 31n)

for (const [name, campaign] of Object.entries(campaigns)) {
  if (values.only !== undefined && name !== values.only) continue
  let total: Record<string, number> = {}
  const all = runs ?? campaign.runs
  for (let k = from; k * campaign.part < all; k++) {
    const numRuns = Math.min(campaign.part, all - k * campaign.part)
    const { property, counts, end } = await campaign.begin(k)
    const text = () => `${name} ${k}, seed ${seedOf(k)}: ${told(counts())}`
    const timer = process.stderr.isTTY ? setInterval(() => process.stderr.write(`\r${text()} `), 500) : undefined
    const details = await fc.check(property, { numRuns, seed: seedOf(k) })
    clearInterval(timer)
    if (process.stderr.isTTY) process.stderr.write('\r')
    console.log(text())
    if (details.failed) {
      console.log(await fc.asyncDefaultReportMessage(details))
      console.log(details.errorInstance instanceof Error ? details.errorInstance.stack : details.errorInstance)
      process.exitCode = 1
    }
    try {
      end?.()
    } catch (error) {
      console.log(error)
      process.exitCode = 1
    }
    total = sum(total, counts())
  }
  console.log(`${name} in all: ${told(total)}, memory ${Math.round(process.resourceUsage().maxRSS / 1000)}`)
}

function told(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

/** Counts are added up; of what is longest the longest is kept. */
function sum(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const result = { ...a }
  for (const [name, value] of Object.entries(b))
    result[name] = name === 'longest' ? Math.max(result[name] ?? 0, value) : (result[name] ?? 0) + value
  return result
}
