import type { Pass } from '../base/passes.ts'
import { bytesOf } from '../base/precision.ts'
import type { TrainingGraph } from '../calculus/training.ts'
import type { Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import { FindingError } from '../language/text/source.ts'
import { checkPrograms } from '../loops/memory/check.ts'
import { chooseReruns, type MemoryGoal } from '../loops/memory/checkpoints.ts'
import { effectsOf } from '../loops/memory/effects.ts'
import { planMemory, type Lifetime, type MemoryPlan } from '../loops/memory/plan.ts'
import type { Buffer, Step } from '../loops/notation/kernel.ts'
import type { Arrangement } from './arrange.ts'
import { stepsOf, type LoweredProgram } from './program.ts'
import { refuseTooLarge } from './size.ts'

interface Known {
  readonly network: Network
  readonly training: TrainingGraph
  readonly arrangement: Arrangement
  readonly programs: readonly LoweredProgram[]
  readonly buffers: ReadonlyMap<Node, Buffer>
}

export interface Planned {
  /** With what runs a second time. */
  readonly programs: readonly LoweredProgram[]
  readonly memory: MemoryPlan
  /** Where activations are computed again: the arena's length when all are stored, and the operations that a step takes more. */
  readonly recomputation?: { readonly storedLength: number; readonly operations: number }
}

/**
 * Chooses which activations programs compute again, and gives all buffers their places in one arena. Where no choice fits the spec's
 * memory budget, the arena is the shortest that there is.
 * @throws FindingError when the arena would be over the budget, or over 2 GiB.
 */
export const plan: Pass<Known, Planned> = {
  name: 'plan memory',
  run: (known) => {
    const { network, programs } = known
    const goal = memoryGoal(network)
    const chosen = new Map<string, readonly Step[]>()
    let memory = placed(known, chosen)
    let operations = 0
    for (const program of programs.filter(({ mayRerun }) => mayRerun)) {
      const place = (steps: readonly Step[]) => placed(known, new Map(chosen).set(program.name, steps))
      const choice = chooseReruns(rerunnable(program, known), goal, network.train.batch, place)
      chosen.set(program.name, choice.steps)
      memory = choice.plan
      operations += choice.operations
    }
    refuseOverBudget(network, memory)
    refuseTooLarge(known, memory)
    return {
      programs: programs.map((program) => withSteps(program, chosen.get(program.name))),
      memory,
      ...(operations > 0 ? { recomputation: { storedLength: placed(known, new Map()).length, operations } } : {}),
    }
  },
  check: (known) => checkPrograms(lifetimes(known, new Map()), known.memory),
}

function placed({ arrangement, ...known }: Known, chosen: ReadonlyMap<string, readonly Step[]>): MemoryPlan {
  const { zones, inputs, targets } = arrangement
  const buffersIn = (inModel: boolean) => zones.filter((zone) => zone.inModel === inModel).map(({ buffers }) => buffers)
  const runs = lifetimes({ arrangement, ...known }, chosen)
  return planMemory(buffersIn(true), runs, inputs, targets, buffersIn(false), known.network.train.batch)
}

/** The programs that run on samples, each with those that go on from it. */
function lifetimes(known: Known, chosen: ReadonlyMap<string, readonly Step[]>): Lifetime[] {
  const stepsNow = (program: LoweredProgram) => chosen.get(program.name) ?? stepsOf(program)
  return known.programs
    .filter(({ after, pieces }) => after === undefined && pieces.some(({ over }) => over === 'samples'))
    .map((program) => {
      const further = known.programs.filter(({ after }) => after === program.name)
      return {
        steps: [program, ...further].flatMap(stepsNow),
        results: resultsOf(program, known),
      }
    })
}

/** The activations that a program must leave in the arena. */
function resultsOf({ pieces }: LoweredProgram, { buffers }: Known): Buffer[] {
  return pieces
    .flatMap(({ results }) => results.map(({ node, buffer }) => buffer ?? buffers.get(node)!))
    .filter(({ role }) => role === 'activation')
}

/** A program as the search for reruns sees it: the programs after it need their operands too. */
function rerunnable(program: LoweredProgram, known: Known): Lifetime {
  const further = known.programs.filter(({ after }) => after === program.name).flatMap(stepsOf)
  const needed = further.flatMap((step) => [...effectsOf(step).needs])
  return { steps: stepsOf(program), results: [...resultsOf(program, known), ...needed] }
}

function withSteps(program: LoweredProgram, steps: readonly Step[] | undefined): LoweredProgram {
  if (!steps) return program
  const [piece, ...others] = program.pieces
  if (!piece || others.length > 0) throw new Error(`${program.name}, which may run steps again, has not one piece`)
  return { ...program, pieces: [{ ...piece, steps }] }
}

/** The spec's, with a budget in elements in place of bytes. */
function memoryGoal({ emit: { memory, precision } }: Network): MemoryGoal {
  return typeof memory === 'string' ? memory : { budget: Math.floor(memory.budget / bytesOf[precision]) }
}

function refuseOverBudget({ emit: { memory, precision } }: Network, { length }: MemoryPlan): void {
  const bytes = length * bytesOf[precision]
  if (typeof memory === 'object' && bytes > memory.budget)
    throw new FindingError({
      code: 'out-of-range',
      path: ['emit', 'memory', 'budget'],
      part: 'value',
      message: `expected at least ${bytes} bytes, the least found for a trainer of this network, got ${memory.budget}`,
    })
}
