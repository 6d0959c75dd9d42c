import { importModule, type Target } from '../emitted.ts'
import { magnitude, typedBatches, type Prepare } from './contract.ts'

export function prepareFor(target: Target): Prepare {
  return async (problem) => {
    const { createModel, createTrainer } = await importModule(problem.name, target)
    const start = { parameters: Object.fromEntries(problem.parameters.map(({ name, values }) => [name, values])) }
    const batches = typedBatches(problem)
    if (problem.task === 'predict') {
      const model = createModel(start)
      return { step: (index) => magnitude(model.predict(batches[index]!.x)) }
    }
    const trainer = createTrainer(start)
    return {
      step(index) {
        const { x, y } = batches[index]!
        return trainer.step(x, y)
      },
    }
  }
}
