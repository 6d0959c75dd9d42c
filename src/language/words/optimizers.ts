import {
  add,
  broadcast,
  divide,
  maximum,
  multiply,
  power,
  sign,
  sqrt,
  subtract,
  type Operand,
} from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { flag, fraction, nonNegative } from './arguments.ts'
import { Misfit } from './misfit.ts'
import { square } from './numerics.ts'
import type { Scalar, Update, UpdateInputs } from './optimizer.ts'
import { isMapping, keys, parsed, reporting, settled } from './word.ts'
import { z } from './zod.ts'

/** λ for all parameters, or for `weights` alone: those of at least two axes. */
export interface WeightDecay {
  readonly weights: number
  readonly others: number
}

/** The weight decay of a tensor of this shape. */
export function decayOf(shape: readonly number[], { weights, others }: WeightDecay): number {
  return shape.length >= 2 ? weights : others
}

const decayOfWeights = keys({ weights: nonNegative })
const weightDecay = parsed<WeightDecay>(z.union([nonNegative, decayOfWeights]), (value, context) => {
  if (isMapping(value)) {
    const result = decayOfWeights.safeParse(value, reporting)
    return { ...settled(result, context), others: 0 }
  }
  const decay = settled(nonNegative.safeParse(value, reporting), context)
  return { weights: decay, others: decay }
})

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

/** p - η d. */
function descend(parameter: Node, { learningRate }: UpdateInputs, direction: Node): Node {
  return subtract(parameter, multiply(spread(learningRate, parameter), direction))
}

/** Decoupled weight decay, p - η λ p: the loss's gradient doesn't see it. Loshchilov and Hutter 2019. */
function shrunk(inputs: UpdateInputs): Node {
  const { parameter, weightDecay } = inputs
  return weightDecay === 0 ? parameter : descend(parameter, inputs, multiply(weightDecay, parameter))
}

/** The number of a tensor's step, from 1. */
const t: Scalar = { start: 0, next: (before) => add(before, 1) }

/** Adam's step of `parameter` along `gradient`. */
function adamStep(parameter: Node, gradient: Node, inputs: UpdateInputs, settings: AdamSettings): Update {
  const { states, learningRate, scalars } = inputs
  const { beta1, beta2, epsilon, amsgrad } = settings
  const mean = average(states.mean!, beta1, gradient)
  const meanSquare = average(states.square!, beta2, square(gradient))
  const largestSquare = amsgrad ? maximum(states.largestSquare!, meanSquare) : meanSquare

  const correction = (beta: Operand) => subtract(1, power(beta, scalars.t!))
  const rate = spread(divide(learningRate, correction(beta1)), parameter)
  const root = divide(sqrt(largestSquare), spread(sqrt(correction(beta2)), parameter))
  return {
    parameter: subtract(parameter, multiply(rate, divide(mean, add(root, epsilon)))),
    states: { mean, square: meanSquare, ...(amsgrad ? { largestSquare } : {}) },
  }
}

/** NAdam's momentum in step t: β₁ (1 - 0.96^(t ψ) / 2). */
function momentumAt(t: Node, { beta1, momentumDecay }: NadamSettings): Node {
  return multiply(beta1, subtract(1, multiply(0.5, power(0.96, multiply(t, momentumDecay)))))
}

const adamArguments = {
  learningRate: learningRate(0.001),
  beta1: fraction.default(0.9),
  beta2: fraction.default(0.999),
  epsilon: nonNegative.default(1e-8),
  amsgrad: flag.default(false),
}

const adamStates = ({ amsgrad }: { amsgrad: boolean }) => ['mean', 'square', ...(amsgrad ? ['largestSquare'] : [])]

