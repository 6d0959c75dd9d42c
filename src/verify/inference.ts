import type { Candidate } from './agreement.ts'
import { comparePredictions, train } from './repeats.ts'
import type { Data } from './data.ts'
import type { Findings } from './findings.ts'

/** A module of inference alone. */
export type Inference = Pick<Candidate, 'module' | 'options'>

/** Whether inference alone begins as a trainer does, and predicts what that does with its file, to the last bit. */
export function checkInference(
  { module, options }: Candidate,
  inference: Inference,
  data: Data,
  seed: number,
  findings: Findings,
): void {
  const trainer = module.createTrainer({ ...options, seed })
  const model = inference.module.createModel({ ...inference.options, seed })
  const compare = (when: string) => {
    for (const tensors of ['parameters', 'buffers'] as const)
      for (const [tensor, values] of Object.entries(trainer[tensors]))
        findings.compare(model[tensors][tensor]!, values, { quantity: `${when},`, tensor })
    comparePredictions(model, trainer, data, `${when}, the prediction`, findings)
  }
  compare('at the start')
  const stopped = train(trainer, data, 2)
  if (stopped !== undefined) findings.note(`training stopped: ${stopped}`)
  model.load(trainer.save())
  compare('loaded')
}
