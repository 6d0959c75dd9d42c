import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { compile, describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { erased } from '../../src/emit/erase.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { instantiate } from '../support/emitted.ts'
import { strictMistakes } from '../support/strict.ts'

/* Inference alone, `emit: { only: model }`, against the module that trains. */

const asksOfTrainers = `
metrics: [r2, mae]
train: { batch: 4, optimizer: nadam, clip: { norm: 1 }, patience: 2, schedule: { plateau: {}, warmup: { epochs: 2, start: 0.1 } } }
emit: { hessianProduct: true, inputGradient: true, memory: recompute }`

/** Specs, and how many numbers a sample of each input has. */
const specs = {
  'what is asked of trainers': {
    spec: `input: 3\nlayers: [linear: 5, gelu, layerNorm, linear: 4, softmax]\nloss: mse${asksOfTrainers}`,
    inputs: { x: 3 },
  },
  'statistics and masks': {
    spec: `
input: [2, 6, 6]
layers: [conv2d: { channels: 3, kernel: 3 }, batchNorm, silu, { maxPool2d: 2 }, flatten, dropout, { linear: 3, frozen: true }]
loss: { crossEntropy: { ignoreIndex: -1 } }
train: { batch: 4 }`,
    inputs: { x: 72 },
  },
  'a recurrence': {
    spec: 'input: [5, 3]\nlayers: [lstm: { units: 4, sequences: true }, { attention: 2 }, { gru: 3 }]\nloss: mse\ntrain: { batch: 4 }',
    inputs: { x: 15 },
  },
  'starts from data': {
    spec: 'input: 4\ninit: lsuv\nlayers: [linear: 4, actNorm, tanh, linear: 2]\nloss: mse\ntrain: { batch: 4 }',
    inputs: { x: 4 },
  },
  'several outputs and objectives': {
    spec: `
inputs: { x: 2, z: 3, unread: scalar }
targets: { y: scalar }
networks: { f: { input: 5, layers: [linear: 4, tanh, linear: 2] }, g: { input: 2, layers: [linear: 1] } }
equations:
  - h = f(concat(x, z))
  - v = sum(g(h))
  - both = outer(h, x)
  - a = (v - y)^2 + unread^2
  - b = dot(h, h) + dropout(y, 0.5)
output: [v, both]
objectives: { first: { loss: a, trains: [g] }, second: { loss: b, trains: [f], optimizer: lion } }
train: { batch: 4 }`,
    inputs: { x: 2, z: 3 },
  },
} as const

/** Single precision in TypeScript, where it is open where kernels round; and the other target and precision. */
const kinds = [
  { target: 'typescript', precision: 'f32' },
  { target: 'wasm', precision: 'f64' },
] as const

const load = (spec: string) => loadNetwork(readSpecText({ file: 'test.net.yaml', text: spec }))

/** Numbers for so many samples, as a module takes them. */
function samplesOf(inputs: Readonly<Record<string, number>>, count: number) {
  const list = Object.entries(inputs).map(([name, size], k) => [
    name,
    Float64Array.from({ length: count * size }, (_, i) => Math.sin(1.7 * i + k)),
  ])
  return (list.length === 1 ? list[0]![1] : Object.fromEntries(list)) as never
}

describe.each(Object.entries(specs))('inference alone, with %s', (_, { spec, inputs }) => {
  test.each(kinds)('in $target predicts as the trainer does whose file it loads, to the last bit', async (kind) => {
    const network = await load(spec)
    const whole = await instantiate(await renderModule(await describeModule(network, '', kind)))
    const alone = await instantiate(await renderModule(await describeModule(network, '', { ...kind, only: 'model' })))
    const [trainer, model] = [whole.createTrainer({ seed: 1 }), alone.createModel({ seed: 1 })]
    const x = samplesOf(inputs, 11)
    expect(model.predict(x)).toEqual(trainer.predict(x))
    for (const tensors of [trainer.parameters, trainer.buffers])
      for (const view of Object.values(tensors)) view.forEach((value, i) => (view[i] = value + 0.3 * Math.cos(i)))
    model.load(trainer.save())
    expect(model.predict(x)).toEqual(trainer.predict(x))
    expect(whole.network).toMatchObject(alone.network)
  })

  test('has the kernels of inference alone in its file of WebAssembly', async () => {
    const { emit, ...given } = await load(spec)
    const network = { ...given, emit: { ...emit, target: 'wasm', wasm: 'file' } } as const
    const exported = async (only?: 'model') => {
      const { beside } = await compile(network, 'test.net.yaml', { ...(only && { only }) })
      const list = runInNewContext('WebAssembly.Module.exports(new WebAssembly.Module(bytes))', {
        bytes: beside['.wasm'],
      })
      return (list as readonly { readonly name: string }[]).map(({ name }) => name)
    }
    expect(await exported('model')).toEqual(['predict'])
    expect((await exported()).length).toBeGreaterThan(3)
  })

  test('has nothing of a trainer, and is right under strict', async () => {
    const { text, description } = await compile(await load(spec), 'test.net.yaml', { only: 'model' })
    expect(Object.keys(description.programs)).toEqual(['predict'])
    const exported = ['type Vector', 'type ParameterName', 'interface Options', 'interface Model']
    expect(text.match(/(?<=^export )(?:const|function|interface|type) \w+/gm)).toEqual([
      ...exported,
      'const network',
      'function createModel',
    ])
    expect(erased(text).match(/[tT]rainer|[gG]radient|optimizer|adjoint|loss|dropout|encode/g)).toBeNull()
    expect(Object.keys((await instantiate(text)).createModel())).toEqual(['parameters', 'buffers', 'predict', 'load'])
    expect(strictMistakes([['module.ts', text]])).toBe('')
  })
})
