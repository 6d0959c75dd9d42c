import { z } from './zod.ts'
import type * as initializerFunctions from '../../runtime/initializers.ts'
import { formatShape } from '../../graph/shape.ts'
import { nonNegative, number } from './arguments.ts'
import { Misfit } from './misfit.ts'
import { keys, type WordRow } from './word.ts'

/** How a tensor starts: a function of the runtime and the numbers that it is called with. */
export interface InitialValue {
  readonly function: keyof typeof initializerFunctions
  readonly arguments: readonly number[]
}

export interface Initializer extends WordRow {
  /** @throws Misfit for a shape that the initializer isn't defined for. */
  initial(shape: readonly number[], settings: object): InitialValue
}

export const constant = (value: number): InitialValue => ({ function: 'constant', arguments: [value] })
const normal = (std: number): InitialValue => ({ function: 'normal', arguments: [std] })
const uniform = (limit: number): InitialValue => ({ function: 'uniform', arguments: [limit] })

type Mode = 'fanIn' | 'fanOut' | 'fanAverage'

/** The inputs and outputs of a weight [out, in, …]; further axes are a kernel's, and count for both. */
function fan(shape: readonly number[], mode: Mode): number {
  const [outputs, inputs, ...kernel] = shape
  if (outputs === undefined || inputs === undefined)
    throw new Misfit('shape', `needs at least two axes, [out, in], and the parameter is ${formatShape(shape)}`)
  const receptive = kernel.reduce((product, extent) => product * extent, 1)
  return { fanIn: inputs, fanOut: outputs, fanAverage: (inputs + outputs) / 2 }[mode] * receptive
}

/** Draws with variance gain / fan: He et al. 2015 with gain 2, LeCun et al. 1998 with gain 1. */
function scaled(gain: number, draw: (variance: number) => InitialValue) {
  return {
    arguments: keys({ mode: z.enum(['fanIn', 'fanOut', 'fanAverage']).default('fanIn') }),
    first: 'mode',
    initial: (shape: readonly number[], { mode }: { mode: Mode }) => draw(gain / fan(shape, mode)),
  } as const
}

/** Glorot and Bengio 2010: variance 2 / (in + out). */
function glorot(draw: (variance: number) => InitialValue) {
  return {
    arguments: keys({}),
    initial: (shape: readonly number[]) => draw(1 / fan(shape, 'fanAverage')),
  }
}

const normalOfVariance = (variance: number) => normal(Math.sqrt(variance))
/** A uniform distribution over [-a, a] has variance a²/3. */
const uniformOfVariance = (variance: number) => uniform(Math.sqrt(3 * variance))

/** The initializers: torch.nn.init's formulas. */
export const initializers = {
  /** 0 */
  zeros: { arguments: keys({}), initial: () => constant(0) },
  /** 1 */
  ones: { arguments: keys({}), initial: () => constant(1) },
  /** The same value everywhere. */
  constant: {
    arguments: keys({ value: number }),
    first: 'value',
    initial: (_: readonly number[], { value }: { value: number }) => constant(value),
  },
  /** Uniform in [-limit, limit). */
  uniform: {
    arguments: keys({ limit: nonNegative.default(0.05) }),
    first: 'limit',
    initial: (_: readonly number[], { limit }: { limit: number }) => uniform(limit),
  },
  /** Normal with mean 0. */
  normal: {
    arguments: keys({ std: nonNegative.default(0.05) }),
    first: 'std',
    initial: (_: readonly number[], { std }: { std: number }) => normal(std),
  },
  /** Normal, given that it is within two standard deviations. */
  truncatedNormal: {
    arguments: keys({ std: nonNegative.default(0.05) }),
    first: 'std',
    initial: (_: readonly number[], { std }: { std: number }): InitialValue => ({
      function: 'truncatedNormal',
      arguments: [std],
    }),
  },
  /** Normal with variance 2 / fan, which relu keeps from layer to layer. He et al. 2015. */
  heNormal: scaled(2, normalOfVariance),
  /** Uniform with the same variance. He et al. 2015. */
  heUniform: scaled(2, uniformOfVariance),
  /** Normal with variance 1 / fan, which linear layers alone keep. LeCun et al. 1998. */
  lecunNormal: scaled(1, normalOfVariance),
  /** Uniform with the same variance. LeCun et al. 1998. */
  lecunUniform: scaled(1, uniformOfVariance),
  /** Normal with variance 2 / (in + out). Glorot and Bengio 2010. */
  glorotNormal: glorot(normalOfVariance),
  /** Uniform with the same variance. Glorot and Bengio 2010. */
  glorotUniform: glorot(uniformOfVariance),
  /** A matrix with 1 along its diagonal, else 0. */
  identity: {
    arguments: keys({}),
    initial: (shape: readonly number[]): InitialValue => {
      if (shape.length !== 2) throw new Misfit('shape', `needs a matrix, and the parameter is ${formatShape(shape)}`)
      return { function: 'identity', arguments: [shape[1]!] }
    },
  },
  /** gain Q: as a matrix [out, in …] its rows are orthonormal, or its columns where those are fewer. Saxe et al. 2014. */
  orthogonal: {
    arguments: keys({ gain: number.default(1) }),
    first: 'gain',
    initial: (shape: readonly number[], { gain }: { gain: number }): InitialValue => ({
      function: 'orthogonal',
      arguments: [fan(shape, 'fanIn'), gain],
    }),
  },
  /**
   * A kernel [out, in, …] of zeros but for its middle, gain Q with orthonormal columns: a convolution at stride 1 in one group keeps
   * every signal's norm, times gain. The middle of an even length is the one before its half, as in TensorFlow. Xiao et al. 2018.
   */
  deltaOrthogonal: {
    arguments: keys({ gain: number.default(1) }),
    first: 'gain',
    initial: (shape: readonly number[], { gain }: { gain: number }): InitialValue => {
      const [outputs, inputs, ...kernel] = shape
      if (outputs === undefined || inputs === undefined || kernel.length === 0)
        throw new Misfit('shape', `is for convolutions, and the parameter is ${formatShape(shape)}`)
      if (outputs < inputs)
        throw new Misfit('shape', `needs as many outputs as inputs, or more, and has ${outputs} and ${inputs}`)
      const taps = kernel.reduce((product, extent) => product * extent, 1)
      const middle = kernel.reduce((index, extent) => index * extent + Math.floor((extent - 1) / 2), 0)
      return { function: 'deltaOrthogonal', arguments: [inputs, taps, middle, gain] }
    },
  },
} as const
