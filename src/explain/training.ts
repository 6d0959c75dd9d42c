import type { Form } from '../graph/equations/form.ts'
import type { Network } from '../language/networks/network.ts'
import type { InitialValue } from '../language/words/initializers.ts'
import type { LoweredProgram } from '../programs/program.ts'
import { paragraph, type Block, type Formula } from './document.ts'
import { called, named, number } from './forms.ts'
import { learningRateBlocks } from './learningRate.ts'

/** What a step makes of parameters and of what the optimizer keeps, and the learning rate of each epoch. */
export function updateBlocks(
  network: Network,
  programs: readonly LoweredProgram[],
  objective: string | undefined,
): Block[] {
  const title = objective === undefined ? 'optimizer' : `optimizer of ${objective}`
  const equations = programs
    .filter(({ section }) => section?.title === title)
    .flatMap(({ host = [], pieces }) => [
      ...host.map(({ equation }) => equation),
      ...pieces.flatMap(({ equations = [] }) => equations),
    ])
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
    equation: { left: named(symbol), sign: '←', right: startForms[initial.function](...initial.arguments) },
  }))
}

/** For reading. */
const rounded = (value: number): Form => number(Number(value.toPrecision(6)))

/** What draws start values, by the runtime's function. */
const startForms: Readonly<Record<InitialValue['function'], (...given: number[]) => Form>> = {
  constant: (value) => rounded(value!),
  normal: (deviation) => called('normal', number(0), rounded(deviation!)),
  uniform: (limit) => called('uniform', rounded(-limit!), rounded(limit!)),
  truncatedNormal: (deviation) => called('truncatedNormal', number(0), rounded(deviation!)),
  identity: () => named('I'),
  orthogonal: (_columns, gain) => scaled(gain!, called('orthogonal')),
  deltaOrthogonal: () => called('deltaOrthogonal'),
}

const scaled = (factor: number, right: Form): Form =>
  factor === 1 ? right : { kind: 'multiple', left: rounded(factor), right }
