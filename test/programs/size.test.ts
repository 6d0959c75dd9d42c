import { describe, test } from 'vitest'
import { lowerNetwork } from '../../src/compile.ts'
import { expectMarkedBy, load, type Expected } from '../language/marked.ts'

const refuses = (marked: string, ...expected: readonly Expected[]) =>
  expectMarkedBy(async (text) => lowerNetwork(await load(text)), marked, ...expected)

describe('memory over 2 GiB is refused where most of it comes from', () => {
  test('by its largest tensors, with what makes it smaller', () =>
    refuses(
      'input: 100\nlayers:\n  - linear: 100\n  - linear: 2000\n  - «tanh»\n  - linear: 1\nloss: mse\ntrain: { batch: 100000 }\nemit: { precision: f64 }',
      [
        'limit',
        'the largest tensors are tanh0 [2000] (1,600,000,000), ',
        'try train.batch: 63000 or emit.memory: recompute or emit.precision: f32 or smaller layers',
      ],
    ))

  test('at an equation', () =>
    refuses(
      'inputs: { x: 300 }\ntargets: { y: scalar }\nparameters: { A: [60000, 300] }\nequations:\n  - «h = A * x»\n  - p = sum(sin(h))\n  - l = p * y\noutput: p\nloss: l\ntrain: { batch: 6000 }',
      [
        'limit',
        'the largest tensors are h [60000] (1,440,000,000)',
        'try train.batch: 3800 or emit.memory: recompute or smaller layers',
      ],
    ))

  test('at an input', () =>
    refuses('input: «[1000, 1000]»\nlayers: [flatten, linear: 1]\nloss: mse\ntrain: { batch: 1000 }', [
      'limit',
      'the input makes a tensor of over 2 GiB: [1000, 1000] with batches of 1,000',
      'at most 536 would fit',
    ]))

  test('of tensors within a layer, though their sizes are no whole numbers any more', () =>
    refuses(
      'input: [400000000, 1]\nlayers:\n  - «attention»: 1\n  - globalAveragePool\nloss: mse\ntrain: { batch: 1, optimizer: sgd }',
      ['limit', 'attention0 [1, 400000000, 400000000]', 'try smaller layers'],
    ))

  test('of margins', () =>
    refuses(
      'input: [1, 4, 4]\nlayers:\n  - «conv2d»: { channels: 1, kernel: 3, padding: 1000000000, stride: 1000000000 }\n  - flatten\n  - linear: 1\nloss: mse\ntrain: { batch: 1 }',
      ['limit', 'conv2d0 [1, 2000000004, 2000000004]'],
    ))

  test('of parameters', () =>
    refuses(
      'input: 8000\nlayers:\n  - linear: 8000\n  - tanh\n  - linear: 8000\n  - tanh\n  - «linear»: 8000\nloss: mse',
      [
        'limit',
        'of over 2 GiB: here linear2.weight of [8000, 8000]',
        'the largest before it are linear0.weight [8000, 8000], linear1.weight [8000, 8000], linear0.bias [8000]',
      ],
    ))
})
