import { describe, expect, it, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { verify } from '../../src/verify/verify.ts'
import { expectMarked, load } from '../language/marked.ts'
import { emitted, instantiate } from '../support/emitted.ts'
import { strictMistakes } from '../support/strict.ts'

const spec = (output: string, more = '') => `
name: several
inputs: { x: 2, t: scalar }
targets: { y: scalar }
parameters: { A: [3, 2], b: scalar }
equations:
  - α = tanh(A * x)
  - v = sum(α) * b
  - w = v * t
  - ℓ = (w - y)^2
output: ${output}
loss: ℓ
train: { batch: 4 }
${more}`

const x = {
  x: Float64Array.from({ length: 18 }, (_, k) => Math.sin(k)),
  t: Float64Array.from({ length: 9 }, (_, k) => k),
}

describe.each(['typescript', 'wasm'])('a list of outputs in %s', (target) => {
  test('is predicted as a record by names, of any number of samples', async () => {
    const { network, createModel } = await emitted(spec('[w, α]', `emit: { target: ${target}, precision: f64 }`))
    expect(network.output).toEqual({ w: [], alpha: [3] })
    const model = createModel({ parameters: { A: [1, 2, 3, 4, 5, 6], b: [0.5] } })
    const { w, alpha } = model.predict(x) as unknown as Record<'w' | 'alpha', Float64Array>
    expect([w.length, alpha.length]).toEqual([9, 27])
    for (let k = 0; k < 9; k++) {
      const rows = [0, 1, 2].map((i) => Math.tanh((2 * i + 1) * x.x[2 * k]! + (2 * i + 2) * x.x[2 * k + 1]!))
      rows.forEach((value, i) => expect(alpha[3 * k + i]).toBeCloseTo(value, 14))
      expect(w[k]).toBeCloseTo(0.5 * rows.reduce((sum, value) => sum + value, 0) * k, 13)
    }
  })

  test('of one is a record too', async () => {
    const { network, createModel } = await emitted(spec('[w]', `emit: { target: ${target} }`))
    expect(network.output).toEqual({ w: [] })
    expect(Object.keys(createModel().predict(x))).toEqual(['w'])
  })
})

test('inputs that no output depends on may be left out, and aren’t read', async () => {
  const { createModel, createTrainer } = await emitted(spec('v'))
  const model = createModel({ seed: 2 })
  const whole = model.predict(x)
  expect(whole).toHaveLength(9)
  expect(model.predict({ x: x.x })).toEqual(whole)
  expect(model.predict({ x: x.x, t: 'none' as never })).toEqual(whole)
  expect(() => model.predict({ t: x.t } as never)).toThrow(TypeError)
  expect(() => model.predict({ x: x.x, z: x.t } as never)).toThrow('got z')
  expect(() => createTrainer().loss({ x: x.x }, x.t)).toThrow(TypeError)
})

test('inputs count the samples of outputs that depend on none', async () => {
  const { createModel } = await emitted(spec('n').replace('  - ℓ', '  - n = uniform(v)\n  - ℓ'))
  expect([...createModel().predict(x)]).toEqual(Array.from({ length: 9 }, () => 0.5))
})

test.each(['v', '[w]', '[α, v]', '[w, α, v]'])('modules of output: %s pass the strictest checks', async (output) => {
  for (const target of ['typescript', 'wasm'] as const) {
    const { text } = await compile(await load(spec(output)), 'several.net.yaml', { target })
    expect(strictMistakes([['several.ts', text]])).toBe('')
  }
})

test('the interpreter agrees, in all ways', async () => {
  const network = await load(spec('[w, α]'))
  const { checks } = await verify(network, 'several.net.yaml', { instantiate })
  expect(checks.filter(({ differences }) => differences.length > 0)).toEqual([])
})

test('a network with one output, of all its inputs, predicts as before', async () => {
  const { text } = await compile(await load(spec('w')), 'several.net.yaml')
  expect(text).not.toMatch(/predictEach|Prediction/)
})

describe('a list of outputs', () => {
  it('names equations', () => expectMarked(spec('[w, «u»]'), ['unknown-name', "no equation defines 'u'"]))
  it('names each once', () => expectMarked(spec('[w, «w»]'), ['name-clash', "'w' is listed twice"]))
  it('has names', () => expectMarked(spec('«[]»'), ['out-of-range']))
  it('depends on no target', () => expectMarked(spec('[w, «ℓ»]'), ['out-of-range', 'ℓ depends on the target y']))
})
