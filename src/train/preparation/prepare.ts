import type { Choice } from '../columns/choose.ts'
import { quoted, TableError } from '../mistakes.ts'
import { inputFeatures, targetFeature, type FeatureOptions } from './features.ts'
import { dealColumns, type PortForm } from './ports.ts'
import { sizeOf, widthOf, type Preparation, type PreparedPort } from './preparation.ts'

/** What of a network its data must fit. */
export interface NetworkForm {
  readonly precision: 'f32' | 'f64'
  readonly inputs: readonly PortForm[]
  readonly targets: readonly PortForm[]
}

/**
 * Says how rows become what a network takes.
 * @throws TableError where the columns make up other sizes than the network has.
 */
export function preparationOf(network: NetworkForm, choice: Choice, options: FeatureOptions): Preparation {
  const inputs = dealColumns(network.inputs, choice.inputs, '--inputs').map(({ port, columns }) =>
    fitted(port, { name: port.name, features: columns.flatMap((one) => inputFeatures(one, port, options)) }, 'inputs'),
  )
  const targets = dealColumns(network.targets, choice.targets, '--targets').map(({ port, columns }) =>
    fitted(port, { name: port.name, features: columns.map((one) => targetFeature(one, port, options)) }, 'targets'),
  )
  return { precision: network.precision, inputs, targets }
}

function fitted({ name, shape }: PortForm, prepared: PreparedPort, side: string): PreparedPort {
  const size = shape.reduce((product, extent) => product * extent, 1)
  if (sizeOf(prepared) === size) return prepared
  const parts = prepared.features.map((feature) => `${quoted(feature.column)} ${widthOf(feature)}`)
  const shown = parts.length > 12 ? [...parts.slice(0, 12), '…'] : parts
  throw new TableError([
    `the network's ${quoted(name)} takes ${size} ${size === 1 ? 'number' : 'numbers'} a sample, and the columns make ${sizeOf(prepared)}: ${shown.join(', ')}; --${side} chooses columns`,
  ])
}
