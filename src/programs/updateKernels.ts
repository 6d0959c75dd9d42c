import { multiply, parameter, sqrt, sum, uniform } from '../graph/build.ts'
import { Interner, type Node } from '../graph/node.ts'
import { simplify } from '../calculus/algebra.ts'
import type { PointwiseOp } from '../graph/op.ts'
import { kernelsOf, type Buffer, type Kernel, type Scalar, type Stage } from '../loops/notation/kernel.ts'
import { toAscii } from '../graph/equations/ascii.ts'
import { nameForm } from '../graph/equations/form.ts'
import { definitionOf } from '../graph/equations/formOf.ts'
import { lower, type LoweredProgram } from '../loops/notation/lower.ts'

/** The formula of one optimizer step, element by element, built from nodes. */
export type UpdateFormula = (operands: {
  readonly parameter: Node
  readonly gradient: Node
  readonly states: Readonly<Record<string, Node>>
  readonly uniforms: { readonly learningRate: Node; readonly t: Node }
  readonly scalars: Readonly<Record<string, Node>>
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
 * @param scalarNames doubles of the host that the formula takes besides learning rate and step.
 * @param negligible magnitudes of states below it become 0.
 */
export function lowerUpdate(
  formula: UpdateFormula,
  stateNames: readonly string[],
  scalarNames: readonly string[],
  negligible = 0,
): LoweredUpdate {
  const graph = new Interner()
  const flat = (name: string) => parameter(graph, name, ['batch'])
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
    scalars: Object.fromEntries(scalarNames.map((name) => [name, uniform(graph, name)])),
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
    const equation = toAscii({ left: nameForm(buffer.name), sign: '←', right: definitionOf(node, symbols) })
    symbols.set(node, `new ${buffer.name}`)
    return equation
  })
  const [{ name, steps }] = programs as [LoweredProgram]
  const forgetful = kernelsOf(steps).map((kernel) => forgetting(kernel, negligible))
  return { program: { name, steps: forgetful }, outputs: demands.map(({ node }) => node), equations }
}

/** The kernel, where it writes optimizer states, with 0 in place of magnitudes below `negligible`. */
function forgetting(kernel: Kernel, negligible: number): Kernel {
  if (negligible === 0) return kernel
  const apply = (op: PointwiseOp, ...operands: Scalar[]): Scalar => ({ kind: 'apply', op, operands })
  const literal = (value: number): Scalar => ({ kind: 'literal', value })
  const stages = kernel.stages.map((stage): Stage => {
    if (stage.kind === 'reduce' || stage.target.buffer.role !== 'optimizer') return stage
    const isNegligible = apply('less', apply('abs', stage.value), literal(negligible))
    return { ...stage, value: apply('select', isNegligible, literal(0), stage.value) }
  })
  return { ...kernel, stages }
}

/** The Euclidean norm of all gradients, left in `result`: one reduction of their flat region, `gradients`. */
export function lowerNorm(result: Buffer): Kernel {
  const graph = new Interner()
  const gradients = parameter(graph, 'gradients', ['batch'])
  const norm = sqrt(sum(multiply(gradients, gradients), [0]))
  const leaves = new Map([[gradients, region('gradients', 'gradient')]])
  const [program] = lower({ norm: [{ node: norm, buffer: result }] }, leaves).programs
  return kernelsOf(program!.steps)[0]!
}

function region(name: string, role: Buffer['role']): Buffer {
  return { name, role, batched: true, size: 1 }
}
