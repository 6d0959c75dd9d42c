import { deriveTraining } from '../../src/calculus/training.ts'
import { checkGraph } from '../../src/graph/check.ts'
import type { Bindings } from '../../src/graph/evaluate.ts'
import type { Node } from '../../src/graph/node.ts'
import { pointwiseRow } from '../../src/graph/op.ts'
import { elementsPerSample, isBatched } from '../../src/graph/shape.ts'
import { checkPrograms } from '../../src/loops/memory/check.ts'
import { expand } from '../../src/loops/routine/expand.ts'
import { isRepeat, kernelsOf, type Buffer, type Kernel, type Role, type Step } from '../../src/loops/notation/kernel.ts'
import { lower } from '../../src/loops/notation/lower.ts'
import { planMemory, type Lifetime, type MemoryPlan } from '../../src/loops/memory/plan.ts'
import { printKernel } from '../../src/loops/notation/print.ts'
import { callOf, type Call } from '../../src/loops/routine/routine.ts'
import type { Schedule } from '../../src/loops/schedule/costs.ts'
import { runtimeFunctionOf } from '../../src/targets/typescript/expression.ts'
import { printFunctions } from '../../src/targets/typescript/functions.ts'
import { nameOf, type Results } from '../../src/verify/interpret.ts'
import { runRoutine } from './machine.ts'
import { t, type Network } from './network.ts'
import type { Runner } from './runner.ts'

/** How a kernel is to become loops. */
export type Scheduler = (kernel: Kernel, batch: number) => Schedule

/** Chooses which steps of a program run again, and when: all that run. */
export type Rerunner = (program: Lifetime) => readonly Step[]

/** Copies operands of programs' kernels to where they are read better. */
export type Packer = (batch: number) => (steps: readonly Step[]) => readonly Step[]

/** Room on both sides of the arena, where an access out of bounds leaves its mark. */
const margin = 64
/** What lies where no buffer is. */
const canary = -7.25e77

/** How calls are run. */
export type Runnable = (calls: readonly Call[]) => ReadonlyMap<Kernel, Loops>
type Loops = (arena: Float64Array, n: number, time: number) => void

/** What may be done otherwise than by the plainest way. */
interface Passes {
  readonly rerun?: Rerunner
  readonly runnable?: Runnable
  readonly packer?: Packer
  /** The most numbers that sums add up one after another. */
  readonly longestRun?: number
}

/** Compiles a network down to loops over one arena, and runs them; memory that isn't a kernel's own must stay as it was. */
export function runLoops(
  network: Network,
  scheduler: Scheduler,
  {
    rerun = ({ steps }: Lifetime) => steps,
    runnable = compileCalls,
    packer = () => (steps: readonly Step[]) => steps,
    longestRun,
  }: Passes = {},
): Runner {
  const { input, target, parameters, batch } = network
  const training = deriveTraining(network, 'mean')
  checkGraph([...training.outputs, training.lossSum, ...training.gradients])

  const leaves = new Map<Node, Buffer>([
    [input, bufferOf(input, 'input', 'x')],
    [target, bufferOf(target, 'target', 'y')],
    ...parameters.map((node) => [node, bufferOf(node, 'parameter', nameOf(node))] as const),
  ])
  const gradients = parameters.map((node) => bufferOf(node, 'gradient', nameOf(node)))
  const lossSum: Buffer = { name: 'loss sum', role: 'activation', batched: false, size: 1 }
  const loss = { node: training.lossSum, buffer: lossSum }
  const { programs: lowered, buffers } = lower(
    {
      predict: training.outputs.map((node) => ({ node })),
      loss: [loss],
      gradient: [loss, ...training.gradients.map((node, k) => ({ node, buffer: gradients[k]! }))],
    },
    leaves,
  )
  const output = buffers.get(training.outputs[0]!)!
  const pack = packer(batch)
  const programs = Object.entries(lowered).map(([name, plain]) => {
    const steps = pack(plain)
    return { name, steps: name === 'gradient' ? rerun({ steps, results: [lossSum] }) : steps }
  })
  const lifetimes = programs.map(({ name, steps }) => ({ steps, results: [name === 'predict' ? output : lossSum] }))
  const regions = { parameters: parameters.map((node) => leaves.get(node)!), gradients }
  const plan = planMemory(
    [regions.parameters],
    lifetimes,
    [leaves.get(input)!],
    [leaves.get(target)!],
    [regions.gradients],
    batch,
  )
  checkPrograms(lifetimes, plan)

  const kernels = [...new Set(programs.flatMap(({ steps }) => kernelsOf(steps)))]
  const calls = kernels.map((kernel) =>
    callOf(
      kernel,
      expand(kernel, scheduler(kernel, batch), batch, undefined, longestRun),
      (buffer) => margin + plan.offsets.get(buffer)!,
    ),
  )
  const compiled = runnable(calls)
  const run = (name: string, arena: Float64Array, n: number) => {
    for (const step of programs.find((program) => program.name === name)!.steps) {
      const length = isRepeat(step) ? (step.time.extent as number) : 1
      for (let k = 0; k < length; k++) {
        const time = isRepeat(step) && step.reverse ? length - 1 - k : k
        for (const kernel of kernelsOf([step])) {
          runGuarded(kernel, (arena, n) => compiled.get(kernel)!(arena, n, time), arena, n, plan)
        }
      }
    }
  }

  return (bindings) => {
    const read = (arena: Float64Array, buffer: Buffer) => {
      const start = margin + plan.offsets.get(buffer)!
      return arena.slice(start, start + buffer.size * (buffer.batched ? bindings.batch : 1))
    }
    const arena = freshArena(plan, leaves, bindings)
    run('predict', arena, bindings.batch)
    const prediction = read(arena, output)
    run('loss', arena, bindings.batch)
    const evaluated = read(arena, lossSum)[0]!
    run('gradient', arena, bindings.batch)
    const trained = read(arena, lossSum)[0]!
    if (!Object.is(trained, evaluated)) throw new Error(`loss() yields ${evaluated}, gradient() ${trained}`)
    const results: Results<ArrayLike<number>> = {
      predictions: [prediction],
      lossSum: [trained],
      gradients: Object.fromEntries(parameters.map((node, k) => [nameOf(node), read(arena, gradients[k]!)])),
    }
    return results
  }
}

