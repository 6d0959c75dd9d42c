import {
  abs,
  add,
  branch,
  apply,
  broadcast,
  concat,
  contract,
  cos,
  divide,
  equal,
  erf,
  gaussian,
  exp,
  expm1,
  exponentOf,
  gather,
  iota,
  less,
  lessEqual,
  log,
  log1p,
  max,
  maximum,
  minimum,
  multiply,
  nearest,
  negate,
  noise,
  normalCdf,
  notEqual,
  pad,
  permute,
  power,
  powerOfTwo,
  reducedAngle,
  reshape,
  scatter,
  select,
  sigmoid,
  sign,
  sin,
  slice,
  softplus,
  sqrt,
  subtract,
  sum,
  tan,
  tanh,
} from '../../src/graph/build.ts'
import type { Node } from '../../src/graph/node.ts'
import type { Op, StructuralOp } from '../../src/graph/op.ts'
import { argument, scan } from '../../src/graph/scan.ts'
import { elementCount, type Shape } from '../../src/graph/shape.ts'
import { fold, unfold } from '../../src/graph/windows.ts'
import { batch, pseudoRandom, type Expression } from './numeric.ts'

/** Ops that end every path: they have no inputs. */
export const leafOps = [
  'input',
  'parameter',
  'state',
  'uniform',
  'constant',
  'iota',
  'extent',
  'argument',
] as const satisfies StructuralOp[]

const plain = (values: readonly number[]) => values
/** Far enough from 0 for logarithms, roots and denominators. */
const positive = (values: readonly number[]) => values.map((value) => value + 2.5)
/** The branches of a choice apart, so that no difference reaches across the kink. */
const apart = (values: readonly number[]) => values.map((value, k) => value + (k % 2 ? 2 : -2))

type Leaf = Shape | readonly [shape: Shape, values: (random: readonly number[]) => readonly number[]]

function expression(leaves: readonly Leaf[], build: (...leaves: readonly Node[]) => Node): Expression {
  return {
    leaves: leaves.map((leaf, k) => {
      const [shape, values] = Array.isArray(leaf[0]) ? (leaf as [Shape, typeof plain]) : [leaf as Shape, plain]
      return { shape, values: values(pseudoRandom(elementCount(shape, batch), k + 1)) }
    }),
    build,
  }
}

const row: Shape = ['batch', 4]
const unary = (build: (x: Node) => Node, values = plain) => [expression([[row, values]], (x) => build(x!))]
const binary = (build: (a: Node, b: Node) => Node, values = plain) => [
  expression([row, [row, values]], (a, b) => build(a!, b!)),
  // Both operands the same node: two contributions meet.
  expression([[row, values]], (a) => build(a!, add(1, multiply(a!, a!)))),
]
/** A comparison has no derivative of its own; what it chooses has. */
const choice = (build: (a: Node, b: Node) => Node) => [
  expression([row, [row, apart]], (a, b) => select(build(a!, b!), multiply(a!, a!), sin(b!))),
]

/** A scan of a step from elements, carries and what is captured. */
function scanned(
  reverse: boolean,
  sequences: readonly Node[],
  initial: readonly Node[],
  captured: readonly Node[],
  step: (elements: Node[], carries: Node[], captured: Node[]) => { next: Node[]; output: Node },
): Node {
  const { graph } = sequences[0]!
  const name = `region ${sequences.map(({ id }) => id).join()}`
  const given = (role: string, shapes: readonly Shape[]) =>
    shapes.map((shape, k) => argument(graph, name, `${role}${k}`, shape))
  const elements = given(
    'x',
    sequences.map(({ shape }) => shape.toSpliced(1, 1)),
  )
  const carries = given(
    'h',
    initial.map(({ shape }) => shape),
  )
  const same = given(
    'c',
    captured.map(({ shape }) => shape),
  )
  const { next, output } = step(elements, carries, same)
  return scan({ carries, elements, captured: same, next }, { initial, sequences, captured }, output, reverse)
}

