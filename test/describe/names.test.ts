import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeModule } from '../../src/compile.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecFile } from '../../src/host/specFile.ts'
import { load } from '../language/marked.ts'

const folder = new URL('../golden/', import.meta.url).pathname

async function kernelsOf(name: string, target: 'typescript' | 'wasm') {
  const network = await loadNetwork(await readSpecFile(`${folder}${name}/${name}.net.yaml`))
  return (await describeModule(network, `${name}.net.yaml`, { target })).kernels
}

describe.each(readdirSync(folder))('%s', (name) => {
  test.each(['typescript', 'wasm'] as const)('functions and comments go by the same names: %s', async (target) => {
    const kernels = await kernelsOf(name, target)
    const names = kernels.map((kernel) => kernel.name)
    expect(names.filter((name) => /^(adjoint|forward|gradient)(_\d+)?$/.test(name))).toEqual([])

    const lines = kernels.flatMap(({ equations }) => equations)
    const defined = new Set(lines.flatMap((line) => /^(\S+) = /.exec(line)?.[1] ?? []))
    expect(lines.flatMap((line) => line.match(/\bt\d+\b/g) ?? []).filter((name) => !defined.has(name))).toEqual([])
    for (const name of names) {
      const temporary = /_(t\d+)$/.exec(name)?.[1]
      if (temporary !== undefined) expect([...defined]).toContain(temporary)
    }
  })

  test('no comment repeats a long expression of another', async () => {
    const lines = new Set((await kernelsOf(name, 'typescript')).flatMap(({ equations }) => equations))
    const repeated = [...lines].filter((line) => {
      const [, right] = / (?:=|<-) (.*)/.exec(line) ?? []
      return (
        right !== undefined && right.length > 40 && [...lines].some((other) => other !== line && other.includes(right))
      )
    })
    expect(repeated).toEqual([])
  })
})

test('a shared adjoint is called after the symbol whose adjoint it is, and stands under its layer', async () => {
  const network = await load('input: 40\nlayers: [linear: 40, relu, linear: 20]\nloss: mse')
  const { kernels, sections } = await describeModule(network, 'test.net.yaml')
  expect(kernels!.find(({ name }) => name === 'adjoint_f1')!.equations[0]).toMatch(/^dl\/df1 = /)
  expect(sections.find(({ title }) => title === 'linear1')!.functions.join('\n')).toContain('function adjoint_f1(')
})

test('a function that several kernels share is called what they have in common', async () => {
  const network = await load('input: 40\nlayers: [linear: 40, relu, linear: 40, relu, linear: 40, relu]\nloss: mse')
  const { kernels } = await describeModule(network, 'test.net.yaml')
  const shared = kernels!.find(({ name }) => name === 'gradient_beta')!
  expect(shared.equations).toEqual(['dl/dbeta2 = dl/df2', 'dl/dbeta1 = dl/df1', 'dl/dbeta0 = dl/df0'])
})

test('comments spell all letters of names in ASCII', async () => {
  const network = await load(`
inputs: { x: scalar }
targets: { y: scalar }
parameters: { ϑ: 3, Α: scalar }
equations: [p = Α * x + sum(ϑ), ℓ = (p - y)^2]
output: p
loss: ℓ`)
  const { kernels } = await describeModule(network, 'test.net.yaml')
  expect(kernels!.flatMap(({ equations }) => equations)).toContain('p = Alpha * x + sum(theta)')
})
