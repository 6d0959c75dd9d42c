import type { Precision } from '../base/precision.ts'
import { simplify } from '../calculus/algebra.ts'
import { portableOps } from '../graph/elementary/index.ts'
import { evaluate, type Bindings } from '../graph/evaluate.ts'
import { pointwise } from '../graph/op.ts'
import { rounded } from './rounded.ts'

/** What transcendental ops are in WebAssembly. */
function portableMeanings(precision: Precision): NonNullable<Bindings['functions']>[Precision] {
  const meanings = Object.fromEntries(portableOps.map((op) => [op, rounded(op, precision)]))
  const round = precision === 'f32' ? Math.fround : Number
  return {
    ...meanings,
    // Lowering makes products, quotients and roots of powers with these exponents.
    power: (x: number, c: number) => {
      const square = round(x * x)
      if (c === 3) return square * x
      if (c === 4) return square * square
      if (c === -2) return 1 / square
      return [2, 0.5, -1].includes(c) ? pointwise.power.evaluate(x, c) : meanings.power!(x, c)
    },
  }
}

const functions = { f32: portableMeanings('f32'), f64: portableMeanings('f64') }

/** Evaluates a graph as WebAssembly does: with portable functions, but for constants, which the simplifier folds; they are stored rounded. */
export function portably(precision: Precision): typeof evaluate {
  return (outputs, bindings) => {
    const simplified = simplify(outputs)
    const values = evaluate(
      outputs.map((node) => simplified.get(node)!),
      { ...bindings, precision, functions },
    )
    return precision === 'f32' ? values.map((elements) => elements.map(Math.fround)) : values
  }
}
