import fc from 'fast-check'
import { stringify } from 'yaml'
import type { NetworkSpec } from '../../../src/language/networks/schema.ts'
import { equationNetworks } from './equations.ts'
import { layerNetworks } from './layers.ts'
import { training } from './training.ts'

/** Random networks over every word of the language, in float64; fast-check shows them as YAML. */
export const specs: fc.Arbitrary<NetworkSpec> = fc
  .record({
    body: fc.oneof({ weight: 3, arbitrary: layerNetworks }, { weight: 2, arbitrary: equationNetworks }),
    train: training,
    inputGradient: fc.boolean(),
    memory: fc.constantFrom(undefined, 'recompute'),
  })
  .map(({ body, train, inputGradient, memory }) => {
    const inputs: readonly unknown[] = 'input' in body ? [body.input] : Object.values(body.inputs)
    const hasReal = inputs.some((input) => !Object.hasOwn(Object(input), 'index'))
    const emit = {
      precision: 'f64',
      ...(inputGradient && hasReal ? { inputGradient } : {}),
      ...(memory === undefined ? {} : { memory }),
    }
    // One sample alone has no variance.
    const batch = JSON.stringify(body).includes('batchNorm') ? Math.max(train.batch, 2) : train.batch
    return shown({ name: 'random', ...body, train: { ...train, batch }, emit } as unknown as NetworkSpec)
  })

function shown(spec: NetworkSpec): NetworkSpec {
  const text = { value: () => `\n${stringify(spec, { flowCollectionPadding: false, lineWidth: 0 })}` }
  return Object.defineProperty(spec, fc.toStringMethod, text)
}
