import type { ModuleDescription, TensorDescription } from './description.ts'
import { shapes } from './ports.ts'

/** What a module tells of its network. */
export function networkOf(module: ModuleDescription) {
  const { name, version, specHash, precision, batch, epochs, inputs, output, targets, parameters, buffers } = module
  return {
    name,
    version,
    specHash,
    precision,
    batch,
    epochs,
    input: shapes(inputs),
    output: output.shape,
    target: shapes(targets),
    parameters: parameters.map(publicTensor),
    buffers: buffers.map(publicTensor),
    parameterCount: countParameters(module),
  }
}

export function countParameters({ parameters }: ModuleDescription): number {
  return parameters.reduce((sum, { size }) => sum + size, 0)
}

function publicTensor({ name, shape }: TensorDescription): Pick<TensorDescription, 'name' | 'shape'> {
  return { name, shape }
}
