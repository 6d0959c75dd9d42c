import type { z } from 'zod'
import { describeModule } from '../../src/compile.ts'
import { formatShape } from '../../src/graph/shape.ts'
import { code, table } from './markdown.ts'
import { networkOf } from './network.ts'
import { tables } from './tables.ts'

/** What layers may be tried on, in this order. */
const inputs = [[4], [4, 6], [4, 6, 6], { shape: [6], index: 7 }] as const

/** A value for each argument that some layer can't do without. */
const samples: Readonly<Record<string, unknown>> = {
  units: 3,
  channels: 8,
  kernel: 3,
  heads: 2,
  groups: 2,
  shape: [2, 2],
  axes: [0],
  formula: 'a * x',
  source: './test/golden/function/swish.ts#hardTail',
  layers: [],
  branches: [[]],
}

/** What is added to show parameters that layers have only when told. */
const extras: Readonly<Record<string, object>> = { expression: { parameters: { a: 1 } } }

/** The parameters and buffers of each layer that has some, from building it. */
export async function parametersPage(): Promise<string> {
  const rows: string[][] = []
  for (const word of Object.keys(tables.layers!)) rows.push(...(await rowsOf(word)))
  return `# Parameters

Written by \`npm run docs\`, from layers built on a sample; not edited by hand.

Names and layouts are PyTorch's, so that weights travel both ways. A layer's name goes before: its word and its number in its
list, \`linear0.weight\`, or what \`as\` says; for layers within layers all names, as in \`residual0.shortcut.linear0.weight\`.

${table(['layer', 'on a sample', 'has'], rows)}
`
}

async function rowsOf(word: string): Promise<string[][]> {
  const shape = tables.layers![word]!.arguments.shape as Readonly<Record<string, z.core.$ZodType>>
  const required = Object.keys(shape).filter((name) => shape[name]!._zod.optin === undefined)
  const settings = { ...Object.fromEntries(required.map((name) => [name, samples[name]])), ...extras[word] }
  for (const input of inputs) {
    const network = await networkOf({ input, layers: [{ [word]: settings }], loss: 'mse' })
    if (!network) continue
    const { parameters, buffers } = await describeModule(network, 'docs.net.json')
    const tensors = [...parameters, ...buffers].map(
      ({ name, shape }) => `${code(name.slice(name.indexOf('.') + 1))} ${formatShape(shape)}`,
    )
    const layer = code(required.length > 0 || word in extras ? `${word}: ${show(settings)}` : word)
    const sample = 'shape' in input ? `${formatShape(input.shape)} of whole numbers` : formatShape(input)
    return tensors.length > 0 ? [[layer, sample, tensors.join(', ')]] : []
  }
  throw new Error(`${word} fits none of the samples in scripts/docs/parameters.ts: add what it needs`)
}

/** As in YAML. */
function show(settings: object): string {
  return JSON.stringify(settings)
    .replaceAll('"', '')
    .replace(/([:,])/g, '$1 ')
    .replace(/^{(.*)}$/, '{ $1 }')
}
