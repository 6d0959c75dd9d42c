import { ours, type Contender } from './contenders.ts'
import { ContenderProcess } from './process.ts'
import { readProblem } from './problem.ts'
import { assertAgreement, median } from './statistics.ts'
import type { Workload } from './workloads.ts'

export interface Plan {
  rounds: number
  /** Milliseconds of steps that a contender takes in each round. */
  burst: number
  /** Milliseconds of steps before the first round. */
  warmUp: number
}

export interface Measurement {
  contender: Contender
  /** Median over the rounds: microseconds a step. */
  microseconds: number
  /** Median over the rounds: this contender's time over tapeless's in the same round. Absent if tapeless wasn't there. */
  ratio: number | undefined
}

export interface Result {
  workload: Workload
  measurements: Measurement[]
  /** Contenders that can't express the workload, and why. */
  unsupported: { contender: Contender; reason: string }[]
}

/** All contenders must give the same losses over so many first steps, within this relative tolerance. */
const agreement = { steps: 10, tolerance: 1e-5 }

/**
 * Measures contenders on one workload. Each has a process of its own; in each round each takes one burst, one after
 * another, so that whatever slows the machine slows them all.
 * @throws Error if a contender fails, or if their losses differ
 */
export async function measure(
  workload: Workload,
  contenders: readonly Contender[],
  { rounds, burst, warmUp }: Plan,
  progress: (stage: string) => void,
): Promise<Result> {
  const problem = readProblem(workload.spec)
  const processes = contenders.map((contender) => new ContenderProcess(contender))
  const unsupported: Result['unsupported'] = []
  const racing: { process: ContenderProcess; times: number[] }[] = []
  const firstLosses: { title: string; values: number[] }[] = []
  try {
    for (const process of processes) {
      const { contender } = process
      progress(`${contender.title} starts`)
      const losses = await process.prepare(problem, agreement.steps)
      if ('unsupported' in losses) unsupported.push({ contender, reason: losses.unsupported })
      else {
        firstLosses.push({ title: contender.title, values: losses })
        racing.push({ process, times: [] })
      }
    }
    assertAgreement(firstLosses, agreement.tolerance)
    for (const { process } of racing) {
      progress(`${process.contender.title} warms up`)
      await process.burst(warmUp)
    }
    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}`)
      for (const { process, times } of racing) {
        const { microseconds, steps } = await process.burst(burst)
        times.push(microseconds / steps)
      }
    }
  } finally {
    for (const process of processes) process.close()
  }
  const base = racing.find(({ process }) => process.contender.id === ours)?.times
  const measurements = racing.map(({ process, times }) => ({
    contender: process.contender,
    microseconds: median(times),
    ratio: base && median(times.map((time, round) => time / base[round]!)),
  }))
  return { workload, measurements, unsupported }
}
