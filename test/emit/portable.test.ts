import { describe, expect, test } from 'vitest'
import { describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { printPortable } from '../../src/targets/typescript/mathematics.ts'
import { uniformRandom } from '../property/network.ts'
import { load } from '../language/marked.ts'
import { emitted, importText, type Emitted } from '../support/emitted.ts'

/** Every transcendental op but tan, in the forward pass or in derivatives, and in start values, clipping, updates and the schedule. */
const spec = (emit: string) => `
input: 4
init: { truncatedNormal: { std: 0.3 } }
layers: [linear: 5, tanh, linear: 5, gelu, linear: 5, softplus, linear: 5, sigmoid, linear: 5, sin, linear: 5, elu, expression: log(2 + x), linear: 3]
loss: crossEntropy
train: { batch: 6, optimizer: nadam, clip: { norm: 1 }, schedule: { exponential: { factor: 0.9 } } }
emit: { ${emit} }`

const textOf = async (emit: string) => renderModule(await describeModule(await load(spec(emit)), 'test.net.yaml'))

const random = uniformRandom(11)
const x = Float64Array.from({ length: 24 }, () => 6 * random() - 3)
const y = Float64Array.from({ length: 6 }, () => Math.floor(3 * random()))

/** Losses, gradients and outputs of a few steps. */
const run = ({ createTrainer }: Emitted) => {
  const trainer = createTrainer({ seed: 2 })
  const results = [trainer.gradient(x, y), ...Object.values(trainer.gradients).flatMap((view) => [...view])]
  for (let step = 0; step < 5; step++) results.push(trainer.step(x, y))
  trainer.nextEpoch()
  return [...results, trainer.learningRate, trainer.step(x, y), trainer.loss(x, y), ...trainer.predict(x)]
}

describe('a module with portable mathematics', () => {
  test('trains as one with the engine’s, but for rounding', async () => {
    const modules = ['math: engine', 'math: portable'].map(async (math) => emitted(spec(`${math}, precision: f64`)))
    const [engine, portable] = (await Promise.all(modules)).map(run) as [number[], number[]]
    const size = Math.max(...engine.map(Math.abs))
    engine.forEach((value, k) => expect(Math.abs(portable[k]! - value)).toBeLessThan(1e-12 * size))
  })

  test('stores either precision', async () => {
    const [engine, portable] = [await textOf('math: engine'), await textOf('math: portable')]
    const expected = run(await importText(engine))
    const results = run(await importText(portable))
    results.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 5))
  })

  test('asks the engine for arithmetic and roots alone, and has each function once that it uses', async () => {
    const text = await textOf('math: portable')
    const asked = new Set([...text.matchAll(/\bMath\.(\w+)/g)].map(([, name]) => name!))
    const exact = ['PI', 'abs', 'ceil', 'floor', 'max', 'min', 'sign', 'sqrt', 'trunc']
    expect([...asked].filter((name) => !exact.includes(name))).toEqual([])
    // Powers are of numbers, which make numbers.
    expect(
      [...text.matchAll(/(\S+) \*\* (\S+)/g)].map(([power]) => power).filter((power) => !/^\(?\d/.test(power)),
    ).toEqual([])
    const functions = [...text.matchAll(/^function (\w+)/gm)].map(([, name]) => name!)
    const own = printPortable().map(({ name }) => name)
    expect(functions.filter((name) => own.includes(name)).sort()).toEqual(own.filter((name) => name !== 'tan').sort())
  })

  test('has none of it where the engine computes', async () => {
    expect(await textOf('math: engine')).not.toMatch(/powerOfTwo|exponentOf|nearest|reducedAngle|BigInt\(/)
    expect(await textOf('math: engine')).toBe(await textOf(''))
  })

  test('says what each function is', () => {
    const { source, text } = printPortable().find(({ name }) => name === 'exp')!
    expect(`/** ${source}. */\n${text}`).toMatchInlineSnapshot(`
      "/** e^x = 2^k e^r with r = x - k log 2, after Sun Microsystems' fdlibm (1993). */
      function exp(x: number): number {
      const t0 = Math.min(Math.max(x, -746), 710)
      const t1 = nearest(t0 * 1.4426950408889634) + 0
      const t2 = t1 * 1.9082149292705877e-10
      const t3 = t0 - t1 * 0.6931471803691238
      const t4 = t3 - t2
      const t5 = t4 * t4
      const t6 = t4 - t5 * (0.16666666666666602 + t5 * (-0.0027777777777015593 + t5 * (0.00006613756321437934 + t5 * (-0.0000016533902205465252 + t5 * 4.1381367970572385e-8))))
      const t7 = nearest(t1 * 0.5)
      return (1 - (t2 - t4 * t6 / (2 - t6) - t3)) * powerOfTwo(t7) * powerOfTwo(t1 - t7)
      }"
    `)
    expect(
      printPortable()
        .map(({ source }) => source)
        .join(''),
    ).toMatch(/^[\x20-\x7e]*$/)
  })
})
