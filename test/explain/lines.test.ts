import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { linesIn, type Line } from '../../src/explain/lines.ts'
import type { Named } from '../../src/explain/named.ts'
import { broadcast, constant } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { namesIn } from '../../src/graph/equations/form.ts'
import { toText } from '../../src/graph/equations/text.ts'
import type { Node } from '../../src/graph/node.ts'
import { readSpecFile } from '../../src/host/specFile.ts'
import { loadNetwork, type Network } from '../../src/language/networks/network.ts'
import { viewsOf } from '../../src/language/networks/views.ts'
import { bindingsOf, drawData, smooth } from '../../src/verify/data.ts'
import { load } from '../language/marked.ts'
import { drawBuffers, drawParameters } from '../property/data.ts'
import { uniformRandom } from '../property/network.ts'
import { specs } from '../property/specs/index.ts'

const examples = new URL('../../examples/', import.meta.url)

/** The derivatives of a network's loss by nodes, as the graph has them. */
function slopesOf({ training: { losses } }: Network, nodes: readonly Node[]): Node[] {
  const slopes = differentiate(losses, broadcast(constant(losses.graph, 1), losses.shape, []), nodes)
  return nodes.map((node) => slopes.get(node)!)
}

/** Lines, and how far what they say is from what the network's graph gives, relative to the largest number of the tensor. */
function errorsOf(network: Network, seed: number): { readonly line: Line; readonly error: number }[] {
  const { forward, backward } = linesIn(network)
  const lines = [...forward, ...backward].filter(({ of }) => of)
  const named = new Set(lines.flatMap(({ of, derivative }) => [of!, ...usersOf(derivative)]))
  const all = [...named]
  const random = uniformRandom(seed)
  const state = {
    parameters: drawParameters(network, random),
    buffers: drawBuffers(network, random),
    ...{ seed, steps: 0 },
  }
  const batch = Math.max(3, network.leastSamples)
  const bindings = bindingsOf(drawData(network, batch, random, smooth), state)
  const values = evaluate(
    [
      ...all.map(({ node }) => node),
      ...slopesOf(
        network,
        all.map(({ node }) => node),
      ),
    ],
    bindings,
  )
  const inputs = Object.fromEntries(
    all.flatMap(({ name }, k) => [
      [`made ${name}`, values[k]!],
      [`slope ${name}`, values[all.length + k]!],
    ]),
  )
  const got = evaluate(
    lines.map(({ node }) => node),
    { ...bindings, inputs: { ...bindings.inputs, ...inputs } },
  )
  return lines.map((line, k) => {
    const expected = values[all.indexOf(line.of!) + (line.derivative ? all.length : 0)]!
    return { line, error: distance(got[k]!, expected) }
  })
}

function usersOf(derivative: Line['derivative']): Named[] {
  return derivative?.contributions.map(({ user }) => user) ?? []
}

function distance(got: Float64Array, expected: Float64Array): number {
  expect(got.length).toBe(expected.length)
  const finite = expected.map((value) => (Number.isFinite(value) ? Math.abs(value) : 0))
  const largest = Math.max(...finite, 1e-300)
  const errorAt = (value: number, i: number) =>
    Object.is(value, expected[i]) ? 0 : Math.abs(value - expected[i]!) / largest
  return Math.max(...got.map(errorAt))
}

function expectRight(network: Network, seed: number): void {
  for (const { network: view } of viewsOf(network)) {
    const { forward, backward } = linesIn(view)
    const slopes = new Set(backward.map(({ name }) => name))
    for (const { equation } of forward)
      expect(
        namesIn(equation.right).filter((name) => slopes.has(name)),
        toText(equation),
      ).toEqual([])
    for (const { line, error } of errorsOf(view, seed)) expect(error, toText(line.equation)).toBeLessThan(1e-12)
  }
}

describe('every line of a derivation is what the graph gives', () => {
  it.each(readdirSync(examples).filter((file) => file.endsWith('.net.yaml')))('of %s', async (file) => {
    expectRight(await loadNetwork(await readSpecFile(new URL(file, examples).pathname)), 1)
  })

  it('of random networks', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(specs, fc.nat(), async (spec, seed) => {
      expectRight(await load(JSON.stringify(spec), 'random.net.json'), seed)
    })
    await fc.assert(property, { numRuns: 100, seed: 3 })
  })
})

const texts = async (spec: string) => {
  const { forward, backward } = linesIn(await load(spec))
  return [...forward, ...backward].map(({ equation }) => toText(equation))
}

test('an activation’s derivative is as short as books have it', async () => {
  const spec = (layer: string) => `input: 3\nlayers: [linear: 2, ${layer}]\nloss: mse`
  const slope = async (layer: string) => (await texts(spec(layer))).find((text) => text.startsWith('∂ℓ/∂f0'))
  expect(await slope('silu')).toBe('∂ℓ/∂f0 = ∂ℓ/∂h1 ⊙ sigmoid(f0) ⊙ (1 + f0 ⊙ (1 - sigmoid(f0)))')
  expect(await slope('tanh')).toBe('∂ℓ/∂f0 = ∂ℓ/∂h1 ⊙ (1 - h1²)')
  expect(await slope('sigmoid')).toBe('∂ℓ/∂f0 = ∂ℓ/∂h1 ⊙ h1 ⊙ (1 - h1)')
  expect(await slope('relu')).toBe('∂ℓ/∂f0 = I[f0 > 0] ⊙ ∂ℓ/∂h1')
})

test('a loss whose derivative is part of it is defined by the forward pass', async () => {
  const lines = await texts('input: 3\nlayers: [linear: 2]\nloss: mse')
  expect(lines).toContain('ℓ = 0.5 sum((f0 - y)²)')
  expect(lines).toContain('∂ℓ/∂f0 = f0 - y')
})
