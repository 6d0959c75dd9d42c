import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { killGenerates } from './killing.ts'

/*
 * `generate` of the built package, killed at random moments: npm run kills -- --runs 200 --pairs 50 --seed 1. The status is 1 if one left
 * a file that was neither old nor new, or anything that the next run didn't put right.
 */

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    pairs: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})
const [runs, pairs, seed] = [values.runs, values.pairs, values.seed].map(Number) as [number, number, number]
if (![runs, pairs, seed].every(Number.isSafeInteger))
  throw new RangeError('--runs, --pairs and --seed are whole numbers')

const command = [fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))]
const { killed, ended, old, fresh, mixed, torn, littered, mended, besides } = await killGenerates(
  { runs, pairs, seed, command },
  ({ killed }) => process.stderr.isTTY && process.stderr.write(`\r${killed} of ${runs + pairs}`),
)
console.log(`seed ${seed}: ${killed} killed, ${ended} of them too late`)
console.log(`alone: modules all old ${old}, all new ${fresh}, some of each ${mixed}, torn ${torn}`)
console.log(`beside another: ${besides} of ${pairs} others left whole new modules`)
console.log(`temporary files left by ${littered}; put right by the next run ${mended} of ${killed}`)
process.exitCode = torn === 0 && mended === killed && besides === pairs ? 0 : 1
