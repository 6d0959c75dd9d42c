import type { Contender } from './contenders.ts'
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

/** What results may differ by, relatively, in the checked steps of most workloads. */
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
  const problem = await readProblem(workload)
  const processes: ContenderProcess[] = []
  const begin = async (contender: Contender, start: number) => {
    progress(`start ${start} of ${starts}: ${contender.title}`)
    const process = new ContenderProcess(contender)
    processes.push(process)
    const losses = await process.prepare(problem, workload.checkedSteps)
    if ('unsupported' in losses) return losses
    return { process, losses, time: timePerStep(await process.steps(workload.firstSteps)) }
  }
  const unsupported: Result['unsupported'] = []
  const racing: (Measurement & { process: ContenderProcess; losses: number[] })[] = []
  const isSlow = ({ first }: Measurement) => first[0]! > slow.microseconds
  const peaks: number[] = []
  try {
    for (const contender of contenders) {
      const begun = await begin(contender, 1)
      if ('unsupported' in begun) unsupported.push({ contender, reason: begun.unsupported })
      else racing.push({ contender, ...begun, first: [begun.time], warmedUp: [] })
    }
    assertAgreement(
      racing.map(({ contender: { title }, losses }) => ({ title, values: losses })),
      workload.tolerance ?? tolerance,
    )
    for (let start = 2; start <= starts; start++) {
      for (const { contender, first } of racing.filter((racer) => !isSlow(racer))) {
        const begun = await begin(contender, start)
        if ('unsupported' in begun) throw new Error(`${contender.title} ${begun.unsupported} all at once`)
        first.push(begun.time)
        await begun.process.close()
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

function timePerStep({ microseconds, steps }: Burst): number {
  return microseconds / steps
}