function bufferOf(node: Node, role: Role, name: string): Buffer {
  return { name: `${role} ${name}`, role, batched: isBatched(node.shape), size: elementsPerSample(node.shape) }
}

/** Runs what the compiler only prints: the functions without their types, and one call of them a kernel. */
function compileCalls(calls: readonly Call[]): ReadonlyMap<Kernel, Loops> {
  const printed = printFunctions(calls, () => ({ name: 'kernel', equations: [] }))
  const functions = printed.functions.map(({ text }) => text.replaceAll(/: (Vector|number|void)\b/g, ''))
  const statements = calls.map((call) => `(arena, n, time) => {${printed.calls.get(call)}}`)
  const text = `${functions.join('\n')}\nreturn [${statements.join(',\n')}]`
  const called = [...printed.ops].filter((op) => runtimeFunctionOf(op) !== undefined)
  const meanings = Object.fromEntries(called.map((op) => [runtimeFunctionOf(op)!, pointwiseRow(op).evaluate]))
  const loops = new Function(...Object.keys(meanings), 't', text)(...Object.values(meanings), t) as Loops[]
  return new Map(calls.map(({ kernel }, k) => [kernel, loops[k]!]))
}

/** Statement by statement, which can have lanes. */
export function interpretCalls(calls: readonly Call[]): ReadonlyMap<Kernel, Loops> {
  return new Map(
    calls.map(({ kernel, routine, bases }) => [
      kernel,
      (arena, n, time) =>
        runRoutine(routine, {
          arena,
          startOf: (buffer) => bases[routine.buffers.indexOf(buffer)]!,
          uniforms: { n, time, t },
        }),
    ]),
  )
}

/** An arena in which inputs and parameters lie. What no kernel has written yet is NaN, and so are rows beyond the batch. */
function freshArena(plan: MemoryPlan, leaves: ReadonlyMap<Node, Buffer>, bindings: Bindings): Float64Array {
  const arena = new Float64Array(plan.length + 2 * margin).fill(canary)
  for (const buffer of plan.offsets.keys()) arena.fill(NaN, ...extentOf(buffer, plan))
  for (const [node, buffer] of leaves) {
    const values = (node.op === 'input' ? bindings.inputs : bindings.parameters)![nameOf(node)]!
    arena.set(values, margin + plan.offsets.get(buffer)!)
  }
  return arena
}

/** Runs a kernel and checks that it has changed nothing but the buffers that it writes. */
function runGuarded(
  kernel: Kernel,
  loops: (arena: Float64Array, n: number) => void,
  arena: Float64Array,
  n: number,
  plan: MemoryPlan,
): void {
  const before = arena.slice()
  loops(arena, n)
  const own = kernel.stages
    .flatMap((stage) => (stage.kind === 'write' ? [stage.target.buffer] : []))
    .map((buffer) => extentOf(buffer, plan))
  for (let at = 0; at < arena.length; at++) {
    if (Object.is(arena[at], before[at]) || own.some(([start, end]) => start <= at && at < end)) continue
    throw new Error(`a kernel has written ${arena[at]} to ${at - margin}, outside its buffers:\n${printKernel(kernel)}`)
  }
}

function extentOf(buffer: Buffer, plan: MemoryPlan): [start: number, end: number] {
  const start = margin + plan.offsets.get(buffer)!
  return [start, start + buffer.size * (buffer.batched ? plan.capacity : 1)]
}
