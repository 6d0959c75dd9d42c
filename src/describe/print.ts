import type { Pass } from '../base/passes.ts'
import type { ConstantDescription, ModuleDescription, ProgramDescription } from '../emit/description.ts'
import { topologicalOrder } from '../graph/node.ts'
import { isPointwise, type PointwiseOp } from '../graph/op.ts'
import type { Network } from '../language/networks/network.ts'
import { kernelsOf, type Kernel } from '../loops/notation/kernel.ts'
import { uniformRow } from '../loops/notation/uniforms.ts'
import type { Differentiated } from '../programs/differentiate.ts'
import { stepsOf, type LoweredProgram } from '../programs/program.ts'
import { targets } from '../targets/index.ts'
import { argumentsOf, type CalledProgram } from '../targets/program.ts'
import type { Printed } from '../targets/target.ts'
import { printScalar } from '../targets/typescript/expression.ts'
import { announce } from './announce.ts'
import { describeKernels } from './kernels.ts'
import { largestBatch } from './largestBatch.ts'
import { nameModule } from './names.ts'
import { describeSections } from './sections.ts'

interface Known extends Differentiated {
  readonly network: Network
  readonly programs: readonly LoweredProgram[]
  readonly called: readonly CalledProgram[]
}

export interface PrintedNetwork extends Pick<ModuleDescription, 'sections' | 'kernels'>, Pick<Printed, 'beside'> {
  /** What runs each program, by its name. */
  readonly statements: ReadonlyMap<string, ProgramDescription>
  /** The ops that the module's own text applies. */
  readonly ops: ReadonlySet<PointwiseOp>
}

/** Writes kernels in the target's language, and describes them for people. */
export const print: Pass<Known, { readonly printed: PrintedNetwork }> = {
  name: 'print',
  run: ({ network, training, derived, programs, called }) => {
    const { target, precision, math } = network.emit
    const names = nameModule(network, { training, derived }, programs.map(stepsOf))
    /** The programs whose kernels belong to no layer, by their kernels. */
    const owners = new Map(
      programs.flatMap((program) => (program.section ? kernelsIn(program).map((kernel) => [kernel, program]) : [])) as [
        Kernel,
        LoweredProgram,
      ][],
    )
    const announced = (kernel: Kernel) => {
      const section = owners.get(kernel)?.section
      return section ? { name: section.kernel, equations: [] } : announce(kernel, names)
    }
    const { statements, texts, routines, ops, beside } = targets[target].print(called, {
      ...{ precision, math, announce: announced, looks: largestBatch(network) !== undefined },
    })
    const hostOps = called.flatMap(({ host }) => topologicalOrder(host.map(({ value }) => value)).map(({ op }) => op))
    const titleOf = (kernel: Kernel) => owners.get(kernel)?.section?.title
    return {
      printed: {
        statements: new Map(
          called.map((program) => [
            program.name,
            {
              calls: [...hostConstants(program, network), ...(statements.get(program.name) ?? [])],
              uniforms: argumentsOf(program).filter((name) => !['call', 'host'].includes(uniformRow(name).from)),
            },
          ]),
        ),
        sections: describeSections(network, programs, texts, titleOf, names),
        kernels: describeKernels(routines, programs),
        ops: new Set([...ops, ...hostOps.filter(isPointwise)]),
        ...(beside ? { beside } : {}),
      },
    }
  },
  check: ({ called, printed: { statements, kernels } }) => {
    for (const { name, actions } of called)
      if (actions.length > 0 && statements.get(name)!.calls.length === 0) throw new Error(`nothing runs ${name}`)
    const nameless = kernels.filter(({ name, programs }) => !/^\w+$/.test(name) || programs.length === 0)
    if (nameless.length > 0) throw new Error(`a kernel has no name or no program: ${nameless[0]!.equations.join('; ')}`)
  },
}

function kernelsIn({ pieces }: LoweredProgram): readonly Kernel[] {
  return pieces.flatMap(({ steps }) => kernelsOf(steps))
}

/** What the host computes before a program's calls. */
function hostConstants({ host }: CalledProgram, { emit: { math } }: Network): ConstantDescription[] {
  return host.map(({ name, value, reads }) => {
    const places = Object.entries(reads).map(([read, offset]) => [read, `arena[${offset}]`] as const)
    return { name, value: printScalar(value, Object.fromEntries(places), math).text }
  })
}
