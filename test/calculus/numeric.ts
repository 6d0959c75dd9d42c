import { input, multiply, sum } from '../../src/graph/build.ts'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { evaluate, type Bindings } from '../../src/graph/evaluate.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { elementCount, type Shape } from '../../src/graph/shape.ts'

/** The number of samples in these tests. */
export const batch = 3

/** Weights of f(x ± k h), k = 1 … 4, in the central difference whose error is of order h⁸ (Fornberg 1988, table 1). */
const stencil = [4 / 5, -1 / 5, 4 / 105, -1 / 280]
const step = 2 ** -6

/** ∂f/∂x[k] for each k by central differences in float64; for f smooth on the scale of 1/10 they are good to about 1e-12. */
export function centralDifferences(f: (x: readonly number[]) => number, x: readonly number[]): number[] {
  return x.map((value, k) =>
    stencil.reduce((sum, weight, j) => {
      const h = (j + 1) * step
      return sum + (weight * (f(x.with(k, value + h)) - f(x.with(k, value - h)))) / step
    }, 0),
  )
}

/** An expression over leaves of given shapes and values. */
export interface Expression {
  readonly leaves: readonly { readonly shape: Shape; readonly values: readonly number[] }[]
  readonly build: (...leaves: readonly Node[]) => Node
}

/**
 * The adjoints of an expression's leaves for an arbitrary adjoint δ of its result, as the compiler derives them and as central
 * differences of ⟨δ, f(leaves)⟩ give them.
 */
export function adjointsBothWays({ leaves, build }: Expression): { derived: number[][]; numeric: number[][] } {
  const graph = new Interner()
  const nodes = leaves.map(({ shape }, k) => input(graph, `leaf${k}`, shape))
  const result = build(...nodes)
  const seed = input(graph, 'seed', result.shape)
  const seedValues = pseudoRandom(elementCount(result.shape, batch))
  const bindings = (values: readonly (readonly number[])[]): Bindings => ({
    batch,
    inputs: { seed: seedValues, ...Object.fromEntries(values.map((value, k) => [`leaf${k}`, value])) },
  })
  const values = leaves.map((leaf) => leaf.values)
  const adjoints = differentiate(result, seed, nodes)
  const derived = evaluate(
    nodes.map((node) => adjoints.get(node)!),
    bindings(values),
  )
  const weighted = sum(
    multiply(seed, result),
    result.shape.map((_, axis) => axis),
  )
  return {
    derived: derived.map((adjoint) => [...adjoint]),
    numeric: values.map((value, k) =>
      centralDifferences((moved) => evaluate([weighted], bindings(values.with(k, moved)))[0]![0]!, value),
    ),
  }
}

/** Fixed values in [-1, 1], none of them near 0, no two alike. */
export function pseudoRandom(count: number, salt = 1): number[] {
  return Array.from({ length: count }, (_, k) => {
    const x = Math.sin(12.9898 * (k + 1) + 78.233 * salt) * 43758.5453
    const fraction = x - Math.floor(x)
    return fraction < 0.5 ? fraction * 1.8 - 1 : fraction * 1.8 - 0.8
  })
}
