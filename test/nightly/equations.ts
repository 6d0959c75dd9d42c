import fc from 'fast-check'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { expectEquations, type Tally } from '../graph/equations/reading/agreement.ts'
import { specs } from '../property/specs/index.ts'

/*
 * Whether what equations say, as text and in TeX, is what is computed, for many random networks: npm run equations -- [how many] [seed].
 */

const [count = '500', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2)
const tally: Tally = { equations: 0, recurrences: 0 }
const failures: string[] = []
for (const spec of fc.sample(specs, { numRuns: Number(count), seed: Number(seed) })) {
  const text = JSON.stringify(spec)
  try {
    expectEquations(await loadNetwork(readSpecText({ file: 'random.net.json', text })), Number(seed), tally)
  } catch (error) {
    failures.push(`${(error as Error).message}\n  ${text}`)
  }
}
const { equations, recurrences } = tally
console.log(
  `seed ${seed}: ${count} networks, ${equations} equations, ${recurrences} of them of all times of a recurrence, unread`,
)
console.log(
  failures.length === 0 ? 'all as computed' : `${failures.length} networks have others:\n${failures.join('\n')}`,
)
process.exitCode = failures.length === 0 ? 0 : 1
