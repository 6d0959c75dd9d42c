import fc from 'fast-check'
import { stringify } from 'yaml'
import type { NetworkSpec } from '../../../src/language/networks/spec.ts'
import { equationNetworks } from './equations.ts'
import { layerNetworks } from './layers.ts'
import { seldom } from './choices.ts'
import { longNetworks } from './long.ts'
import { training } from './training.ts'

/** Random networks over every word of the language, in float64; fast-check shows them as YAML. */
export const specs: fc.Arbitrary<NetworkSpec> = fc
  .record({
    network: fc.oneof(
      { weight: 48, arbitrary: layerNetworks.map(ofAnyBatch) },
      { weight: 32, arbitrary: equationNetworks.map(ofAnyBatch) },
      { weight: 3, arbitrary: longNetworks },
    ),
    train: training,
    inputGradient: fc.boolean(),
    memory: fc.constantFrom(undefined, 'recompute'),
    hessianProduct: seldom(8, fc.constant(true)),
  })
  .map(({ network, train, inputGradient, memory, hessianProduct }) => {
    const { body, batch: most = train.batch } = network
    const inputs: readonly unknown[] = 'input' in body ? [body.input] : Object.values(body.inputs)
    const hasReal = inputs.some((input) => !Object.hasOwn(Object(input), 'index'))
    const emit = {
      precision: 'f64',
      ...(inputGradient && hasReal ? { inputGradient } : {}),
      ...(memory === undefined ? {} : { memory }),
      ...(hessianProduct && network.batch === undefined ? { hessianProduct } : {}),
    }
    // One sample alone has no variance.
    const batch = /batchNorm|actNorm/.test(JSON.stringify(body)) ? Math.max(most, 2) : most
    return shown({ name: 'random', ...body, train: { ...train, batch }, emit } as unknown as NetworkSpec)
  })

function ofAnyBatch<Body>(body: Body): { readonly body: Body; readonly batch: undefined } {
  return { body, batch: undefined }
}

function shown(spec: NetworkSpec): NetworkSpec {
  const text = { value: () => `\n${stringify(spec, { flowCollectionPadding: false, lineWidth: 0 })}` }
  return Object.defineProperty(spec, fc.toStringMethod, text)
}
