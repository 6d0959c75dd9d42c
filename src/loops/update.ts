import { parameter, uniform } from '../graph/build.ts'
import { Interner, type Node } from '../graph/node.ts'
import { simplify } from '../calculus/algebra.ts'
import type { Buffer } from './kernel.ts'
import { printDefinition, toAscii } from '../graph/print.ts'
import { lower, type LoweredProgram } from './lower.ts'

/** The formula of one optimizer step, element by element, built from nodes. */
export type UpdateFormula = (operands: {
  readonly parameter: Node
  readonly gradient: Node
  readonly states: Readonly<Record<string, Node>>
  readonly uniforms: { readonly learningRate: Node; readonly t: Node }
}) => { readonly parameter: Node; readonly states: Readonly<Record<string, Node>> }

export interface LoweredUpdate {
  /** Its buffers are the flat regions: `parameters`, `gradients`, and the states by their names. */
  readonly program: LoweredProgram
  readonly outputs: readonly Node[]
  /** The step as assignments, for people. */
  readonly equations: readonly string[]
}

/**
 * Lowers an optimizer to kernels over the flat regions: parameters, gradients and states have equal inner offsets, so one loop
 * updates a run of elements of any tensors. Its axis is the run-time extent, here the number of elements in place of samples.
 */
export function lowerUpdate(formula: UpdateFormula, stateNames: readonly string[]): LoweredUpdate {
  const graph = new Interner()
  const flat = (name: string) => parameter(graph, name, ['batch'])
  const region = (name: string, role: Buffer['role']): Buffer => ({ name, role, batched: true, size: 1 })
  const leaves = {
    parameter: flat('parameters'),
    gradient: flat('gradients'),
    states: Object.fromEntries(stateNames.map((name) => [name, flat(name)])),
  }
  const regions = new Map<Node, Buffer>([
    [leaves.parameter, region('parameters', 'parameter')],
    [leaves.gradient, region('gradients', 'gradient')],
    ...stateNames.map((name) => [leaves.states[name]!, region(name, 'optimizer')] as const),
  ])
  const updated = formula({
    ...leaves,
    uniforms: { learningRate: uniform(graph, 'learningRate'), t: uniform(graph, 't') },
  })
  const results = [
    ...stateNames.map((name) => [leaves.states[name]!, updated.states[name]!] as const),
    [leaves.parameter, updated.parameter] as const,
  ]
  const simplified = simplify(results.map(([, node]) => node))
  const demands = results.map(([leaf, node]) => ({ node: simplified.get(node)!, buffer: regions.get(leaf)! }))
  const { programs } = lower({ update: demands }, regions)

  const symbols = new Map([...regions].map(([leaf, { name }]) => [leaf, name]))
  const equations = demands.map(({ node, buffer }) => {
    const equation = toAscii(`${buffer.name} <- ${printDefinition(node, symbols)}`)
    symbols.set(node, `new ${buffer.name}`)
    return equation
  })
  return { program: programs[0]!, outputs: demands.map(({ node }) => node), equations }
}
