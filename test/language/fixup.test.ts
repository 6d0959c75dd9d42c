import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.ts'
import * as runtime from '../../src/runtime/initializers.ts'
import { expectMarked, load } from './marked.ts'

/**
 * The standard deviation of each weight that these layers on a vector of 8 have, over heNormal's; of others, null. All layers are
 * 8 wide, so heNormal's is 1/2.
 */
async function factors(layers: string, init = 'fixup'): Promise<Record<string, number | null>> {
  const { parameters } = await load(`input: 8\nlayers: [${layers}]\nloss: mse\ninit: ${init}`)
  return Object.fromEntries(
    parameters
      .filter(({ shape }) => shape.length === 2)
      .map(({ name, initial }) => {
        const [number] = initial.arguments
        const isZero = initial.function === 'constant' && number === 0
        return [
          name.replace(/\.(in_proj_)?weight$/, ''),
          isZero ? 0 : initial.function === 'normal' ? number! * 2 : null,
        ]
      }),
  )
}

async function expectFactors(layers: string, expected: Record<string, number | null>): Promise<void> {
  const found = await factors(layers)
  expect(Object.keys(found)).toEqual(Object.keys(expected))
  for (const [name, factor] of Object.entries(expected)) {
    if (factor === null) expect(found[name], name).toBeNull()
    else expect(found[name], name).toBeCloseTo(factor, 14)
  }
}

