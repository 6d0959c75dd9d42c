import type { z } from './zod.ts'
import {
  add,
  cos,
  divide,
  exp,
  expm1,
  greater,
  greaterEqual,
  less,
  lessEqual,
  minimum,
  multiply,
  negate,
  normalCdf,
  select,
  sigmoid,
  sin,
  softplus,
  tanh,
} from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { number, positive } from './arguments.ts'
import { logSoftmax, nonPositivePart, softmax, softsign, square, tanhOfSoftplus, tanhShrink } from './numerics.ts'
import { keys, type WordRow } from './word.ts'

export interface Activation extends WordRow {
  /** Whether each element depends on its own input only; otherwise it acts along the last axis. */
  readonly pointwise: boolean
  apply(x: Node, settings: object): Node
}

const none = keys({})

function pointwise(apply: (x: Node) => Node) {
  return { arguments: none, pointwise: true, apply }
}

function withSettings<S extends z.ZodRawShape, F extends keyof S & string>(
  shape: S,
  first: F,
  apply: (x: Node, settings: z.output<z.ZodObject<S>>) => Node,
) {
  return { arguments: keys(shape), first, pointwise: true, apply }
}

/** 2 √(2/π) (1 + 0.044715 x²), but no more than 2¹⁰, where it decides nothing any more: so that it stays finite. */
function geluSteepness(x: Node): Node {
  const scale = Math.sqrt(8 / Math.PI)
  return minimum(add(scale, multiply(0.044715 * scale, square(x))), 2 ** 10)
}

/** relu6(x + 3) / 6 where -3 < x < 3. */
const hardSigmoidRamp = (x: Node): Node => divide(add(x, 3), 6)

/**
 * The activations: torch.nn's formulas and defaults. At kinks the derivative follows from which branch holds there: relu'(0) = 0,
 * leakyRelu'(0) = slope, elu'(0) = α, relu6 and hardSigmoid 0 at both bounds, hardSwish'(-3) = -½ and hardSwish'(3) = 3/2.
 * NaN always falls to the branch that keeps it.
 */
export const activations = {
  /** max(x, 0) */
  relu: pointwise((x) => select(lessEqual(x, 0), 0, x)),
  /** x > 0 ? x : slope x */
  leakyRelu: withSettings({ slope: number.default(0.01) }, 'slope', (x, { slope }) =>
    select(greater(x, 0), x, multiply(slope, x)),
  ),
  /** x > 0 ? x : α (eˣ - 1) */
  elu: withSettings({ alpha: number.default(1) }, 'alpha', (x, { alpha }) =>
    select(greater(x, 0), x, multiply(alpha, expm1(nonPositivePart(x)))),
  ),
  /** x > 0 ? x : α (e^(x/α) - 1) */
  celu: withSettings({ alpha: positive.default(1) }, 'alpha', (x, { alpha }) =>
    select(greater(x, 0), x, multiply(alpha, expm1(divide(nonPositivePart(x), alpha)))),
  ),
  /** s (x > 0 ? x : α (eˣ - 1)): Klambauer et al., "Self-normalizing neural networks", 2017. */
  selu: pointwise((x) =>
    select(greater(x, 0), multiply(1.0507009873554805, x), multiply(1.7580993408473768, expm1(nonPositivePart(x)))),
  ),
  /** x Φ(x) = x/2 (1 + erf(x/√2)) */
  gelu: pointwise((x) => multiply(x, normalCdf(x))),
  /** x/2 (1 + tanh u) = x σ(2 u), u = √(2/π) (x + 0.044715 x³) */
  geluTanh: pointwise((x) => multiply(x, sigmoid(multiply(x, geluSteepness(x))))),
  /** x σ(x) */
  silu: pointwise((x) => multiply(x, sigmoid(x))),
  /** tanh x */
  tanh: pointwise(tanh),
  /** σ(x) = 1 / (1 + e⁻ˣ) */
  sigmoid: pointwise(sigmoid),
  /** log σ(x) = -log(1 + e⁻ˣ) */
  logSigmoid: pointwise((x) => negate(softplus(negate(x)))),
  /** log(1 + e^(βx)) / β; x itself where βx > 40, which it then equals to the last digit. PyTorch does so from 20 on, 2e-9 off. */
  softplus: withSettings({ beta: positive.default(1) }, 'beta', (x, { beta }) =>
    select(greater(multiply(beta, x), 40), x, divide(softplus(multiply(beta, x)), beta)),
  ),
  /** x / (1 + |x|) */
  softsign: pointwise(softsign),
  /** x tanh(log(1 + eˣ)) */
  mish: pointwise((x) => multiply(x, tanhOfSoftplus(x))),
  /** x relu6(x + 3) / 6 */
  hardSwish: pointwise((x) => select(less(x, -3), 0, select(greater(x, 3), x, multiply(x, hardSigmoidRamp(x))))),
  /** relu6(x + 3) / 6 */
  hardSigmoid: pointwise((x) => select(lessEqual(x, -3), 0, select(greaterEqual(x, 3), 1, hardSigmoidRamp(x)))),
  /** min(max(x, 0), 6) */
  relu6: pointwise((x) => select(lessEqual(x, 0), 0, select(greaterEqual(x, 6), 6, x))),
  /** x - tanh x */
  tanhShrink: pointwise(tanhShrink),
  /** sin x */
  sin: pointwise(sin),
  /** cos x */
  cos: pointwise(cos),
  /** eˣ */
  exp: pointwise(exp),
  /** x */
  identity: pointwise((x) => x),
  /** eˣ / Σ eˣ along the last axis */
  softmax: { arguments: none, pointwise: false, apply: softmax },
  /** log softmax(x) along the last axis */
  logSoftmax: { arguments: none, pointwise: false, apply: logSoftmax },
}
