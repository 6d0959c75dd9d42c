import { importModule } from '../emitted.ts'
import { typedBatches, type Prepare } from './contract.ts'

export const prepare: Prepare = async (problem) => {
  const { createTrainer } = await importModule(problem.name)
  const trainer = createTrainer({
    parameters: Object.fromEntries(problem.parameters.map(({ name, values }) => [name, values])),
  })
  const batches = typedBatches(problem)
  return {
    step(index) {
      const { x, y } = batches[index]!
      return trainer.step(x, y)
    },
  }
}
