import { argumentsOf, importModule, type Target } from '../emitted.ts'
import { magnitude, typedBatches, type Prepare } from './contract.ts'

export function prepareFor(target: Target): Prepare {
  return async (problem) => {
    const { network, createModel, createTrainer } = await importModule(problem.name, target)
    const parameters = Object.values(problem.networks).flatMap((own) => own.parameters)
    const start = { parameters: Object.fromEntries(parameters.map(({ name, values }) => [name, values])) }
    const batches = typedBatches(problem).map((batch) => argumentsOf(network, batch))
    if (problem.task === 'predict') {
      const model = createModel(start)
      return { step: (index) => magnitude(model.predict(batches[index]![0])) }
    }
    const trainer = createTrainer(start)
    return { step: (index) => trainer.step(...batches[index]!) }
  }
}
