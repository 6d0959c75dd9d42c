import { expect, test } from 'vitest'
import * as runtime from '../../src/runtime/initializers.ts'
import { initializers, type Initializer } from '../../src/spec/initializers.ts'
import { emitted } from '../support/emitted.ts'

test('a module with every initializer starts as they say', async () => {
  const words = Object.keys(initializers).filter((word) => word !== 'constant')
  const layers = words.map((word) => `  - linear: { units: 6, bias: false, init: ${word} }`).join('\n')
  const module = await emitted(`input: 6\nlayers:\n${layers}\nloss: mse`, { precision: 'f64' })
  const { parameters } = module.createTrainer({ seed: 5 })
  words.forEach((word, index) => {
    const row = initializers[word as keyof typeof initializers] as unknown as Initializer
    const initial = row.initial([6, 6], row.arguments.parse({}))
    const fill = runtime[initial.function] as (view: Float64Array, ...numbers: number[]) => void
    const expected = new Float64Array(36)
    fill(expected, ...initial.arguments, 5, index)
    expect(parameters[`linear${index}.weight`], word).toEqual(expected)
  })
})
