import { recognise } from '../../../src/calculus/idioms/index.ts'
import type { Precision } from '../../../src/base/precision.ts'
import { input } from '../../../src/graph/build.ts'
import { Interner, type Node } from '../../../src/graph/node.ts'
import { evaluateFormula } from '../../../src/language/formulas/expression.ts'
import { parseFormula } from '../../../src/language/formulas/formula.ts'

export interface Recognised {
  readonly variables: Readonly<Record<'x' | 'y' | 'z', Node>>
  /** As it is written. */
  readonly written: Node
  readonly recognised: Node
}

/** A formula in x, y and z, before and after its idioms are recognised. */
export async function recognisedFormula(text: string, precision: Precision = 'f64'): Promise<Recognised> {
  const graph = new Interner()
  const leaf = (name: string): Node => input(graph, name, ['batch'])
  const variables = { x: leaf('x'), y: leaf('y'), z: leaf('z') }
  const written = evaluateFormula(await parseFormula(text), variables)
  return { variables, written, recognised: recognise([written], precision).get(written)! }
}
