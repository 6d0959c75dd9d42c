import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../src/graph/evaluate.ts'
import { loadNetwork } from '../src/language/networks/network.ts'
import { readSpecText } from '../src/language/text/read.ts'
import { close, closeAll } from './support/close.ts'
import { emitted, type Trainer } from './support/emitted.ts'

/** PyTorch's answers in float64. */
interface Case {
  readonly spec: string
  readonly batch: number
  readonly parameters: Tensors
  readonly buffers?: Tensors
  readonly x: number[]
  readonly y: number[]
  readonly evaluation: { readonly prediction: number[]; readonly loss: number }
  readonly training: {
    readonly prediction?: number[]
    readonly loss: number
    readonly gradients: Values
    /** Of the mean loss by x, where x isn't whole numbers. */
    readonly inputGradient?: number[]
  }
  readonly partial: { readonly samples: number; readonly loss: number; readonly gradients: Values }
  readonly steps: {
    readonly losses: number[]
    readonly prediction: number[]
    readonly parameters: Values
    readonly buffers?: Values
  }
}
interface Notebook {
  readonly spec: string
  readonly parameters: Tensors
  readonly x: number[]
  readonly y: number[]
  readonly orders: number[][]
  readonly epochLosses: number[]
  readonly finalParameters: Values
}
type Tensors = Readonly<Record<string, { readonly shape: number[]; readonly data: number[] }>>
type Values = Readonly<Record<string, number[]>>

const folder = new URL('reference/', import.meta.url)
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.json') && name !== 'notebook.json' && name !== 'schedules.json',
)

describe.each(['typescript', 'wasm'] as const)('PyTorch, float64, %s', (target) => {
  test.each(files)('%s', async (name) => {
    const given = read<Case>(name)
    const module = await emitted(given.training.inputGradient ? withInputGradient(given.spec) : given.spec, {
      precision: 'f64',
      target,
    })
    const parameters = dataOf(given.parameters)
    const buffers = dataOf(given.buffers ?? {})
    const trainer = module.createTrainer({ parameters, buffers })
    const model = module.createModel({ parameters, buffers })
    const { x, y, evaluation, training, partial, steps } = given
    const perSample = (values: number[], samples: number) => values.slice(0, (values.length / given.batch) * samples)
    const outputs = evaluation.prediction.length / given.batch

    for (const one of [model, trainer]) {
      close(one.predict(x), evaluation.prediction)
      close(one.predict(x.slice(0, x.length / given.batch)), evaluation.prediction.slice(0, outputs))
      close(one.predict([...x, ...x, ...x]), [
        ...evaluation.prediction,
        ...evaluation.prediction,
        ...evaluation.prediction,
      ])
    }
    close([trainer.loss(x, y)], [evaluation.loss])
    close([trainer.loss([...x, ...x, ...x], [...y, ...y, ...y])], [evaluation.loss])

    close([trainer.gradient(perSample(x, partial.samples), perSample(y, partial.samples))], [partial.loss])
    closeAll(trainer.gradients, partial.gradients)
    close([trainer.gradient(x, y)], [training.loss])
    closeAll(trainer.gradients, training.gradients)
    if (training.inputGradient) close(trainer.inputGradient as Float64Array, training.inputGradient)
    closeAll(trainer.parameters, parameters)
    closeAll(trainer.buffers, buffers)
    if (training.prediction) {
      const network = await loadNetwork(readSpecText({ file: 'test.net.yaml', text: given.spec }))
      const bindings = { batch: given.batch, inputs: { x }, parameters, states: buffers }
      close(evaluate([network.training.outputs[0]!], bindings)[0]!, training.prediction)
    }

    close(
      steps.losses.map(() => trainer.step(x, y)),
      steps.losses,
    )
    closeAll(trainer.parameters, steps.parameters)
    closeAll(trainer.buffers, steps.buffers ?? {})
    close(trainer.predict(x), steps.prediction)
  })

  test("the notebook's 100 epochs", async () => {
    const { spec, parameters, x, y, orders, epochLosses, finalParameters } = read<Notebook>('notebook.json')
    const trainer: Trainer = (await emitted(spec, { precision: 'f64' })).createTrainer({
      parameters: dataOf(parameters),
    })
    const rows = (values: number[], size: number, order: number[]) =>
      order.flatMap((row) => values.slice(row * size, (row + 1) * size))
    const losses = orders.map((order) => {
      let sum = 0
      for (let start = 0; start < order.length; start += 10) {
        const batch = order.slice(start, start + 10)
        sum += trainer.step(rows(x, 10, batch), rows(y, 5, batch))
      }
      trainer.nextEpoch()
      return sum
    })
    close(losses, epochLosses)
    closeAll(trainer.parameters, finalParameters)
  })
})

function withInputGradient(spec: string): string {
  expect(spec).not.toContain('emit:')
  return `${spec}\nemit: { inputGradient: true }\n`
}

function dataOf(tensors: Tensors): Values {
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]))
}
