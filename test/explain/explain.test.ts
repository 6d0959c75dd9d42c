import { expect, test } from 'vitest'
import { explain } from '../../src/explain/explain.ts'
import { toPlainText } from '../../src/explain/print/text.ts'
import { toText } from '../../src/graph/equations/text.ts'
import type { Block } from '../../src/explain/document.ts'
import { readSpecFile } from '../../src/host/specFile.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { load } from '../language/marked.ts'

const example = async (name: string) =>
  explain(
    await loadNetwork(await readSpecFile(new URL(`../../examples/${name}.net.yaml`, import.meta.url).pathname)),
    name,
  )

/** The equations of a block: of a chain, one for each step. */
function equationsIn(block: Block): string[] {
  if (block.kind === 'formula') return [toText(block.equation)]
  if (block.kind !== 'chain') return []
  return block.steps.map(({ right }) => toText({ left: block.left, sign: '=', right }))
}

/** Of a chain the last line alone. */
const results = (blocks: readonly Block[]) => blocks.flatMap((block) => equationsIn(block).slice(-1))

async function sectionOf(name: string, id: string): Promise<readonly Block[]> {
  return (await example(name)).sections.find((section) => section.id === id)!.blocks
}

test('the notebook’s network is derived as the notebook derives it', async () => {
  expect(results(await sectionOf('notebook', 'forward'))).toEqual([
    'f0 = β0 + Ω0 x',
    'h1 = I[f0 > 0] ⊙ f0',
    'f1 = β1 + Ω1 h1',
    'h2 = I[f1 > 0] ⊙ f1',
    'f2 = β2 + Ω2 h2',
    'ℓ = 0.2 sum((f2 - y)²)',
  ])
  expect((await sectionOf('notebook', 'backward')).flatMap(equationsIn)).toEqual([
    '∂ℓ/∂f2 = 0.4 (f2 - y)',
    '∂ℓ/∂f1 = ∂h2/∂f1 (∂f2/∂h2 ∂ℓ/∂f2)',
    '∂ℓ/∂f1 = diag(I[f1 > 0]) (Ω2ᵀ ∂ℓ/∂f2)',
    '∂ℓ/∂f1 = I[f1 > 0] ⊙ (Ω2ᵀ ∂ℓ/∂f2)',
    '∂ℓ/∂f0 = ∂h1/∂f0 (∂f1/∂h1 ∂ℓ/∂f1)',
    '∂ℓ/∂f0 = diag(I[f0 > 0]) (Ω1ᵀ ∂ℓ/∂f1)',
    '∂ℓ/∂f0 = I[f0 > 0] ⊙ (Ω1ᵀ ∂ℓ/∂f1)',
  ])
  expect((await sectionOf('notebook', 'gradients')).flatMap(equationsIn).slice(0, 6)).toEqual([
    '∂ℓ/∂β2 = ∂f2/∂β2 ∂ℓ/∂f2',
    '∂ℓ/∂β2 = (∂/∂β2 (β2 + Ω2 h2)) ∂ℓ/∂f2',
    '∂ℓ/∂β2 = ∂ℓ/∂f2',
    '∂ℓ/∂Ω2 = ∂f2/∂Ω2 ∂ℓ/∂f2',
    '∂ℓ/∂Ω2 = (∂/∂Ω2 (β2 + Ω2 h2)) ∂ℓ/∂f2',
    '∂ℓ/∂Ω2 = ∂ℓ/∂f2 h2ᵀ',
  ])
  expect(results(await sectionOf('notebook', 'update'))).toEqual([
    'momentum ← 0.9 momentum + gradients',
    'parameters ← parameters - learningRate · new momentum',
    'learningRate ← 0.1 · 0.5^floor(epoch / 10)',
  ])
})

test('the toy’s seven derivatives are in its order', async () => {
  expect(results(await sectionOf('toy', 'backward'))).toEqual([
    '∂ℓ/∂f3 = 2 (f3 - y)',
    '∂ℓ/∂h3 = ω3 ∂ℓ/∂f3',
    '∂ℓ/∂f2 = -sin(f2) ∂ℓ/∂h3',
    '∂ℓ/∂h2 = ω2 ∂ℓ/∂f2',
    '∂ℓ/∂f1 = h2 ∂ℓ/∂h2',
    '∂ℓ/∂h1 = ω1 ∂ℓ/∂f1',
    '∂ℓ/∂f0 = cos(f0) ∂ℓ/∂h1',
  ])
})

test('kernels are those of the module that compute a formula', async () => {
  const [first] = (await sectionOf('notebook', 'forward')).filter((block) => block.kind === 'formula')
  expect(first).toMatchObject({
    facts: { shape: [40], layer: 'linear0', operations: 840, kernels: [expect.stringMatching(/^forward_/)] },
  })
})

test('layers that repeat are shown once', async () => {
  const layers = Array.from({ length: 12 }, () => 'linear: 8, relu').join(', ')
  const network = await load(`name: deep\ninput: 8\nlayers: [${layers}, linear: 2]\nloss: mse`)
  const text = toPlainText(await explain(network, 'deep.net.yaml'), { width: 100, bold: (t) => t, dim: (t) => t })
  expect(text).toContain(`For k = 1, 2, …, 12:

  h_k = I[f_{k-1} > 0] ⊙ f_{k-1}
  f_k = β_k + Ω_k h_k
`)
  expect(text).toContain('∂ℓ/∂f_k = ∂h_{k+1}/∂f_k (∂f_{k+1}/∂h_{k+1} ∂ℓ/∂f_{k+1})')
  expect(text).toContain('= I[f_k > 0] ⊙ (Ω_{k+1}ᵀ ∂ℓ/∂f_{k+1})')
  expect(text.split('\n').every((line) => line.length <= 100)).toBe(true)
})

test('a network without parameters has nothing of training', async () => {
  const { sections } = await explain(await load('input: 3\nlayers: [relu]\nloss: mse'), 'a.net.yaml')
  expect(sections.map(({ title }) => title)).toEqual(['The network', 'Forward pass'])
})
