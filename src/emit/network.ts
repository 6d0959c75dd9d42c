import type { ModuleDescription, OutputDescription, TensorDescription } from './description.ts'
import { shapes } from './ports.ts'

/** What a module tells of its network. */
export function networkOf(module: ModuleDescription) {
  const { name, version, specHash, precision, batch, epochs, inputs, outputs, targets, parameters, buffers } = module
  return {
    name,
    version,
    specHash,
    precision,
    batch,
    epochs,
    input: shapes(inputs),
    output: outputShapes(outputs),
    target: shapes(targets),
    parameters: parameters.map(publicTensor),
    buffers: buffers.map(publicTensor),
    parameterCount: countParameters(module),
    ...(module.objectives && { objectives: module.objectives.map(({ name }) => name) }),
    ...(module.metrics && { metrics: module.metrics.map(({ name }) => name) }),
  }
}

/** The only output's shape, or the shapes by name. */
function outputShapes(outputs: readonly OutputDescription[]): unknown {
  const [first] = outputs
  return first!.name === undefined ? first!.shape : Object.fromEntries(outputs.map(({ name, shape }) => [name, shape]))
}

export function countParameters({ parameters }: ModuleDescription): number {
  return parameters.reduce((sum, { size }) => sum + size, 0)
}

function publicTensor({ name, shape }: TensorDescription): Pick<TensorDescription, 'name' | 'shape'> {
  return { name, shape }
}
