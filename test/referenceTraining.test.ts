import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeModule } from '../src/compile.ts'
import { renderModule } from '../src/emit/emit.ts'
import { activations } from '../src/language/words/activations.ts'
import { loadNetwork, type Network } from '../src/language/networks/network.ts'
import { readSpecText } from '../src/language/text/read.ts'
import { close, closeAll } from './support/close.ts'
import { importText, type Trainer } from './support/emitted.ts'

type Tensors = Readonly<Record<string, number[]>>
type Values = Readonly<Record<string, number>>
/** Flat numbers, or records of them by name. */
type Given = number[] | Tensors

/** A network, and what PyTorch answers in float64 to calls of its trainer, in order. */
interface Case {
  readonly spec: string
  readonly parameters: Tensors
  readonly buffers?: Tensors
  readonly batches: Readonly<Record<string, Data>>
  readonly calls: readonly Call[]
}
interface Data {
  readonly x: Given
  readonly y: Given
}
interface After {
  readonly parameters: Tensors
  readonly buffers?: Tensors
}
/** The name of an objective, where there are several. */
interface Chosen {
  readonly batch: string
  readonly objective?: string
}
interface Report {
  readonly loss: number
  readonly losses?: Values
  readonly learningRate: number
  readonly validationLoss?: number
  readonly metrics?: Values
  readonly validationMetrics?: Values
  readonly stopped?: true
}
interface Calls {
  readonly predict: { readonly batch: string; readonly prediction: Given }
  readonly loss: Chosen & { readonly loss: number }
  readonly evaluate: Chosen & { readonly values: Values }
  readonly gradient: Chosen & { readonly loss: number; readonly gradients: Tensors }
  readonly hessianProduct: Chosen & { readonly direction: Tensors; readonly product: Tensors }
  readonly steps: After & { readonly steps: readonly (Chosen & { readonly loss: number })[] }
  readonly fit: After & {
    readonly batch: string
    readonly validation?: string
    readonly epochs: number
    readonly reports: readonly Report[]
  }
}
type Call = { [Name in keyof Calls]: Calls[Name] & { readonly call: Name } }[keyof Calls]

/** A trainer of any of these modules, which may take names of objectives. */
interface General extends Trainer {
  loss(x: Given, y: Given, objective?: string): number
  gradient(x: Given, y: Given, objective?: string): number
  step(x: Given, y: Given, objective?: string): number
  evaluate(x: Given, y: Given, objective?: string): Values
  hessianProduct(x: Given, y: Given, direction: Tensors, objective?: string): Tensors
  fit(x: Given, y: Given, options: object): (Report & { readonly epoch: number })[]
}

/** What holds a trainer to the answer to each call. */
const answers: { [Name in keyof Calls]: (trainer: General, call: Calls[Name], batches: Case['batches']) => void } = {
  predict(trainer, { batch, prediction }, batches) {
    const predicted = trainer.predict(batches[batch]!.x as never) as unknown as Given
    closeAll(named(predicted), named(prediction))
  },
  loss(trainer, { batch, objective, loss }, batches) {
    const { x, y } = batches[batch]!
    close([trainer.loss(x, y, objective)], [loss], 'the loss')
  },
  evaluate(trainer, { batch, objective, values }, batches) {
    const { x, y } = batches[batch]!
    closeValues(trainer.evaluate(x, y, objective), values)
  },
  gradient(trainer, { batch, objective, loss, gradients }, batches) {
    const { x, y } = batches[batch]!
    close([trainer.gradient(x, y, objective)], [loss], 'the loss')
    // What another objective trains, this one leaves as it is.
    const own = Object.entries(trainer.gradients).filter(([name]) => !objective || Object.hasOwn(gradients, name))
    closeAll(Object.fromEntries(own), gradients)
  },
  hessianProduct(trainer, { batch, objective, direction, product }, batches) {
    const { x, y } = batches[batch]!
    closeAll(trainer.hessianProduct(x, y, direction, objective), product)
  },
  steps(trainer, { steps, ...after }, batches) {
    steps.forEach(({ batch, objective, loss }, at) => {
      const { x, y } = batches[batch]!
      close([trainer.step(x, y, objective)], [loss], `the loss of step ${at}`)
    })
    closeState(trainer, after)
  },
  fit(trainer, { batch, validation, epochs, reports, ...after }, batches) {
    const { x, y } = batches[batch]!
    const options = { epochs, shuffle: false, ...(validation ? { validation: batches[validation]! } : {}) }
    const own = trainer.fit(x, y, options)
    expect(own.length).toBe(reports.length)
    own.forEach(({ epoch: _, losses, metrics, validationMetrics, stopped, ...values }, at) => {
      const { losses: l, metrics: m, validationMetrics: v, stopped: s, ...expected } = reports[at]!
      closeValues({ ...values }, expected)
      closeValues(losses ?? {}, l ?? {})
      closeValues(metrics ?? {}, m ?? {})
      closeValues(validationMetrics ?? {}, v ?? {})
      expect(stopped).toBe(s)
    })
    closeState(trainer, after)
  },
}

