import { deriveTraining } from '../../../../src/calculus/training.ts'
import { equationsOf } from '../../../../src/graph/equations/equations.ts'
import type { Equation } from '../../../../src/graph/equations/form.ts'
import { chooseNames, withRegions } from '../../../../src/graph/equations/names.ts'
import { toTeX } from '../../../../src/graph/equations/tex.ts'
import { toText } from '../../../../src/graph/equations/text.ts'
import { evaluate } from '../../../../src/graph/evaluate.ts'
import { topologicalOrder, type Node } from '../../../../src/graph/node.ts'
import { regionOutputs } from '../../../../src/graph/scan.ts'
import { isBatched, sampleShape } from '../../../../src/graph/shape.ts'
import type { Network } from '../../../../src/language/networks/network.ts'
import { withIdioms } from '../../../../src/programs/recognise.ts'
import { bindingsOf, drawData, smooth } from '../../../../src/verify/data.ts'
import { drawBuffers, drawParameters } from '../../../property/data.ts'
import { uniformRandom } from '../../../property/network.ts'
import { evaluateEquation, type Known } from './evaluate.ts'
import { readText, type ReadEquation } from './parse.ts'
import { readTeX } from './tex.ts'

/** What was read. */
export interface Tally {
  equations: number
  /** Those of one time of a recurrence, and those that read all times of one: they aren't evaluated. */
  recurrences: number
}

const relative = 1e-12

/** Of the largest number on the way, where terms cancel. */
const rounding = 1e-14

const printers: readonly (readonly [
  (equation: Equation) => string,
  (line: string, names: readonly string[]) => ReadEquation,
])[] = [
  [toText, readText],
  [toTeX, readTeX],
]

/**
 * Asserts that each equation of a network and of its derivatives, as printed and read, gives what the interpreter of the graph gives
 * for the node that it defines, from what that gives for the names on the right side.
 * @returns the lines in TeX.
 */
export function expectEquations(loaded: Network, seed: number, tally: Tally): string[] {
  const network = withIdioms(loaded, 'f64')
  const parameters = network.trained.map(({ node }) => node)
  const derived = deriveTraining({ ...network, parameters }, 'sum')
  const { outputs, losses, training, gradients, names } = derived
  const wanted = [...outputs, losses, training.losses, ...gradients]
  const order = withRegions(wanted)
  const naming = chooseNames(order, names, new Set(wanted))

  const random = uniformRandom(seed)
  const state = { parameters: drawParameters(network, random), buffers: drawBuffers(network, random), seed, steps: 3 }
  const batch = Math.max(2, network.leastSamples)
  const bindings = bindingsOf(drawData(network, batch, random, smooth), state)

  const named = new Map<string, Node>()
  for (const node of order) {
    const given =
      node.kind === 'given' || node.op === 'uniform' ? (node.attributes as { name: string }).name : undefined
    for (const name of [naming.symbols.get(node) ?? given, naming.adjoints.get(node)])
      if (name !== undefined) named.set(name, node)
  }
  const hasRegions = order.some((node) => regionOutputs(node).length > 0)
  const outside = new Set(topologicalOrder(wanted))
  const values = new Map<string, Known>()
  const evaluated = [...named].filter(([, node]) => outside.has(node))
  const results = evaluate(
    evaluated.map(([, node]) => node),
    bindings,
  )
  evaluated.forEach(([name, { shape }], k) =>
    values.set(name, { shape: sampleShape(shape), isBatched: isBatched(shape), values: results[k]! }),
  )

  const lines = equationsOf(wanted, names)
  for (const equation of lines) {
    const left = equation.left?.kind === 'name' ? equation.left.name : ''
    const text = toText(equation)
    tally.equations++
    if (hasRegions && (!values.has(left) || /scan\(|\[t(-1)?\]/.test(text))) {
      tally.recurrences++
      continue
    }
    for (const [print, read] of printers) {
      const line = print(equation)
      compare(line, () => evaluateEquation(read(line, [...named.keys()]), { batch, names: values }), values.get(left)!)
    }
  }
  return lines.map(toTeX)
}

function compare(
  line: string,
  evaluated: () => ReturnType<typeof evaluateEquation>,
  { values: expected }: Known,
): void {
  let found: ReturnType<typeof evaluateEquation>
  try {
    found = evaluated()
  } catch (error) {
    throw new Error(`${line}: ${(error as Error).message}`, { cause: error })
  }
  const largest = Array.from(expected).reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0)
  const { values } = found
  if (values.length !== expected.length) throw new Error(`${line}: ${values.length} numbers, not ${expected.length}`)
  const tolerance = Math.max(relative * largest, rounding * found.largest)
  Array.from(expected).forEach((x, k) => {
    const y = values[k]!
    const isNear = x === y || Math.abs(x - y) <= tolerance || (Number.isNaN(x) && Number.isNaN(y))
    if (!isNear) throw new Error(`${line}: element ${k} is ${y}, not ${x}`)
  })
}
