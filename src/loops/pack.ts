import { collidingAxes } from './affine.ts'
import {
  isLookup,
  isRepeat,
  type Access,
  type Axis,
  type Buffer,
  type Kernel,
  type Reduce,
  type Scalar,
  type Stage,
  type Step,
} from './kernel.ts'
import type { LoweredProgram } from './lower.ts'
import { capacityOf } from './padding.ts'
import type { TargetCosts } from './schedule.ts'
import { isWritable, lengthOf, productOf, spaceOf, tileProduct, type Product } from './tile.ts'

/**
 * Vectors read adjacent elements. A product none of whose operands has a parallel axis along which its elements are adjacent gets a
 * copy of one that has, if the copy costs less than it saves: the kernel that makes it runs before. A loop over time copies what
 * doesn't change with time once, before it.
 */
export function packOperands(
  programs: readonly LoweredProgram[],
  costs: TargetCosts,
  batch: number,
): readonly LoweredProgram[] {
  if (costs.lanes === 1) return programs
  const known = new Map<Step, readonly Step[]>()
  const packed = (step: Step): readonly Step[] => {
    const steps = known.get(step) ?? packStep(step, costs, batch)
    known.set(step, steps)
    return steps
  }
  return programs.map(({ name, steps }) => ({ name, steps: steps.flatMap(packed) }))
}

function packStep(step: Step, costs: TargetCosts, batch: number): readonly Step[] {
  if (!isRepeat(step)) return packKernel(step, costs, batch) ?? [step]
  const before: Kernel[] = []
  const body = step.body.flatMap((kernel) => {
    const packed = packKernel(kernel, costs, batch, (access) => access.buffer.role === 'parameter')
    if (!packed) return [kernel]
    before.push(packed[0])
    return [packed[1]]
  })
  return [...before, { ...step, body }]
}

/** The copy and the kernel that reads it. */
type Packed = readonly [Kernel, Kernel]

function packKernel(
  kernel: Kernel,
  costs: TargetCosts,
  batch: number,
  isConstant: (access: Access) => boolean = () => true,
): Packed | undefined {
  const product = productOf(kernel)
  if (!product) return undefined
  let best = costOf(kernel, costs, batch)
  let packed: Packed | undefined
  for (const [access, other] of [
    [product.left, product.right],
    [product.right, product.left],
  ] as const) {
    if (!isConstant(access) || !isPackable(access, kernel, batch)) continue
    for (const axis of kernel.parallel) {
      const step = access.address.terms.get(axis)
      if (step === undefined || step === 1 || other.address.terms.has(axis) || !isWritable(axis, kernel)) continue
      const candidate = pack(kernel, product, access, axis, batch)
      const elements = [...access.address.terms.keys()].reduce(
        (size, term) => size * lengthOf(term as Axis, { batch }),
        1,
      )
      const cost = costOf(candidate[1], costs, batch) + copying * elements
      if (cost >= best) continue
      best = cost
      packed = candidate
    }
  }
  return packed
}

/** Copying one element by transposing blocks, against a multiplication and addition of vectors. */
const copying = 0.5

function costOf(kernel: Kernel, costs: TargetCosts, batch: number): number {
  const { cost } = tileProduct(spaceOf(kernel, costs, batch), productOf(kernel)!)
  const axes = [...kernel.parallel, ...productOf(kernel)!.stage.over]
  return axes.reduce((count, axis) => count * lengthOf(axis, { batch }), cost)
}

/** An operand whose elements are each read at one index alone: windows that overlap would become larger than what they show. */
function isPackable({ address }: Access, { time }: Kernel, batch: number): boolean {
  const axes = [...address.terms.keys()].filter((term): term is Axis => !isLookup(term))
  if (axes.length < address.terms.size || (time && address.terms.has(time))) return false
  return collidingAxes(address, axes, (axis) => lengthOf(axis, { batch })).size === 0
}

function pack(kernel: Kernel, product: Product, access: Access, axis: Axis, batch: number): Packed {
  const inner = [...product.stage.over].filter((other) => access.address.terms.has(other))
  const outer = [...access.address.terms.keys()].filter(
    (other): other is Axis => !isLookup(other) && other !== axis && !inner.includes(other),
  )
  const order = [...outer, ...inner, axis]
  const length = (one: Axis) => (one.extent === 'batch' ? capacityOf(batch) : one.extent)
  const terms = new Map<Axis, number>()
  let size = 1
  for (const one of order.toReversed()) {
    terms.set(one, size)
    size *= length(one)
  }
  const batched = order.some(({ extent }) => extent === 'batch')
  const buffer: Buffer = {
    name: `packed ${access.buffer.name}`,
    role: 'activation',
    batched,
    size: batched ? size / capacityOf(batch) : size,
  }
  const target: Access = { buffer, address: { constant: 0, terms } }
  const copy: Kernel = {
    parallel: order,
    sequential: [],
    stages: [{ kind: 'write', over: [], target, value: { kind: 'read', access }, mode: 'store' }],
    defines: [],
    packs: kernel,
  }
  const operand = (one: Access): Scalar => ({ kind: 'read', access: one === access ? target : one })
  const body: Scalar = { kind: 'apply', op: 'multiply', operands: [operand(product.left), operand(product.right)] }
  return [copy, withFirst(kernel, { ...product.stage, body })]
}

/** The kernel with another reduction in place of its first, and in all that uses its result. */
function withFirst(kernel: Kernel, first: Reduce): Kernel {
  const stages = new Map<Stage, Stage>([[kernel.stages[0]!, first]])
  const known = new Map<Scalar, Scalar>()
  const rebuilt = (scalar: Scalar): Scalar => {
    const seen = known.get(scalar)
    if (seen) return seen
    let result = scalar
    if (scalar.kind === 'reduced') result = { kind: 'reduced', stage: stages.get(scalar.stage) as Reduce }
    if (scalar.kind === 'apply') result = { ...scalar, operands: scalar.operands.map(rebuilt) }
    known.set(scalar, result)
    return result
  }
  for (const stage of kernel.stages.slice(1))
    stages.set(
      stage,
      stage.kind === 'reduce' ? { ...stage, body: rebuilt(stage.body) } : { ...stage, value: rebuilt(stage.value) },
    )
  return { ...kernel, stages: [...stages.values()] }
}
