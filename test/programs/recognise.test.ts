import { describe, expect, test } from 'vitest'
import { compile, describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { loadNetwork, type Network } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { functions } from '../calculus/idioms/functions.ts'
import { instantiate, type Emitted } from '../support/emitted.ts'

function load(spec: object, functionText = ''): Promise<Network> {
  const readFile = () => Promise.resolve(functionText)
  return loadNetwork(readSpecText({ file: 'case.net.json', text: JSON.stringify(spec) }, { readFile }))
}

async function moduleOf(spec: object, functionText = ''): Promise<Emitted> {
  return instantiate(await renderModule(await describeModule(await load(spec, functionText), 'case.net.json')))
}

/** A formula in TypeScript. */
function asTypescript(formula: string): string {
  const code = formula.replaceAll(/\b(exp|log|sqrt|tanh|abs|max)\(/g, 'Math.$1(').replaceAll('^', '**')
  return `const e = Math.E\nexport const f = (x: number): number => ${code.replace(/\be\b/g, 'e')}\n`
}

/** Functions that TypeScript hasn't, and powers of negatives, which it writes otherwise. */
const onlyInFormulas = /sigmoid|softplus|erf|\^-|-.*\^/

const written = Object.values(functions).flatMap(({ spellings, isDefined }) =>
  spellings.filter((text) => !onlyInFormulas.test(text)).map((text) => ({ text, isDefined })),
)

const points = [-1e4, -300, -89, -20, -1, -0.01, 0.01, 0.5, 3, 30, 89, 300, 1e4]

describe('formulas, equations and functions are recognised alike', () => {
  test.each(written)('$text', async ({ text, isDefined = () => true }) => {
    const train = { batch: 16 }
    const emit = { inputGradient: true, precision: 'f64' }
    const layered = { input: 1, loss: { expression: 'p * y' }, train, emit }
    const equations = { inputs: { x: 1 }, targets: { y: 1 }, parameters: { a: 'scalar' }, train, emit }
    const modules = [
      await moduleOf({ ...layered, layers: [{ scale: [] }, { expression: text }] }),
      await moduleOf({ ...layered, layers: [{ scale: [] }, { function: './f.ts#f' }] }, asTypescript(text)),
      await moduleOf({
        ...equations,
        equations: [`u = a * x`, `q = ${text.replaceAll(/\bx\b/g, 'u').replaceAll(' * ', ' .* ')}`, 'ℓ = mean(q .* y)'],
        output: 'q',
        loss: 'ℓ',
      }),
    ]
    const x = points.filter(isDefined)
    const results = modules.map((module) => {
      const trainer = module.createTrainer()
      for (const tensor of Object.values(trainer.parameters)) tensor.fill(1)
      const prediction = [...trainer.predict(x)]
      trainer.gradient(
        x,
        x.map(() => x.length),
      )
      return { prediction, slopes: [...(trainer.inputGradient as Float64Array)].slice(0, x.length) }
    })
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
  })
})

describe('networks on raw data', () => {
  const random = (k: number) => 1000 * Math.sin(12.9898 * k)
  const x = Array.from({ length: 64 }, (_, k) => random(k))
  const y = Array.from({ length: 32 }, (_, k) => random(k) / 1000)
  const activations = Object.entries(functions).filter(
    ([name]) => !/square|normal|inverse|one more|falling exp|less one|root of a sum/.test(name),
  )

  test.each(activations.flatMap(([, { spellings }]) => spellings.slice(0, 3)))('%s', async (text) => {
    const layers = [{ linear: 4 }, { expression: text }, { linear: 1 }]
    const { createTrainer } = await moduleOf({ input: 2, layers, loss: 'mse', train: { batch: 8, epochs: 2 } })
    const trainer = createTrainer({ seed: 1 })
    trainer.fit(x, y)
    for (const tensor of Object.values(trainer.parameters)) expect([...tensor].every(Number.isFinite)).toBe(true)
  })
})

test('an idiom spans layers: a loss by hand of what a layer of logistic functions gives', async () => {
  const layers = [{ linear: 1 }, 'sigmoid']
  const byHand = { input: 1, layers, loss: { expression: '-(y * log(p) + (1 - y) * log(1 - p))' } }
  const { text } = await compile(await load(byHand), 'case.net.json')
  const trainer = (await instantiate(text)).createTrainer()
  trainer.parameters['linear0.weight']![0] = 1
  expect(trainer.loss([500, -500], [0, 1])).toBe(500)
  trainer.gradient([500], [0])
  expect(trainer.gradients['linear0.weight']![0]).toBe(500)
})

test('what has become another node keeps its name, and its equation shows what is computed', async () => {
  const { text } = await compile(
    await load({
      inputs: { x: 'scalar' },
      targets: { y: 'scalar' },
      parameters: { w: 'scalar' },
      equations: ['z = w * x', 's = 1 / (1 + exp(-z))', 'ℓ = -(y * log(s) + (1 - y) * log(1 - s))'],
      output: 's',
      loss: 'ℓ',
    }),
    'case.net.json',
  )
  expect(text).toContain('// s = sigmoid(z)')
  expect(text).toContain('// l = ')
  expect(text).not.toContain('log(s)')
})
