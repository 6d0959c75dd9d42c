import fc from 'fast-check'
import { parseArgs } from 'node:util'
import { networksAgree, type Tally } from './agreement.ts'

/*
 * Any number of random networks: npm run fuzz -- --runs 100000 --seed 1. The status is 1 if one fails, and the path that is shown
 * beside its seed leads straight to it: --path. With --whole the modules are checked and formatted too, which is slow. --target wasm
 * and --precision f32 make others of the same networks.
 */

const targets = ['typescript', 'wasm'] as const
const precisions = ['f64', 'f32'] as const

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    path: { type: 'string' },
    whole: { type: 'boolean', default: false },
    target: { type: 'string', default: 'typescript' },
    precision: { type: 'string', default: 'f64' },
  },
})
const runs = Number(values.runs)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
if (!Number.isSafeInteger(runs) || !Number.isSafeInteger(seed))
  throw new RangeError('--runs and --seed are whole numbers')

const make = { isWhole: values.whole, target: oneOf(targets, 'target'), precision: oneOf(precisions, 'precision') }

const tally: Tally = { networks: 0, unsmooth: 0 }
const show = () => process.stderr.write(`\rseed ${seed}: ${tally.networks} of ${runs}, ${tally.unsmooth} not smooth `)
const timer = process.stderr.isTTY ? setInterval(show, 200) : undefined
const details = await fc.check(networksAgree(tally, make), {
  numRuns: runs,
  seed,
  ...(values.path === undefined ? {} : { path: values.path }),
})
clearInterval(timer)
show()
console.log()
if (details.failed) {
  console.log(await fc.asyncDefaultReportMessage(details))
  console.log(details.errorInstance instanceof Error ? details.errorInstance.stack : details.errorInstance)
  process.exitCode = 1
}

function oneOf<T extends string>(choices: readonly T[], option: 'target' | 'precision'): T {
  const found = choices.find((choice) => choice === values[option])
  if (found === undefined) throw new RangeError(`--${option} is one of ${choices.join(', ')}`)
  return found
}
