import { createJiti } from 'jiti'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { folderWith, removeFolders } from '../package/installed.ts'

/*
 * Whatever is loaded when it is first needed may be needed by several at once. Node's loader lets all of them wait; jiti, with which
 * programs in TypeScript run, doesn't.
 */

afterAll(removeFolders)

test('specs are read and compiled at once, with a loader that gives a module to the first alone', async () => {
  const folder = await folderWith({
    'formula.net.yaml': "{ input: 2, layers: [{ expression: '2 * x' }], loss: mse }",
    'function.net.yaml': "{ input: 2, layers: [{ function: './swish.ts#swish' }], loss: mse }",
    'swish.ts': 'export function swish(x: number): number { return x / (1 + Math.exp(-x)) }\n',
    'module.net.ts': "export default { input: 2, layers: [{ linear: 1 }], loss: 'mse' }\n",
    'wrong.net.ts': "export default { input: 2, layers: [{ linear: 1 }], loss: 'no' }\n",
  })
  const jiti = createJiti(import.meta.url)
  const { readSpecFile, loadNetwork, compile } =
    await jiti.import<typeof import('../../src/index.ts')>('../../src/index.ts')
  const load = async (name: string) => loadNetwork(await readSpecFile(join(folder, name)))
  const files = ['formula.net.yaml', 'function.net.yaml', 'module.net.ts'].flatMap((name) => [name, name])
  const networks = await Promise.all(files.map(load))
  const modules = await Promise.all(networks.map((network) => compile(network, 'at once')))
  expect(modules.map(({ text }) => text.includes('createTrainer'))).toEqual(files.map(() => true))
  const wrong = await Promise.allSettled([load('wrong.net.ts'), load('wrong.net.ts')])
  expect(wrong).toMatchObject(
    wrong.map(() => ({ reason: { name: 'SpecError', diagnostics: [{ line: 1, column: 59 }] } })),
  )
}, 60_000)