const folder = new URL('reference/training/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const casesOf = (file: string) =>
  Object.entries((JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { cases: Record<string, Case> }).cases)

/** Both targets' modules are of one network. */
const networks = new Map<string, Promise<Network>>()
function networkOf(text: string): Promise<Network> {
  if (!networks.has(text)) networks.set(text, loadNetwork(readSpecText({ file: 'test.net.yaml', text })))
  return networks.get(text)!
}

async function trainerOf({ spec, parameters, buffers = {} }: Omit<Case, 'calls' | 'batches'>, target: Target) {
  const description = await describeModule(await networkOf(spec), 'test.net.yaml', { precision: 'f64', target })
  const { createTrainer } = await importText(await renderModule(description))
  const trainer = createTrainer({ parameters, buffers }) as General
  expect(Object.keys(trainer.parameters).sort()).toEqual(Object.keys(parameters).sort())
  return trainer
}

const targets = ['typescript', 'wasm'] as const
type Target = (typeof targets)[number]

describe.each(files)("PyTorch's %s", (file) => {
  describe.each(targets)('%s', (target) => {
    test.each(casesOf(file))('%s', async (_, one) => {
      const trainer = await trainerOf(one, target)
      for (const call of one.calls) answers[call.call](trainer, call as never, one.batches)
    })
  })
})

test.each(targets)('a network that draws its noise trains as one that is given it: %s', async (target) => {
  const [[, given]] = casesOf('autoencoder.json') as [[string, Case]]
  const { x, noise } = given.batches.one!.x as Record<'x' | 'noise', number[]>
  const trainer = await trainerOf(given, target)
  // The derivatives by a probe that is 0 are the noise, in the place of each sample.
  const spec = given.spec
    .replace('noise: 2', 'place: 4')
    .replace('equations:', 'parameters: { probe: [4, 2] }\nequations:')
    .replace('.* noise', '.* n')
    .replace('  - z =', '  - n = normal(v)\n  - z =')
    .replace('+ divergence\n', '+ divergence + dot(place, probe * n)\n')
  const drawing = await trainerOf({ spec, parameters: { ...given.parameters, probe: Array(8).fill(0) } }, target)
  const places = { x: x!, place: Array.from({ length: 16 }, (_, at) => Number(at % 5 === 0)) }
  for (let step = 0; step < 4; step++) {
    const loss = drawing.gradient(places, [])
    const { probe, ...gradients } = drawing.gradients
    const drawn = Array.from(probe!, (value) => value * 4)
    expect(new Set(drawn).size).toBe(noise!.length)
    close([trainer.gradient({ x: x!, noise: drawn }, [])], [loss], 'the loss')
    closeAll(trainer.gradients, gradients)
    close([drawing.step(places, [])], [trainer.step({ x: x!, noise: drawn }, [])], `the loss of step ${step}`)
    drawing.parameters.probe!.fill(0)
    const shared = Object.entries(drawing.parameters).filter(([name]) => name !== 'probe')
    closeAll(trainer.parameters, Object.fromEntries(shared))
  }
  // In evaluation it is the noise's mean.
  close([drawing.loss(places, [])], [trainer.loss({ x: x!, noise: Array(8).fill(0) }, [])], 'the loss')
})

test('every activation has a case', () => {
  const words = new Set(casesOf('derivatives.json').map(([name]) => name.split(':')[0]))
  expect(Object.keys(activations).filter((word) => !words.has(word))).toEqual([])
})

function named(values: Given): Tensors {
  return Array.isArray(values) || ArrayBuffer.isView(values) ? { prediction: values as number[] } : values
}

function closeValues(actual: Values, expected: Values): void {
  const listed = (values: Values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]))
  closeAll(listed(actual), listed(expected))
}

function closeState({ parameters, buffers }: Trainer, expected: After): void {
  closeAll(parameters, expected.parameters)
  closeAll(buffers, expected.buffers ?? {})
}
