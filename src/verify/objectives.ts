import type { Emitted, Trainer } from '../emit/emitted.ts'
import type { Network } from '../language/networks/network.ts'
import { viewsOf } from '../language/networks/views.ts'
import type { Candidate } from './agreement.ts'
import { Findings } from './findings.ts'

/** A trainer's functions that take the name of an objective last, with the number of arguments before. */
const functions = { loss: 2, gradient: 2, step: 2, evaluate: 2, hessianProduct: 3 } as const

/** A candidate for each objective, whose trainers do what they do for that one; the same where there is one loss. */
export function candidatesOf<C extends Candidate>(candidate: C): readonly C[] {
  const { network, module } = candidate
  return viewsOf(network).map(({ network: view, objective: name }) =>
    name === undefined
      ? candidate
      : { ...candidate, network: view, module: moduleFor(module, view, name), objective: { name, whole: network } },
  )
}

function moduleFor(module: Emitted, view: Network, objective: string): Emitted {
  return {
    network: module.network,
    createModel: (options) => module.createModel(options),
    createTrainer: (options) => trainerFor(module.createTrainer(options), view, objective),
  }
}

/** The same trainer for one objective: with the gradients that it fills. */
function trainerFor(trainer: Trainer, { trained }: Network, objective: string): Trainer {
  const own = Object.entries(functions).flatMap(([name, count]) => {
    const run = (trainer as unknown as Record<string, ((...given: unknown[]) => unknown) | undefined>)[name]
    return run ? [[name, (...given: unknown[]) => run(...given.slice(0, count), objective)] as const] : []
  })
  const gradients = Object.fromEntries(trained.map(({ name }) => [name, trainer.gradients[name]!]))
  // What it doesn't have of its own it inherits, such as a settable learning rate.
  return Object.assign(Object.create(trainer) as Trainer, { ...Object.fromEntries(own), gradients })
}

/** Looks at each candidate; what is found for an objective says so. */
export function lookAtEach<C extends Candidate>(
  candidates: readonly C[],
  findings: Findings,
  look: (candidate: C, findings: Findings, k: number) => void,
): void {
  candidates.forEach((candidate, k) => {
    const found = new Findings()
    look(candidate, found, k)
    findings.absorb(found, candidate.objective?.name)
  })
}
