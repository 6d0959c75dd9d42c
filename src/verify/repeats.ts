import { given, type Data } from './data.ts'
import type { Candidate } from './agreement.ts'
import type { Model, Trainer } from '../emit/emitted.ts'
import type { Findings } from './findings.ts'
import { listed } from './predictions.ts'

/** Some epochs, the samples in a new order in each. @returns why it stopped, where it did: a loss that isn't finite. */
export function train(trainer: Trainer, data: Data, epochs: number): string | undefined {
  try {
    trainer.fit(given(data.inputs), given(data.targets), { epochs })
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return error.message
  }
}

/** Compares what one predicts with what the other does, to the bit. */
export function comparePredictions(
  one: Model,
  other: Model,
  { inputs }: Data,
  quantity: string,
  findings: Findings,
): void {
  const expected = listed(other.predict(given(inputs)))
  listed(one.predict(given(inputs))).forEach((values, k) => findings.compare(values, expected[k]!, { quantity }))
}

/** Compares all that two trainers hold, to the bit. */
function compareTrainers(one: Trainer, other: Trainer, data: Data, when: string, findings: Findings): void {
  const [x, y] = [given(data.inputs), given(data.targets)]
  comparePredictions(one, other, data, `${when}, the prediction`, findings)
  findings.compare([one.loss(x, y)], [other.loss(x, y)], { quantity: `${when}, the loss`, shape: [] })
  findings.compare([one.learningRate], [other.learningRate], { quantity: `${when}, the learning rate`, shape: [] })
  for (const tensor of Object.keys(one.parameters))
    findings.compare(one.parameters[tensor]!, other.parameters[tensor]!, { quantity: `${when},`, tensor })
  for (const tensor of Object.keys(one.buffers))
    findings.compare(one.buffers[tensor]!, other.buffers[tensor]!, { quantity: `${when},`, tensor })
  // Beside those it holds optimizer states, the epoch and the random state; and it tells 0 from -0.
  findings.compare(one.save(), other.save(), { quantity: `${when}, the bytes of the saved file` })
}

/** Whether a module trains twice alike from one seed, two trainers side by side. */
export function checkDeterminism({ module, options }: Candidate, data: Data, seed: number, findings: Findings): void {
  const [one, other] = [module.createTrainer({ ...options, seed }), module.createTrainer({ ...options, seed })]
  compareTrainers(one, other, data, 'at the start', findings)
  const stopped = train(one, data, 2)
  train(other, data, 2)
  if (stopped !== undefined) findings.note(`training stopped: ${stopped}`)
  compareTrainers(one, other, data, 'trained again', findings)
}

/** Whether training that is saved and loaded by another trainer goes on as if it never had been. */
export function checkResuming({ module, options }: Candidate, data: Data, seed: number, findings: Findings): void {
  const trainer = module.createTrainer({ ...options, seed })
  const stopped = train(trainer, data, 2)
  if (stopped !== undefined) findings.note(`training stopped: ${stopped}`)
  const bytes = trainer.save()
  const resumed = module.createTrainer({ ...options, seed: seed + 1 })
  resumed.load(bytes)
  compareTrainers(resumed, trainer, data, 'loaded', findings)
  const model = module.createModel(options)
  model.load(bytes)
  comparePredictions(model, trainer, data, "loaded, a model's prediction", findings)
  train(trainer, data, 2)
  train(resumed, data, 2)
  compareTrainers(resumed, trainer, data, 'resumed', findings)
}
