import { parameter, uniform } from '../graph/build.ts'
import { Interner, type Node } from '../graph/node.ts'
import { simplify } from '../calculus/algebra.ts'
import type { Buffer } from './kernel.ts'
import { lower, type LoweredProgram } from './lower.ts'

/** The formula of one optimizer step, element by element, built from nodes. */
export type UpdateFormula = (operands: {
  readonly parameter: Node
  readonly gradient: Node
  readonly states: Readonly<Record<string, Node>>
  readonly uniforms: { readonly learningRate: Node; readonly t: Node }
}) => { readonly parameter: Node; readonly states: Readonly<Record<string, Node>> }

export interface LoweredUpdate {
  readonly program: LoweredProgram
  /** The flat regions that the kernels run over. */
  readonly parameters: Buffer
  readonly gradients: Buffer
  readonly states: ReadonlyMap<string, Buffer>
  readonly outputs: readonly Node[]
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
  const parameters = region('parameters', 'parameter')
  const gradients = region('gradients', 'gradient')
  const states = new Map(stateNames.map((name) => [name, region(name, 'optimizer')]))

  const updated = formula({
    ...leaves,
    uniforms: { learningRate: uniform(graph, 'learningRate'), t: uniform(graph, 't') },
  })
  const results = [
    ...stateNames.map((name) => ({ node: updated.states[name]!, buffer: states.get(name)! })),
    { node: updated.parameter, buffer: parameters },
  ]
  const simplified = simplify(results.map(({ node }) => node))
  const demands = results.map(({ node, buffer }) => ({ node: simplified.get(node)!, buffer }))
  const { programs } = lower(
    { update: demands },
    new Map([
      [leaves.parameter, parameters],
      [leaves.gradient, gradients],
      ...stateNames.map((name) => [leaves.states[name]!, states.get(name)!] as const),
    ]),
  )
  return { program: programs[0]!, parameters, gradients, states, outputs: demands.map(({ node }) => node) }
}
