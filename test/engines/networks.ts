import { compile } from '../../src/compile.ts'
import type { Precision } from '../../src/base/precision.ts'
import type { TargetName } from '../../src/base/target.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { bundle } from '../support/emitted.ts'

const emit = 'emit: { math: portable }'

/** A dense, a convolutional and a recurrent network, whose every function is the module's own. */
const specs: Readonly<Record<string, string>> = {
  notebook: `
input: 10
layers: [linear: 40, relu, linear: 40, tanh, linear: 5]
loss: mse
train: { batch: 10, optimizer: { sgd: { learningRate: 0.05, momentum: 0.9 } } }
${emit}`,
  convolutional: `
input: [1, 8, 8]
layers: [{ conv2d: { channels: 4, kernel: 3, padding: same } }, batchNorm, gelu, { maxPool2d: 2 }, flatten, dropout: 0.2, linear: 5]
loss: crossEntropy
train: { batch: 8, optimizer: adam }
${emit}`,
  recurrent: `
input: [6, 3]
layers: [{ lstm: 8 }, layerNorm, linear: 1]
loss: binaryCrossEntropy
train: { batch: 8, optimizer: rmsprop, clip: { norm: 1 } }
${emit}`,
}

/** How a network's kernels are computed. */
export interface Kind {
  readonly network: string
  readonly target: TargetName
  readonly precision: Precision
}

export const kinds: readonly Kind[] = Object.keys(specs).flatMap((network) =>
  (['f64', 'f32'] as const).flatMap((precision) =>
    (['typescript', 'wasm'] as const).map((target) => ({ network, target, precision })),
  ),
)

export function nameOf({ network, target, precision }: Kind): string {
  return `${network} ${precision} ${target}`
}

/**
 * A script, free of imports, that any engine runs: it trains every network for 1,000 steps, and gives `report` the fingerprints by name.
 * @param report the source of a function.
 */
export async function engineScript(report: string): Promise<string> {
  const modules: Record<string, string> = {}
  for (const [index, { network, ...options }] of kinds.entries()) {
    const file = `${network}.net.yaml`
    const loaded = await loadNetwork(readSpecText({ file, text: specs[network]! }))
    modules[`module${index}`] = (await compile(loaded, file, options)).text
  }
  const imports = kinds.map((_, index) => `import * as module${index} from 'module${index}'`)
  const entries = kinds.map((kind, index) => `[${JSON.stringify(nameOf(kind))}]: fingerprint(module${index})`)
  const program = `
${imports.join('\n')}
import { fingerprint } from './test/engines/fingerprint.ts'
;(${report})({ ${entries.join(', ')} })`
  return bundle(modules, program, 'iife')
}
