import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { deriveTraining } from '../src/calculus/training.ts'
import { compile, lowerNetwork } from '../src/compile.ts'
import { equationsOf } from '../src/graph/equations/equations.ts'
import { toText } from '../src/graph/equations/text.ts'
import { printStep } from '../src/loops/notation/print.ts'
import { loadNetwork } from '../src/language/networks/network.ts'
import { readSpecFile } from '../src/host/specFile.ts'
import { stepsOf } from '../src/programs/program.ts'

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
    const { outputs, losses, training, gradients, names } = deriveTraining({ ...network, parameters }, 'sum')
    const lines = equationsOf([...outputs, losses, training.losses, ...gradients], names).map(toText)
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${folder}${name}/equations.txt`)
  })

  test('kernels', async () => {
    const { programs } = await lowerNetwork(await load(), { target: 'typescript' })
    const text = programs
      .filter((program) => stepsOf(program).length > 0)
      .map((program) => `${program.name}\n\n${stepsOf(program).map(printStep).join('\n\n')}\n`)
    await expect(text.join('\n')).toMatchFileSnapshot(`${folder}${name}/kernels.txt`)
  })

  test('module', async () => {
    const { text } = await compile(await load(), `${name}.net.yaml`)
    await expect(text).toMatchFileSnapshot(`${folder}${name}/${name}.ts`)
  })

  test('kernels in WebAssembly', async () => {
    const { beside } = await compile(await load(), `${name}.net.yaml`, { target: 'wasm' })
    await expect(beside['.wat']).toMatchFileSnapshot(`${folder}${name}/${name}.wat`)
  })
})
