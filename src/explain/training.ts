import { callForm, nameForm, type Form } from '../graph/equations/form.ts'
import type { Network } from '../language/networks/network.ts'
import type { InitialValue } from '../language/words/initializers.ts'
import { optimizerTitle } from '../programs/optimizer.ts'
import { equationsIn, type LoweredProgram } from '../programs/program.ts'
import { paragraph, type Block, type Formula } from './document.ts'
import { number } from './forms.ts'
import { learningRateBlocks } from './learningRate.ts'

/** What a step makes of parameters and of what the optimizer keeps, and the learning rate of each epoch. */
export function updateBlocks(
  network: Network,
  programs: readonly LoweredProgram[],
  objective: string | undefined,
): Block[] {
  const title = optimizerTitle(objective)
  const equations = programs.filter(({ section }) => section?.title === title).flatMap(equationsIn)
  const distinct = new Map(equations.map((equation) => [JSON.stringify(equation), equation]))
  const formulas = [...distinct.values()].map((equation, k): Formula => ({
    kind: 'formula',
    id: `update ${title} ${k}`,
    equation,
  }))
  const { batch, epochs } = network.train
  return [
    paragraph(
      `A step takes a batch of ${batch}, and training is ${epochs} epochs unless told. Each step does, element by element:`,
    ),
    ...formulas,
    ...learningRateBlocks(network),
  ]
}

/** What each parameter starts as. */
export function startBlocks({ parameters }: Network): Block[] {
  return parameters.map(({ symbol, initial }): Formula => ({
    kind: 'formula',
    id: `start ${symbol}`,
    equation: { left: nameForm(symbol), sign: '←', right: startForms[initial.function](...initial.arguments) },
  }))
}

/** For reading. */
const rounded = (value: number): Form => number(Number(value.toPrecision(6)))

/** What draws start values, by the runtime's function. */
const startForms: Readonly<Record<InitialValue['function'], (...given: number[]) => Form>> = {
  constant: (value) => rounded(value!),
  normal: (deviation) => callForm('normal', number(0), rounded(deviation!)),
  uniform: (limit) => callForm('uniform', rounded(-limit!), rounded(limit!)),
  truncatedNormal: (deviation) => callForm('truncatedNormal', number(0), rounded(deviation!)),
  identity: () => nameForm('I'),
  orthogonal: (_columns, gain) => scaled(gain!, callForm('orthogonal')),
  deltaOrthogonal: () => callForm('deltaOrthogonal'),
}

const scaled = (factor: number, right: Form): Form =>
  factor === 1 ? right : { kind: 'multiple', left: rounded(factor), right }
