import { parseArgs } from 'node:util'
import { killTrainings } from './killingTrainings.ts'

/*
 * Training programs, killed at random moments: npm run trainings -- --kills 300 --seed 1. The status is 1 if a checkpoint
 * or what came of the training was another than without kills.
 */

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})
const [kills, seed] = [values.kills, values.seed].map(Number) as [number, number]
if (![kills, seed].every(Number.isSafeInteger)) throw new RangeError('--kills and --seed are whole numbers')

console.log(`seed ${seed}`)
process.exitCode = 0
for (const target of ['typescript', 'wasm']) {
  const { killed, runs, early, writing, wrong, different } = await killTrainings(target, Math.ceil(kills / 2), seed)
  console.log(
    `${target}: ${killed} killed in ${runs} trainings, ${early} before a checkpoint, ${writing} while one was written`,
  )
  console.log(`  checkpoints that differ: ${wrong}; trainings that end otherwise: ${different}`)
  if (wrong + different > 0) process.exitCode = 1
}