/** The optimizers: torch.optim's formulas and defaults. */
export const optimizers = {
  /**
   * m ← μ m + g, then p ← p - η m; with Nesterov's p ← p - η (g + μ m). Sutskever et al. 2013, in torch.optim.SGD's form, whose learning
   * rate has to be given, or is 0.001 from PyTorch 2.2 on.
   */
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
      const { parameter, states } = inputs
      const gradient = decayed(inputs)
      if (momentum === 0) {
        if (nesterov) throw new Misfit('out-of-range', 'takes nesterov only with a momentum over 0')
        return { parameter: descend(parameter, inputs, gradient), states: {} }
      }
      const velocity = add(multiply(momentum, states.momentum!), gradient)
      const direction = nesterov ? add(gradient, multiply(momentum, velocity)) : velocity
      return { parameter: descend(parameter, inputs, direction), states: { momentum: velocity } }
    },
  },
  /** m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², p ← p - η/(1 - β₁ᵗ) m / (√v/√(1 - β₂ᵗ) + ε). Kingma and Ba 2015; amsgrad: Reddi et al. 2018. */
  adam: {
    arguments: keys({ ...adamArguments, weightDecay: decaySetting }),
    first: 'learningRate',
    states: adamStates,
    scalars: { t },
    meaning: ['beta1', 'beta2'],
    update: (inputs: UpdateInputs, settings: AdamSettings) =>
      adamStep(inputs.parameter, decayed(inputs), inputs, settings),
  },
  /** p ← p - η λ p, then adam's step. Loshchilov and Hutter 2019. */
  adamw: {
    arguments: keys({ ...adamArguments, weightDecay: weightDecay.prefault(0.01) }),
    first: 'learningRate',
    states: adamStates,
    scalars: { t },
    meaning: ['beta1', 'beta2'],
    update: (inputs: UpdateInputs, settings: AdamSettings) =>
      adamStep(shrunk(inputs), inputs.gradient, inputs, settings),
  },
  /**
   * m and v as adam's, μ_t = β₁ (1 - 0.96^(t ψ) / 2), M_t = μ₁ … μ_t,
   * p ← p - η ((1 - μ_t) / (1 - M_t) g + μ_{t+1} / (1 - M_{t+1}) m) / (√(v / (1 - β₂ᵗ)) + ε). Dozat 2016, in torch.optim.NAdam's form
   * (before PyTorch 2.0 that of foreach alone, for the other took μ_t into M_{t+1} twice).
   */
  nadam: {
    arguments: keys({
      learningRate: learningRate(0.002),
      beta1: fraction.default(0.9),
      beta2: fraction.default(0.999),
      epsilon: nonNegative.default(1e-8),
      momentumDecay: nonNegative.default(0.004),
      weightDecay: decaySetting,
    }),
    first: 'learningRate',
    states: () => ['mean', 'square'],
    scalars: {
      t,
      momentumProduct: {
        start: 1,
        next: (product: Node, t: Node, settings: NadamSettings) => multiply(product, momentumAt(t, settings)),
      },
    },
    meaning: ['beta1', 'beta2', 'momentumDecay'],
    update: (inputs: UpdateInputs, settings: NadamSettings) => {
      const { parameter, states, scalars } = inputs
      const t = scalars.t!
      const { beta1, beta2, epsilon } = settings
      const gradient = decayed(inputs)
      const mean = average(states.mean!, beta1, gradient)
      const meanSquare = average(states.square!, beta2, square(gradient))
      const correction = spread(subtract(1, power(beta2, t)), parameter)
      const root = add(sqrt(divide(meanSquare, correction)), epsilon)

      const product = scalars.momentumProduct!
      const next = momentumAt(add(t, 1), settings)
      const ofGradient = divide(subtract(1, momentumAt(t, settings)), subtract(1, product))
      const ofMean = divide(next, subtract(1, multiply(product, next)))
      const direction = add(
        multiply(spread(ofGradient, parameter), gradient),
        multiply(spread(ofMean, parameter), mean),
      )
      return {
        parameter: descend(parameter, inputs, divide(direction, root)),
        states: { mean, square: meanSquare },
      }
    },
  },
  /**
   * v ← α v + (1 - α) g², d = g / (√v + ε), p ← p - η d; with momentum b ← μ b + d, p ← p - η b. Tieleman and Hinton 2012.
   * Centered, the root is that of the variance v - c², where c ← α c + (1 - α) g. Graves 2013. A variance that rounding takes below 0 is 0,
   * where torch.optim.RMSprop has NaN.
   */
  rmsprop: {
    arguments: keys({
      learningRate: learningRate(0.01),
      decay: fraction.default(0.99),
      epsilon: nonNegative.default(1e-8),
      momentum: nonNegative.default(0),
      centered: flag.default(false),
      weightDecay: decaySetting,
    }),
    first: 'learningRate',
    states: ({ momentum, centered }: RmspropSettings) => [
      'square',
      ...(centered ? ['mean'] : []),
      ...(momentum === 0 ? [] : ['momentum']),
    ],
    update: (inputs: UpdateInputs, { decay, epsilon, momentum, centered }: RmspropSettings) => {
      const { parameter, states } = inputs
      const gradient = decayed(inputs)
      const meanSquare = average(states.square!, decay, square(gradient))
      const mean = centered ? average(states.mean!, decay, gradient) : undefined
      // Under a steady gradient the variance is a difference of equals, which rounding may take below 0.
      const variance = mean ? maximum(subtract(meanSquare, square(mean)), 0) : meanSquare
      const scaled = divide(gradient, add(sqrt(variance), epsilon))
      const direction = momentum === 0 ? scaled : add(multiply(momentum, states.momentum!), scaled)
      return {
        parameter: descend(parameter, inputs, direction),
        states: {
          square: meanSquare,
          ...(mean ? { mean } : {}),
          ...(momentum === 0 ? {} : { momentum: direction }),
        },
      }
    },
  },
  /** s ← s + g², p ← p - η g / (√s + ε). Duchi et al. 2011. */
  adagrad: {
    arguments: keys({
      learningRate: learningRate(0.01),
      epsilon: nonNegative.default(1e-10),
      weightDecay: decaySetting,
    }),
    first: 'learningRate',
    states: () => ['squares'],
    update: (inputs: UpdateInputs, { epsilon }: { epsilon: number }) => {
      const gradient = decayed(inputs)
      const squares = add(inputs.states.squares!, square(gradient))
      const direction = divide(gradient, add(sqrt(squares), epsilon))
      return { parameter: descend(inputs.parameter, inputs, direction), states: { squares } }
    },
  },
  /** v ← ρ v + (1 - ρ) g², d = √(u + ε) / √(v + ε) g, u ← ρ u + (1 - ρ) d², p ← p - η d. Zeiler 2012. */
  adadelta: {
    arguments: keys({
      learningRate: learningRate(1),
      decay: fraction.default(0.9),
      epsilon: nonNegative.default(1e-6),
      weightDecay: decaySetting,
    }),
    first: 'learningRate',
    states: () => ['square', 'squareStep'],
    update: (inputs: UpdateInputs, { decay, epsilon }: { decay: number; epsilon: number }) => {
      const { parameter, states } = inputs
      const gradient = decayed(inputs)
      const meanSquare = average(states.square!, decay, square(gradient))
      const root = (x: Node) => sqrt(add(x, epsilon))
      const direction = multiply(divide(root(states.squareStep!), root(meanSquare)), gradient)
      const squareStep = average(states.squareStep!, decay, square(direction))
      return { parameter: descend(parameter, inputs, direction), states: { square: meanSquare, squareStep } }
    },
  },
  /** p ← p - η λ p - η sign(β₁ m + (1 - β₁) g), then m ← β₂ m + (1 - β₂) g. Chen et al. 2023. */
  lion: {
    arguments: keys({
      learningRate: learningRate(1e-4),
      beta1: fraction.default(0.9),
      beta2: fraction.default(0.99),
      weightDecay: decaySetting,
    }),
    first: 'learningRate',
    states: () => ['mean'],
    update: (inputs: UpdateInputs, { beta1, beta2 }: { beta1: number; beta2: number }) => {
      const { gradient, states } = inputs
      const direction = sign(average(states.mean!, beta1, gradient))
      return {
        parameter: descend(shrunk(inputs), inputs, direction),
        states: { mean: average(states.mean!, beta2, gradient) },
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

export interface RmspropSettings {
  readonly decay: number
  readonly epsilon: number
  readonly momentum: number
  readonly centered: boolean
}

export interface NadamSettings {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly momentumDecay: number
}