/** For every op with inputs, smooth expressions that use it. `detach` is what has no derivative though it isn't constant. */
export const expressions: Readonly<Record<Exclude<Op, (typeof leafOps)[number] | 'detach'>, readonly Expression[]>> = {
  negate: unary(negate),
  abs: unary(abs),
  sign: unary((x) => multiply(sign(x), x)),
  sqrt: unary(sqrt, positive),
  exp: unary(exp),
  expm1: unary(expm1),
  log: unary(log, positive),
  log1p: unary(log1p, positive),
  sin: unary(sin),
  cos: unary(cos),
  tan: unary((x) => tan(multiply(0.5, x))),
  tanh: unary(tanh),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  erf: unary(erf),
  gaussian: unary(gaussian),
  normalCdf: unary(normalCdf),

  add: binary(add),
  subtract: binary(subtract),
  multiply: binary(multiply),
  divide: binary(divide, positive),
  maximum: [...binary(maximum, apart), ...unary((x) => maximum(x, 0)), ...unary((x) => maximum(0, x))],
  minimum: [...binary(minimum, apart), ...unary((x) => minimum(x, 0)), ...unary((x) => minimum(0, x))],
  power: [
    ...[-2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3].flatMap((c) => unary((x) => power(x, c), positive)),
    ...[0, 1, 2, 3].flatMap((c) => unary((x) => power(x, c))),
    expression([[row, positive], row], (x, y) => power(x!, y!)),
    expression([row], (y) => power(2.5, y!)),
  ],
  less: choice(less),
  lessEqual: choice(lessEqual),
  equal: choice(equal),
  notEqual: choice(notEqual),
  noise: unary((x) => multiply(noise(3, iota(x.graph, x.shape, 1)), sin(x))),
  nearest: unary((x) => multiply(nearest(multiply(0.75, iota(x.graph, x.shape, 1))), sin(x))),
  powerOfTwo: unary((x) => multiply(powerOfTwo(iota(x.graph, x.shape, 1)), sin(x))),
  exponentOf: unary((x) => multiply(exponentOf(add(1, iota(x.graph, x.shape, 1))), sin(x))),
  reducedAngle: unary((x) => multiply(reducedAngle(add(5000, iota(x.graph, x.shape, 1)), 1), sin(x))),
  select: [expression([row, [row, apart], row], (a, b, c) => select(less(a!, b!), multiply(a!, c!), multiply(b!, c!)))],

  sum: [
    expression([row], (x) => sum(sin(x!), [0])),
    expression([row], (x) => sum(sin(x!), [1])),
    expression([['batch', 2, 3]], (x) => sum(sin(x!), [0, 2])),
    expression([[2, 3]], (x) => sum(sin(x!), [0, 1])),
  ],
  max: [
    expression([[row, apart]], (x) => max(x!, [1])),
    expression([[['batch', 2, 2], (random) => random.map((value, k) => value + 3 * k)]], (x) => max(x!, [0, 2])),
    expression([[['batch', 2, 2], (random) => random.map((value, k) => value + 3 * k)]], (x) =>
      max(x!, [1, 2], 'first'),
    ),
  ],
  contract: [
    expression([row, [2, 4]], (x, W) => contract(x!, 'bi', W!, 'oi', 'bo')),
    expression([row, ['batch', 2]], (x, y) => contract(x!, 'bi', y!, 'bo', 'oi')),
    expression(
      [
        ['batch', 2, 3],
        ['batch', 4, 3],
      ],
      (q, k) => contract(q!, 'btf', k!, 'bsf', 'bts'),
    ),
    expression(
      [
        ['batch', 2, 3],
        [3, 2],
      ],
      (x, W) => contract(x!, 'bij', W!, 'ji', 'b'),
    ),
    expression(
      [
        [2, 3],
        [2, 3],
      ],
      (a, b) => contract(a!, 'ij', b!, 'ij', 'ji'),
    ),
    expression([[3], [2]], (a, b) => contract(a!, 'i', b!, 'j', 'ij')),
    expression([row], (x) => contract(x!, 'bi', x!, 'bj', 'bij')),
  ],

  reshape: [expression([['batch', 2, 3]], (x) => reshape(sin(x!), ['batch', 6]))],
  branch: unary((x) => branch(sin(x))),
  permute: [
    expression([['batch', 2, 3]], (x) => permute(sin(x!), [0, 2, 1])),
    expression([[2, 3, 4]], (x) => permute(sin(x!), [2, 0, 1])),
  ],
  broadcast: [
    expression([[4]], (x) => broadcast(sin(x!), row, [1])),
    expression([['batch']], (x) => broadcast(sin(x!), ['batch', 2, 3], [0])),
    expression([[]], (x) => broadcast(sin(x!), row, [])),
    expression([[2, 3]], (x) => broadcast(sin(x!), [2, 4, 3], [0, 2])),
  ],
  slice: [
    expression([row], (x) => slice(sin(x!), 1, 1, 3)),
    expression([[3, 2]], (x) => slice(sin(x!), 0, 2, 3)),
    expression([row], (x) => add(slice(x!, 1, 0, 3), multiply(slice(x!, 1, 1, 4), slice(x!, 1, 0, 3)))),
  ],
  pad: [
    expression([row], (x) => pad(sin(x!), [{ axis: 1, before: 2, after: 1 }])),
    expression([[2, 3]], (x) => pad(sin(x!), [{ axis: 0, before: 0, after: 2 }])),
  ],
  unfold: [
    expression([['batch', 7]], (x) => unfold(sin(x!), [{ axis: 1, size: 3, stride: 2 }])),
    expression([['batch', 2, 6, 5]], (x) =>
      unfold(sin(x!), [
        { axis: 2, size: 2, dilation: 2 },
        { axis: 3, size: 3, stride: 2, dilation: -1 },
      ]),
    ),
    // Convolutions: one whose input adjoint is again a product over windows, and one whose strides leave gaps.
    ...[1, 2].map((stride) =>
      expression(
        [
          ['batch', 2, 5, 6],
          [2, 2, 2, 3],
        ],
        (x, kernel) => {
          const windows = unfold(sin(x!), [
            { axis: 2, size: 2, stride },
            { axis: 3, size: 3, stride: 1, dilation: 2 },
          ])
          return contract(windows, 'bcqpkl', kernel!, 'ockl', 'boqp')
        },
      ),
    ),
    // The operands in the other order, and windows over a permuted product.
    expression(
      [
        ['batch', 5, 2],
        [2, 2, 3],
      ],
      (x, kernel) => contract(kernel!, 'ock', unfold(sin(x!), [{ axis: 1, size: 3 }]), 'bqck', 'bqo'),
    ),
  ],
  fold: [
    expression([['batch', 3, 3]], (x) => fold(sin(x!), ['batch', 7], [{ axis: 1, size: 3, stride: 2 }])),
    expression([['batch', 2, 2, 3, 2]], (x) =>
      fold(
        sin(x!),
        ['batch', 4, 3],
        [
          { axis: 1, size: 3 },
          { axis: 2, size: 2, dilation: -1 },
        ],
      ),
    ),
    expression([['batch', 2, 2]], (x) => fold(sin(x!), ['batch', 5], [{ axis: 1, size: 2, stride: 2 }])),
  ],
  gather: [
    expression([[4, 3]], (table) => gather(sin(table!), iota(table!.graph, ['batch', 4], 1))),
    expression([['batch'], [3]], (x, table) => multiply(x!, gather(table!, iota(x!.graph, ['batch'], 0)))),
  ],
  scatter: [
    expression([['batch', 4, 2]], (x) => {
      const place = iota(x!.graph, ['batch', 4], 1)
      return scatter(sin(x!), select(less(place, 2), 1, place), 5)
    }),
  ],
  scan: [
    // h ← tanh(x + Ω h + β), from h₀: with the derivative in all of them
    ...[false, true].map((reverse) =>
      expression([['batch', 3, 2], ['batch', 2], [2, 2], [2]], (x, first, weight, bias) =>
        scanned(reverse, [x!], [first!], [weight!, bias!], ([now], [h], [Ω, β]) => {
          const next = tanh(add(now!, add(contract(h!, 'bi', Ω!, 'oi', 'bo'), broadcast(β!, h!.shape, [1]))))
          return { next: [next], output: next }
        }),
      ),
    ),
    // Two carries, of which the output is neither, and a second use of what is the same at all times
    expression(
      [
        ['batch', 3, 2],
        ['batch', 3, 2],
        [2, 2],
      ],
      (x, z, weight) =>
        scanned(false, [x!, z!], [multiply(0, sum(x!, [1])), sum(z!, [1])], [weight!], ([x, z], [h, c], [Ω]) => {
          const gate = sigmoid(multiply(0.5, add(contract(h!, 'bi', Ω!, 'oi', 'bo'), z!)))
          const next = [add(multiply(gate, c!), multiply(0.5, x!)), multiply(0.5, contract(c!, 'bi', Ω!, 'io', 'bo'))]
          return { next, output: multiply(gate, sin(multiply(0.5, h!))) }
        }),
    ),
    // Parts of what is the same at all times: its adjoint is joined from theirs
    expression(
      [
        ['batch', 3, 2],
        ['batch', 2],
        [4, 2],
      ],
      (x, first, weights) =>
        scanned(false, [x!], [first!], [weights!], ([now], [h], [Ω]) => {
          const [ofInput, ofState] = [slice(Ω!, 0, 0, 2), slice(Ω!, 0, 2, 4)]
          const next = tanh(add(contract(now!, 'bi', ofInput, 'oi', 'bo'), contract(h!, 'bi', ofState, 'oi', 'bo')))
          return { next: [next], output: multiply(0.5, next) }
        }),
    ),
    // What is the same at all times is permuted, negated, spread over all axes, read in windows, or not at all
    expression([['batch', 3, 2], ['batch', 2], [2, 2], [2], [], [3], [2]], (x, first, ...captured) =>
      scanned(false, [x!], [first!], captured, ([now], [h], [Ω, β, scale, long]) => {
        const state = contract(h!, 'bi', permute(Ω!, [1, 0]), 'oi', 'bo')
        const windows = contract(now!, 'bi', unfold(long!, [{ axis: 0, size: 2 }]), 'io', 'bo')
        const next = tanh(add(add(state, windows), broadcast(negate(β!), h!.shape, [1])))
        return { next: [next], output: multiply(broadcast(scale!, h!.shape, []), next) }
      }),
    ),
  ],
  concat: [
    expression([row, ['batch', 1]], (x, y) => concat([sin(x!), y!, x!], 1)),
    expression(
      [
        [2, 3],
        [1, 3],
      ],
      (x, y) => concat([x!, sin(y!)], 0),
    ),
  ],
}

