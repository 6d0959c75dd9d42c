import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { deriveTraining } from '../src/calculus/training.ts'
import { compile } from '../src/compile.ts'
import { lowerNetwork } from '../src/programs/lowering.ts'
import { printEquations } from '../src/graph/equations/print.ts'
import { printStep } from '../src/loops/notation/print.ts'
import { loadNetwork } from '../src/language/networks/network.ts'
import { readSpecFile } from '../src/language/text/file.ts'

/*
 * Each case is a folder with a spec and what becomes of it in all three languages: equations, kernels in index notation, and text for
 * both targets: the module, and kernels in WebAssembly. `npx vitest run test/golden.test.ts -u` writes them anew; the diff is for
 * people to read.
 */

const folder = new URL('golden/', import.meta.url).pathname

describe.each(readdirSync(folder))('%s', (name) => {
  const load = async () => loadNetwork(await readSpecFile(`${folder}${name}/${name}.net.yaml`))

  test('equations', async () => {
    const network = await load()
    const parameters = network.trained.map(({ node }) => node)
    const { output, losses, training, gradients, symbols } = deriveTraining({ ...network, parameters }, 'sum')
    const lines = printEquations([output, losses, training.losses, ...gradients], symbols)
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${folder}${name}/equations.txt`)
  })

  test('kernels', async () => {
    const network = await load()
    const parameters = network.trained.map(({ node }) => node)
    const { programs } = lowerNetwork(network, deriveTraining({ ...network, parameters }, 'mean'))
    const text = Object.values(programs)
      .filter(({ steps }) => steps.length > 0)
      .map(({ name, steps }) => `${name}\n\n${steps.map(printStep).join('\n\n')}\n`)
    await expect(text.join('\n')).toMatchFileSnapshot(`${folder}${name}/kernels.txt`)
  })

  test('module', async () => {
    const { text } = await compile(await load(), `${name}.net.yaml`)
    await expect(text).toMatchFileSnapshot(`${folder}${name}/${name}.ts`)
  })

  test('kernels in WebAssembly', async () => {
    const { wat } = await compile(await load(), `${name}.net.yaml`, { target: 'wasm' })
    await expect(wat).toMatchFileSnapshot(`${folder}${name}/${name}.wat`)
  })
})
