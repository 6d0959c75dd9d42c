import { compiledModule } from '../emitted.ts'
import { typedBatches, type Prepare } from './contract.ts'

/** What is used of an emitted module. */
interface Emitted {
  createTrainer(options: { parameters: Record<string, number[]> }): {
    step(x: ArrayLike<number>, y: ArrayLike<number>): number
  }
}

export const prepare: Prepare = async (problem) => {
  const { createTrainer } = (await import(compiledModule(problem.name).href)) as Emitted
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
