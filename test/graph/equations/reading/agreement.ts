import { deriveTraining } from '../../../../src/calculus/training.ts'
import { equationsOf } from '../../../../src/graph/equations/equations.ts'
import type { Equation } from '../../../../src/graph/equations/form.ts'
import { chooseNames, withRegions } from '../../../../src/graph/equations/names.ts'
import { toTeX } from '../../../../src/graph/equations/tex.ts'
import { toText } from '../../../../src/graph/equations/text.ts'
import { evaluate } from '../../../../src/graph/evaluate.ts'
import { topologicalOrder, type Node } from '../../../../src/graph/node.ts'
import { regionOutputs } from '../../../../src/graph/scan.ts'
import { elementCount, isBatched, sampleShape } from '../../../../src/graph/shape.ts'
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
  /** Those that read what a recurrence gives at all times: they aren't evaluated. */
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
  // One time of a recurrence is a graph of its own, whatever the times before have left.
  const left = order
    .filter(({ op }) => op === 'argument')
    .map(
      (node) => [node, Float64Array.from({ length: elementCount(node.shape, batch) }, () => smooth(random))] as const,
    )

  const named = order.flatMap((node) => {
    const given =
      node.kind === 'given' || node.op === 'uniform' ? (node.attributes as { name: string }).name : undefined
    const own = [naming.symbols.get(node) ?? given, naming.adjoints.get(node)]
    return own.flatMap((name) => (name === undefined ? [] : [[name, node] as const]))
  })
  const results = evaluate(
    named.map(([, node]) => node),
    { ...bindings, arguments: new Map(left) },
  )
  const known = named.map(([name, node], k) => ({
    ...{ name, node },
    known: { shape: sampleShape(node.shape), isBatched: isBatched(node.shape), values: results[k]! },
  }))
  const graphs = [wanted, ...order.map(regionOutputs)].map((nodes) => new Set(topologicalOrder(nodes)))
  const knownIn = (graph: ReadonlySet<Node>) =>
    new Map(known.filter(({ node }) => graph.has(node)).map((one): [string, Known] => [one.name, one.known]))
  const seen = graphs.filter(({ size }) => size > 0).map(knownIn)

  const lines = equationsOf(wanted, names)
  for (const equation of lines) {
    const defined = equation.left?.kind === 'name' ? equation.left.name : ''
    tally.equations++
    if (toText(equation).includes('scan(')) {
      tally.recurrences++
      continue
    }
    const values = seen.find((own) => own.has(defined))!
    for (const [print, read] of printers) {
      const line = print(equation)
      compare(
        line,
        () => evaluateEquation(read(line, [...values.keys()]), { batch, names: values }),
        values.get(defined)!,
      )
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
