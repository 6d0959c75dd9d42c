import { describe, expect, test } from 'vitest'
import { compile, type CompileOptions } from '../../src/compile.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { importText } from '../support/emitted.ts'
import { engine } from '../support/webAssembly.ts'

const spec = (emit: string) => `
input: 6
layers: [linear: 9, relu, linear: 3]
loss: mse
train: { batch: 5, optimizer: { sgd: { momentum: 0.9 } }, clip: { norm: 0.5 } }
emit: { precision: f64, ${emit} }
`

async function compiled(emit: string, options?: CompileOptions) {
  return compile(await loadNetwork(readSpecText({ file: 'a.net.yaml', text: spec(emit) })), 'a.net.yaml', options)
}

describe('a compiled module', () => {
  test('is TypeScript alone unless the spec or, before it, the option says otherwise', async () => {
    for (const module of [await compiled(''), await compiled('target: wasm, wasm: file', { target: 'typescript' })]) {
      expect(module.beside).toEqual({})
      expect(module.text).not.toContain('WebAssembly')
    }
  })

  test('comes with the files that belong beside it', async () => {
    const { beside } = await compiled('wasm: file', { target: 'wasm' })
    expect(engine.validate(beside['.wasm'] as Uint8Array)).toBe(true)
    expect(beside['.wat']).toContain(';; f0 = beta0 + Omega0 x\n')
    expect(Object.keys((await compiled('target: wasm')).beside)).toEqual(['.wat'])
  })

  test.each(['typescript', 'wasm'] as const)('says of each kernel what it computes, and how: %s', async (target) => {
    const { kernels = [] } = (await compiled('', { target })).description
    const forward = kernels.find(({ name }) => name === 'forward_h1')!
    expect(forward.equations[0]).toBe('f0 = beta0 + Omega0 x')
    expect(forward.programs).toEqual(['predict', 'loss', 'gradient'])
    expect(forward.loops).toMatch(/^for b: batch, i: \d+; sum over k: 6; .*\d [bi]/)
    const update = kernels.at(-1)!
    expect([update.name, update.programs]).toEqual(['update', ['update']])
    expect(update.equations.at(-1)).toMatch(/^parameters <- /)
    expect(kernels.filter(({ programs }) => programs.length === 0)).toEqual([])
  })

  test('trains alike for both targets', async () => {
    const x = Float64Array.from({ length: 13 * 6 }, (_, i) => Math.sin(3 * i))
    const y = Float64Array.from({ length: 13 * 3 }, (_, i) => Math.cos(5 * i))
    const runs = []
    for (const target of ['typescript', 'wasm'] as const) {
      const trainer = (await importText((await compiled('', { target })).text)).createTrainer()
      const losses = trainer.fit(x, y, { epochs: 20 }).map(({ loss }) => loss)
      runs.push([...losses, ...trainer.predict(x)])
    }
    const [expected, actual] = runs as [number[], number[]]
    expect(actual).toHaveLength(20 + 13 * 3)
    actual.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-12))
    expect(expected[19]!).toBeLessThan(expected[0]!)
  })
})
