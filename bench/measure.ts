import { ours, type Contender } from './contenders.ts'
import type { Problem } from './contenders/contract.ts'
import { ContenderProcess } from './process.ts'
import { readProblem } from './problem.ts'
import type { Burst } from './runner.ts'
import { assertAgreement, median } from './statistics.ts'
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

/** Medians over the starts or the rounds. */
export interface Timing {
  /** Microseconds a step. */
  microseconds: number
  /** This contender's time over tapeless's in the same start or round. Absent if tapeless wasn't there. */
  ratio: number | undefined
}

export interface Measurement {
  contender: Contender
  /** The workload's `firstSteps` in fresh processes: what the JIT compiler takes is in it. */
  first: Timing
  warmedUp: Timing
}

export interface Result {
  workload: Workload
  measurements: Measurement[]
  /** Contenders that can't express the workload, and why. */
  unsupported: { contender: Contender; reason: string }[]
}

/** All contenders must give the same losses in a workload's checked steps, within this relative tolerance. */
const tolerance = 1e-5

/**
 * Measures contenders on one workload, each in processes of its own. In each start and in each round they take their
 * turns one after another, so that whatever slows the machine slows them all.
 * @throws Error if a contender fails, or if their losses differ
 */
export async function measure(
  workload: Workload,
  contenders: readonly Contender[],
  { starts, rounds, burst, warmUp }: Plan,
  progress: (stage: string) => void,
): Promise<Result> {
  const problem = await readProblem(workload.spec)
  const processes = contenders.map((contender) => new ContenderProcess(contender))
  const unsupported: Result['unsupported'] = []
  const racing: { process: ContenderProcess; first: number[]; warmedUp: number[] }[] = []
  const firstLosses: { title: string; values: number[] }[] = []
  try {
    for (const process of processes) {
      const { contender } = process
      progress(`${contender.title} starts`)
      const losses = await process.prepare(problem, workload.checkedSteps)
      if ('unsupported' in losses) unsupported.push({ contender, reason: losses.unsupported })
      else {
        firstLosses.push({ title: contender.title, values: losses })
        racing.push({ process, first: [], warmedUp: [] })
      }
    }
    assertAgreement(firstLosses, tolerance)
    for (let start = 1; start <= starts; start++) {
      for (const { process, first } of racing) {
        progress(`start ${start} of ${starts}: ${process.contender.title}`)
        first.push(await timeFirstSteps(process.contender, problem, workload))
      }
    }
    for (const { process } of racing) {
      progress(`${process.contender.title} warms up`)
      await process.burst(warmUp)
    }
    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}`)
      for (const { process, warmedUp } of racing) warmedUp.push(timePerStep(await process.burst(burst)))
    }
  } finally {
    await Promise.all(processes.map((process) => process.close()))
  }
  const base = racing.find(({ process }) => process.contender.id === ours)
  const measurements = racing.map(({ process, first, warmedUp }) => ({
    contender: process.contender,
    first: summarise(first, base?.first),
    warmedUp: summarise(warmedUp, base?.warmedUp),
  }))
  return { workload, measurements, unsupported }
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

function summarise(times: readonly number[], base: readonly number[] | undefined): Timing {
  return { microseconds: median(times), ratio: base && median(times.map((time, turn) => time / base[turn]!)) }
}
