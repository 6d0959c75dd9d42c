import { z } from 'zod'
import { add, broadcast, divide, maximum, multiply, power, sqrt, subtract, type Operand } from '../graph/build.ts'
import type { Node } from '../graph/node.ts'
import { flag, fraction, nonNegative } from './arguments.ts'
import { Fault } from './fault.ts'
import { square } from './numerics.ts'
import { isMapping, keys, type WordRow } from './word.ts'

/** What one update is computed from, for elements of any shape. Scalars are the same for all elements. */
export interface UpdateInputs {
  readonly parameter: Node
  readonly gradient: Node
  readonly states: Readonly<Record<string, Node>>
  readonly uniforms: {
    readonly learningRate: Node
    /** The number of this step, from 1. */
    readonly t: Node
  }
  /** The weight decay of these elements. */
  readonly weightDecay: number
}

export interface Update {
  readonly parameter: Node
  readonly states: Readonly<Record<string, Node>>
}

export interface Optimizer<S extends z.ZodRawShape = z.ZodRawShape> extends WordRow<S> {
  /** What is kept from step to step, each as large as the parameters, starting at 0. */
  readonly states: (settings: z.output<z.ZodObject<S>>) => readonly string[]
  /** @throws Fault when settings exclude each other. */
  readonly update: (inputs: UpdateInputs, settings: z.output<z.ZodObject<S>>) => Update
}

/** λ for all parameters, or for `weights` alone: those of at least two axes. */
export interface WeightDecay {
  readonly weights: number
  readonly others: number
}

const weightDecay = z.unknown().transform((value, context): WeightDecay => {
  const result = (isMapping(value) ? keys({ weights: nonNegative }) : nonNegative).safeParse(value, {
    reportInput: true,
  })
  if (!result.success) {
    context.issues.push(...(result.error.issues as z.core.$ZodRawIssue[]))
    return z.NEVER
  }
  return typeof result.data === 'number'
    ? { weights: result.data, others: result.data }
    : { weights: result.data.weights, others: 0 }
}) as unknown as z.ZodType<WeightDecay, number | { weights: number }>

const decaySetting = weightDecay.prefault(0)

/** A scalar for every element of `model`. */
function spread(scalar: Node, model: Node): Node {
  return broadcast(scalar, model.shape, [])
}

/** The gradient of the loss plus λ/2 ‖p‖². */
function decayed({ parameter, gradient, weightDecay }: UpdateInputs): Node {
  return weightDecay === 0 ? gradient : add(gradient, multiply(weightDecay, parameter))
}

/** The moving average β m + (1 - β) x. */
function average(mean: Node, beta: number, x: Node): Node {
  return add(multiply(beta, mean), multiply(1 - beta, x))
}

const learningRate = (standard: number) => nonNegative.default(standard)

/** The optimizers: torch.optim's formulas and defaults. */
export const optimizers = {
  /** m ← μ m + g, then p ← p - η m; with Nesterov's p ← p - η (g + μ m). Sutskever et al. 2013, in torch.optim.SGD's form. */
  sgd: {
    arguments: keys({
      learningRate: learningRate(0.01),
      momentum: nonNegative.default(0),
      nesterov: flag.default(false),
      weightDecay: decaySetting,
    }),
    first: 'learningRate',
    states: ({ momentum }: { momentum: number }) => (momentum === 0 ? [] : ['momentum']),
    update: (inputs: UpdateInputs, { momentum, nesterov }: { momentum: number; nesterov: boolean }) => {
      const { parameter, states, uniforms } = inputs
      const gradient = decayed(inputs)
      const descend = (direction: Node) =>
        subtract(parameter, multiply(spread(uniforms.learningRate, parameter), direction))
      if (momentum === 0) {
        if (nesterov) throw new Fault('out-of-range', 'takes nesterov only with a momentum over 0')
        return { parameter: descend(gradient), states: {} }
      }
      const velocity = add(multiply(momentum, states.momentum!), gradient)
      const direction = nesterov ? add(gradient, multiply(momentum, velocity)) : velocity
      return { parameter: descend(direction), states: { momentum: velocity } }
    },
  },
  /** m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², p ← p - η/(1 - β₁ᵗ) m / (√v/√(1 - β₂ᵗ) + ε). Kingma and Ba 2015; amsgrad: Reddi et al. 2018. */
  adam: {
    arguments: keys({
      learningRate: learningRate(0.001),
      beta1: fraction.default(0.9),
      beta2: fraction.default(0.999),
      epsilon: nonNegative.default(1e-8),
      amsgrad: flag.default(false),
      weightDecay: decaySetting,
    }),
    first: 'learningRate',
    states: ({ amsgrad }: { amsgrad: boolean }) => ['mean', 'square', ...(amsgrad ? ['largestSquare'] : [])],
    update: (inputs: UpdateInputs, settings: AdamSettings) => {
      const { parameter, states, uniforms } = inputs
      const { beta1, beta2, epsilon, amsgrad } = settings
      const gradient = decayed(inputs)
      const mean = average(states.mean!, beta1, gradient)
      const meanSquare = average(states.square!, beta2, square(gradient))
      const largestSquare = amsgrad ? maximum(states.largestSquare!, meanSquare) : meanSquare

      const correction = (beta: Operand) => subtract(1, power(beta, uniforms.t))
      const rate = spread(divide(uniforms.learningRate, correction(beta1)), parameter)
      const root = divide(sqrt(largestSquare), spread(sqrt(correction(beta2)), parameter))
      return {
        parameter: subtract(parameter, multiply(rate, divide(mean, add(root, epsilon)))),
        states: { mean, square: meanSquare, ...(amsgrad ? { largestSquare } : {}) },
      }
    },
  },
} as const

export interface AdamSettings {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly amsgrad: boolean
}
