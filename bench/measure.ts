import type { Contender } from './contenders.ts'
import type { Problem } from './contenders/contract.ts'
import { ContenderProcess } from './process.ts'
import { readProblem } from './problem.ts'
import type { Burst } from './runner.ts'
import { assertAgreement } from './statistics.ts'
import type { Workload } from './workloads.ts'

export interface Plan {
  /** Fresh processes of each contender whose first steps are timed. */
  starts: number
  rounds: number
  /** Milliseconds of steps that a contender takes in each round. */
  burst: number
  /** Milliseconds of steps before the first round. */
  warmUp: number
}

/** Microseconds a step. */
export interface Measurement {
  contender: Contender
  /** One a start: the workload's `firstSteps` in a fresh process; what the JIT compiler takes is in it. */
  first: number[]
  /** One a round. */
  warmedUp: number[]
}

export interface Result {
  workload: Workload
  measurements: Measurement[]
  /** Contenders that can't express the workload, and why. */
  unsupported: { contender: Contender; reason: string }[]
  /** The machine's peak in each round, in GFLOP/s. */
  peaks: number[]
}

/** All contenders must give the same results in a workload's checked steps, within this relative tolerance. */
const tolerance = 1e-5

/** Whose steps take more microseconds than this has one start, no warm-up, and few rounds: it would take minutes. */
export const slow = { microseconds: 100_000, rounds: 3 }

/** Milliseconds in each round. */
const peakBurst = 10

/**
 * Measures contenders on one workload, each in processes of its own. In each start and in each round they take their
 * turns one after another, so that whatever slows the machine slows them all.
 * @param peak measures the machine's peak for about so many milliseconds
 * @throws Error if a contender fails, or if their results differ
 */
export async function measure(
  workload: Workload,
  contenders: readonly Contender[],
  { starts, rounds, burst, warmUp }: Plan,
  peak: (milliseconds: number) => number,
  progress: (stage: string) => void,
): Promise<Result> {
  const problem = await readProblem(workload.spec, workload.task)
  const processes = contenders.map((contender) => new ContenderProcess(contender))
  const unsupported: Result['unsupported'] = []
  const peaks: number[] = []
  const racing: (Measurement & { process: ContenderProcess })[] = []
  const firstLosses: { title: string; values: number[] }[] = []
  try {
    for (const process of processes) {
      const { contender } = process
      progress(`${contender.title} starts`)
      const losses = await process.prepare(problem, workload.checkedSteps)
      if ('unsupported' in losses) unsupported.push({ contender, reason: losses.unsupported })
      else {
        firstLosses.push({ title: contender.title, values: losses })
        racing.push({ contender, process, first: [], warmedUp: [] })
      }
    }
    assertAgreement(firstLosses, tolerance)
    const isSlow = ({ first }: Measurement) => first.length > 0 && first[0]! > slow.microseconds
    for (let start = 1; start <= starts; start++) {
      for (const racer of racing.filter((racer) => !isSlow(racer))) {
        progress(`start ${start} of ${starts}: ${racer.contender.title}`)
        racer.first.push(await timeFirstSteps(racer.contender, problem, workload))
      }
    }
    for (const { contender, process } of racing.filter((racer) => !isSlow(racer))) {
      progress(`${contender.title} warms up`)
      await process.burst(warmUp)
    }
    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}`)
      peaks.push(peak(peakBurst))
      for (const racer of racing) {
        if (round > slow.rounds && isSlow(racer)) continue
        racer.warmedUp.push(timePerStep(await racer.process.burst(burst)))
      }
    }
  } finally {
    await Promise.all(processes.map((process) => process.close()))
  }
  const measurements = racing.map(({ contender, first, warmedUp }) => ({ contender, first, warmedUp }))
  return { workload, measurements, unsupported, peaks }
}

/** Microseconds a step over the first steps after the checked ones, in a process that ends after them. */
async function timeFirstSteps(
  contender: Contender,
  problem: Problem,
  { checkedSteps, firstSteps }: Workload,
): Promise<number> {
  const process = new ContenderProcess(contender)
  try {
    await process.prepare(problem, checkedSteps)
    return timePerStep(await process.steps(firstSteps))
  } finally {
    await process.close()
  }
}

function timePerStep({ microseconds, steps }: Burst): number {
  return microseconds / steps
}
