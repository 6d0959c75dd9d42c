import { expect, test } from 'vitest'
import { deriveTraining } from '../src/calculus/training.ts'
import { toAscii } from '../src/graph/equations/ascii.ts'
import { equationsOf } from '../src/graph/equations/equations.ts'
import { toText } from '../src/graph/equations/text.ts'
import { loadNetwork } from '../src/language/networks/network.ts'
import { readSpecFile } from '../src/host/specFile.ts'
import { load } from './language/marked.ts'

const file = new URL('../examples/notebook.net.yaml', import.meta.url).pathname

test("the notebook's network prints as the notebook's equations", async () => {
  const network = await loadNetwork(await readSpecFile(file))
  const parameters = network.parameters.map(({ node }) => node)
  const { losses, gradients, names } = deriveTraining({ ...network, parameters }, 'sum')
  const equations = equationsOf([losses, ...gradients], names)

  expect(equations.map(toText)).toEqual([
    'f0 = β0 + Ω0 x',
    'h1 = I[f0 > 0] ⊙ f0',
    'f1 = β1 + Ω1 h1',
    'h2 = I[f1 > 0] ⊙ f1',
    'f2 = β2 + Ω2 h2',
    'ℓ = 0.2 sum((f2 - y)²)',
    '∂ℓ/∂f2 = 0.4 (f2 - y)',
    '∂ℓ/∂β2 = ∂ℓ/∂f2',
    '∂ℓ/∂Ω2 = ∂ℓ/∂f2 h2ᵀ',
    '∂ℓ/∂f1 = I[f1 > 0] ⊙ (Ω2ᵀ ∂ℓ/∂f2)',
    '∂ℓ/∂β1 = ∂ℓ/∂f1',
    '∂ℓ/∂Ω1 = ∂ℓ/∂f1 h1ᵀ',
    '∂ℓ/∂f0 = I[f0 > 0] ⊙ (Ω1ᵀ ∂ℓ/∂f1)',
    '∂ℓ/∂β0 = ∂ℓ/∂f0',
    '∂ℓ/∂Ω0 = ∂ℓ/∂f0 xᵀ',
  ])
  expect(equations.map(toAscii)).toContain('dl/df0 = I[f0 > 0] .* (Omega1^T dl/df1)')
})

test('a loss is defined by the forward pass, though a derivative is the same node', async () => {
  const network = await load('input: 3\nlayers: [linear: 2]\nloss: mse')
  const parameters = network.parameters.map(({ node }) => node)
  const { losses, gradients, names } = deriveTraining({ ...network, parameters }, 'sum')
  expect(equationsOf([losses, ...gradients], names).map(toText)).toEqual([
    'f0 = β0 + Ω0 x',
    'ℓ = 0.5 sum((f0 - y)²)',
    '∂ℓ/∂f0 = f0 - y',
    '∂ℓ/∂β0 = ∂ℓ/∂f0',
    '∂ℓ/∂Ω0 = ∂ℓ/∂f0 xᵀ',
  ])
})