describe('fixup', () => {
  const two = 'linear: 8, relu, linear: 8'

  it('scales the weights in branches by L^(-1/(2m - 2)); the last of each and the classifier are 0', () =>
    expectFactors(
      `linear: 8, residual: [${two}], residual: [linear: 8, relu, ${two}], residual: [linear: 8], linear: 8`,
      {
        linear0: 1,
        'residual0.linear0': 3 ** (-1 / 2),
        'residual0.linear1': 0,
        'residual1.linear0': 3 ** (-1 / 4),
        'residual1.linear1': 3 ** (-1 / 4),
        'residual1.linear2': 0,
        'residual2.linear0': 0,
        linear1: 0,
      },
    ))

  it('leaves biases, scales and shifts where they start', async () => {
    const { parameters } = await load(
      `input: 8\nlayers: [residual: [shift, linear: 8, shift, relu, shift, linear: 8, scale, shift], linear: 3]\nloss: mse\ninit: fixup`,
    )
    const others = parameters.filter(({ shape }) => shape.length < 2)
    expect(others.map(({ initial }) => initial)).toEqual(
      others.map(({ name }) => ({ function: 'constant', arguments: [name.includes('scale') ? 1 : 0] })),
    )
  })

  it('counts only branches with weights', () =>
    expectFactors(`residual: [${two}], residual: [relu], residual: [scale, shift], residual: [${two}]`, {
      'residual0.linear0': 2 ** (-1 / 2),
      'residual0.linear1': 0,
      'residual3.linear0': 2 ** (-1 / 2),
      'residual3.linear1': 0,
    }))

  it("doesn't take what stands before the last residual layer, or beside it, for the classifier", async () => {
    await expectFactors(`linear: 8, residual: [linear: 8]`, { linear0: 1, 'residual0.linear0': 0 })
    await expectFactors(`linear: 8, { residual: { layers: [linear: 8], shortcut: [linear: 8] } }`, {
      linear0: 1,
      'residual0.linear0': 0,
      'residual0.shortcut.linear0': 1,
    })
    await expectFactors('linear: 8, relu, linear: 8, tanh', { linear0: 1, linear1: 0 })
  })

  it('ends in several classifiers where the network does', () =>
    expectFactors(`residual: [linear: 8], linear: 8, concat: [[${two}], [linear: 8]]`, {
      'residual0.linear0': 0,
      linear0: 1,
      'concat0.branch0.linear0': 1,
      'concat0.branch0.linear1': 0,
      'concat0.branch1.linear0': 0,
    }))

  it('a layer that names its own initializer keeps it, and counts', () => {
    const own = 'linear: { units: 8, init: orthogonal }'
    return expectFactors(`residual: [${own}, ${two}], residual: [linear: 8, ${own}], ${own}`, {
      'residual0.linear0': null,
      'residual0.linear1': 2 ** (-1 / 4),
      'residual0.linear2': 0,
      'residual1.linear0': 2 ** (-1 / 2),
      'residual1.linear1': null,
      linear0: null,
    })
  })

  it('a branch in a branch is one of its own; a shortcut in a branch belongs to that', () =>
    expectFactors(
      `residual: [linear: 8, { residual: { layers: [${two}], shortcut: [linear: 8] } }, linear: 8],
       { residual: { layers: [linear: 8], shortcut: [linear: 8, residual: [${two}]] } }`,
      {
        'residual0.linear0': 4 ** (-1 / 4),
        'residual0.residual0.linear0': 4 ** (-1 / 2),
        'residual0.residual0.linear1': 0,
        'residual0.residual0.shortcut.linear0': 4 ** (-1 / 4),
        'residual0.linear1': 0,
        'residual1.linear0': 0,
        'residual1.shortcut.linear0': 1,
        'residual1.shortcut.residual0.linear0': 4 ** (-1 / 2),
        'residual1.shortcut.residual0.linear1': 0,
      },
    ))

  it('joined branches are ways side by side: m is the length of the shortest one through a weight', async () => {
    const block = `residual: [linear: 8, concat: [[${two}], [linear: 8], []], linear: { units: 8 }]`
    await expectFactors(`${block}, ${block}`, {
      'residual0.linear0': 2 ** (-1 / 2),
      'residual0.concat0.branch0.linear0': 2 ** (-1 / 6),
      'residual0.concat0.branch0.linear1': 2 ** (-1 / 6),
      'residual0.concat0.branch1.linear0': 2 ** (-1 / 4),
      'residual0.linear1': 0,
      'residual1.linear0': 2 ** (-1 / 2),
      'residual1.concat0.branch0.linear0': 2 ** (-1 / 6),
      'residual1.concat0.branch0.linear1': 2 ** (-1 / 6),
      'residual1.concat0.branch1.linear0': 2 ** (-1 / 4),
      'residual1.linear1': 0,
    })
    await expectFactors(`residual: [linear: 8, concat: [[linear: 5], [linear: 3]]], residual: [linear: 8]`, {
      'residual0.linear0': 2 ** (-1 / 2),
      'residual0.concat0.branch0.linear0': 0,
      'residual0.concat0.branch1.linear0': 0,
      'residual1.linear0': 0,
    })
  })

  it.each([
    two,
    'shift, linear: 8, shift, relu, shift, linear: 8, scale, shift',
    'linear: 4, concat: [[], [linear: 4]]',
    'concat: [[linear: 4, linear: 4], [linear: 3, tanh], [linear: 1]]',
    'linear: 8, residual: [linear: 8]',
    'linear: 8, { residual: { layers: [linear: 8], shortcut: [linear: 8, tanh] } }',
    'linear: 8, prelu, linear: { units: 8, bias: false }, residual: [relu, linear: 8]',
  ])('makes a branch start as nothing: [%s]', async (branch) => {
    const {
      outputs: [output],
      parameters,
    } = await load(`input: 8\nlayers: [residual: [${branch}]]\nloss: mse\ninit: fixup`)
    const values = parameters.map(({ name, shape, initial }, stream) => {
      const view = new Float64Array(shape.reduce((product, extent) => product * extent, 1))
      ;(runtime[initial.function] as (view: Float64Array, ...numbers: number[]) => void)(
        view,
        ...initial.arguments,
        1,
        stream,
      )
      return [name, view]
    })
    const x = [1, -2, 3, -4, 5, -6, 7, -8]
    const [y] = evaluate([output!], { batch: 1, inputs: { x }, parameters: Object.fromEntries(values) })
    expect([...y!]).toEqual(x)
  })

  it('attention has two weights, one after the other', async () => {
    const { parameters } = await load(
      `input: [3, 8]\nlayers: [residual: [attention: 2], residual: [attention: 2]]\nloss: mse\ninit: fixup`,
    )
    expect(parameters.filter(({ shape }) => shape.length === 2).map(({ initial }) => initial)).toEqual([
      { function: 'normal', arguments: [0.5 / 2 ** (1 / 2)] },
      { function: 'constant', arguments: [0] },
      { function: 'normal', arguments: [0.5 / 2 ** (1 / 2)] },
      { function: 'constant', arguments: [0] },
    ])
  })

  it('takes kernels for what they are', async () => {
    const block =
      'residual: [conv1d: { channels: 2, kernel: 3, padding: 1 }, conv1d: { channels: 2, kernel: 3, padding: 1 }]'
    const { parameters } = await load(`input: [2, 5]\nlayers: [${block}, ${block}]\nloss: mse\ninit: fixup`)
    expect(parameters.filter(({ shape }) => shape.length === 3).map(({ initial }) => initial)).toEqual([
      { function: 'normal', arguments: [Math.sqrt(2 / 6) / 2 ** (1 / 2)] },
      { function: 'constant', arguments: [0] },
      { function: 'normal', arguments: [Math.sqrt(2 / 6) / 2 ** (1 / 2)] },
      { function: 'constant', arguments: [0] },
    ])
  })

  it('leaves recurrent layers and embeddings, which have a start of their own, as they are', async () => {
    const layers = 'residual: [linear: 8, gru: { units: 8, sequences: true }, linear: 8], residual: [linear: 8]'
    const recurrent = async (init: string) => {
      const { parameters } = await load(
        `input: { shape: 3, index: 5 }\nlayers: [embedding: 8, ${layers}]\nloss: mse\ninit: ${init}`,
      )
      return parameters.filter(({ name }) => /gru|embedding/.test(name)).map(({ initial }) => initial)
    }
    expect(await recurrent('fixup')).toHaveLength(5)
    expect(await recurrent('fixup')).toEqual(await recurrent('zeros'))
  })

  it('is for a whole network of layers', async () => {
    const expected = [
      'wrong-type',
      "expected an initializer for a parameter by itself, got 'fixup'",
      "fixup is for a whole network of layers: give it as the network's init",
    ] as const
    await expectMarked('input: 4\nlayers: [linear: { units: 3, init: «fixup» }]\nloss: mse', expected)
    await expectMarked('input: 4\nlayers: [linear: { units: 3, init: «{ fixup: {} }» }]\nloss: mse', [
      'wrong-type',
      undefined,
      'fixup is for',
    ])
    const equations = (parameter: string, init: string) =>
      `inputs: { x: scalar }\ntargets: { y: scalar }\nparameters: { w: ${parameter} }\nequations: [p = x * w, l = (p - y)^2]\noutput: p\nloss: l\ninit: ${init}`
    await expectMarked(equations('{ shape: scalar, init: «fixup» }', 'zeros'), expected)
    await expectMarked(equations('scalar', '«fixup»'), expected)
    await expectMarked('input: 4\nlayers: [linear: 3]\nloss: mse\ninit: { fixup: «2» }', [
      'wrong-type',
      'fixup takes no single argument',
    ])
  })
})
