import { describe, expect, test } from 'vitest'
import { describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { load } from '../language/marked.ts'
import { emitted } from '../support/emitted.ts'

/* Kernels in TypeScript compute in doubles and store single precision; what is computed again must be what was stored. */

const specOf = (layers: string, precision: 'f32' | 'f64') =>
  `input: [1, 4]\nlayers: ${layers}\nloss: mse\ntrain: { batch: 2 }\nemit: { precision: ${precision} }`

const gradients = async (layers: string, precision: 'f32' | 'f64') => {
  const trainer = (await emitted(specOf(layers, precision))).createTrainer({ seed: 1 })
  for (const view of Object.values(trainer.parameters)) view.forEach((_, i) => (view[i] = Math.fround(0.7 + 0.13 * i)))
  trainer.gradient([0.1, 0.7, -0.3, 0.2, 0.5, -0.4, 0.9, 0.3], [1, -1])
  return Object.values(trainer.gradients).flatMap((view) => [...view])
}

describe('in single precision the derivative goes to the largest element', () => {
  test.each([
    '[scale: [1], shift: [1], maxPool1d: 2, flatten, linear: 1]',
    '[actNorm, maxPool1d: 2, flatten, linear: 1]',
    '[tanh, { expression: "x * 1.1 + 0.3" }, maxPool1d: { kernel: 2, stride: 1 }, flatten, linear: 1]',
    '[{ prelu: 0.3 }, maxPool1d: 2, flatten, linear: 1]',
    '[{ conv1d: { channels: 2, kernel: 1 } }, gelu, maxPool1d: 2, flatten, linear: 1]',
  ])('of %s', async (layers) => {
    const [single, double] = [await gradients(layers, 'f32'), await gradients(layers, 'f64')]
    const size = Math.max(...double.map(Math.abs))
    double.forEach((value, k) => expect(Math.abs(single[k]! - value)).toBeLessThan(1e-5 * size))
  })
})

const textOf = async (layers: string) => renderModule(await describeModule(await load(specOf(layers, 'f32')), 'test'))

test('what lies in memory is compared as it is', async () => {
  expect(await textOf('[linear: 4, relu, maxPool1d: 2, flatten, linear: 1]')).not.toContain('fround')
  expect(await textOf('[scale: [1], maxPool1d: 2, flatten, linear: 1]')).toContain('Math.fround(')
})
