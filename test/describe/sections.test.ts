import { expect, test } from 'vitest'
import { describeModule } from '../../src/compile.ts'
import { load } from '../language/marked.ts'

test('kernels stand under the layer that they compute, though simplification has rewritten it', async () => {
  const network = await load(`
input: [3, 4]
layers:
  - attention: { heads: 2, causal: true }
  - layerNorm
  - linear: 2
loss: mse`)
  const { sections } = await describeModule(network, 'test.net.yaml')
  const equationsUnder = (layer: string) => sections.find(({ title }) => title === layer)!.functions.join('\n')
  for (const [layer, ...symbols] of [
    ['attention0', 'p0', 'a0', 'f0', 'dl/dOmega0'],
    ['layerNorm0', 'z1', 'f1', 'dl/dOmega1'],
    ['linear0', 'f2', 'dl/dOmega2'],
  ] as const)
    for (const symbol of symbols) expect(equationsUnder(layer)).toContain(`// ${symbol} = `)
  expect(sections.map(({ title }) => title)).toEqual(['attention0', 'layerNorm0', 'linear0', 'loss', 'optimizer'])
})