/** A unary expression in mathjs' language, and the same with our builders. */
export const mathjsExpressions: Readonly<Record<string, (x: Node) => Node>> = {
  '-x': negate,
  'sqrt(x)': sqrt,
  'abs(x)': abs,
  'exp(x)': exp,
  'exp(x) - 1': expm1,
  'log(x)': log,
  'log(x + 1)': log1p,
  'sin(x)': sin,
  'cos(x)': cos,
  'tan(x)': tan,
  'tanh(x)': tanh,
  '1 / (1 + exp(-x))': sigmoid,
  'x + sin(x)': (x) => add(x, sin(x)),
  'x - cos(x)': (x) => subtract(x, cos(x)),
  'x * exp(x)': (x) => multiply(x, exp(x)),
  'sin(x) / (x + 3)': (x) => divide(sin(x), add(x, 3)),
  'x ^ 3': (x) => power(x, 3),
  'x ^ -1': (x) => power(x, -1),
  'x ^ 0.5': (x) => power(x, 0.5),
  '2 ^ x': (x) => apply('power', 2, x),
  'x ^ x': (x) => power(x, x),
  'tanh(x) * log(x) / (1 + x ^ 2)': (x) => divide(multiply(tanh(x), log(x)), add(1, power(x, 2))),
  'sin(cos(exp(-x))) ^ 2': (x) => power(sin(cos(exp(negate(x)))), 2),
}
