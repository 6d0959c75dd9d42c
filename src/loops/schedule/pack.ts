import { collidingAxes } from '../notation/affine.ts'
import {
  isLookup,
  isRepeat,
  lengthOf,
  type Access,
  type Axis,
  type Buffer,
  type Kernel,
  type Step,
} from '../notation/kernel.ts'
import { capacityOf } from '../notation/padding.ts'
import { rewriteKernel, splitAxis } from '../notation/rewrite.ts'
import type { TargetCosts } from './costs.ts'
import { elementsReached, isWritable, productOf, spaceOf, type Product } from './space.ts'
import { mostVectors, tileProduct } from './tile.ts'

/**
 * Vectors read adjacent elements, and passes of a tile read fast what lies together. A product whose operands lie otherwise gets copies
 * that don't, if they cost less than they save: the kernels that make them run before. A loop over time copies what doesn't change with
 * time once, before it.
 * @returns the steps with what is packed before them; a step of several programs is packed once.
 */
export function packOperands(costs: TargetCosts, batch: number): (steps: readonly Step[]) => readonly Step[] {
  if (costs.lanes === 1) return (steps) => steps
  const known = new Map<Step, readonly Step[]>()
  const packed = (step: Step): readonly Step[] => {
    const steps = known.get(step) ?? packStep(step, costs, batch)
    known.set(step, steps)
    return steps
  }
  return (steps) => steps.flatMap(packed)
}

function packStep(step: Step, costs: TargetCosts, batch: number): readonly Step[] {
  if (!isRepeat(step)) return packKernel(step, costs, batch)
  const isConstant = ({ buffer }: Access) => buffer.role === 'parameter'
  const packed = step.body.map((kernel) => packKernel(kernel, costs, batch, isConstant))
  const body = packed.map((kernels) => kernels.at(-1)!)
  return [...packed.flatMap((kernels) => kernels.slice(0, -1)), { ...step, body }]
}

/** A kernel that copies an operand to a buffer, and the kernel that reads it there. */
interface Packed {
  readonly buffer: Buffer
  readonly copy: Kernel
  readonly reader: Kernel
}

/** Copies, and last the kernel that reads them. */
function packKernel(
  kernel: Kernel,
  costs: TargetCosts,
  batch: number,
  mayCopy: (access: Access) => boolean = () => true,
): readonly Kernel[] {
  const product = productOf(kernel)
  if (!product) return [kernel]
  let best = costOfProduct(kernel, costs, batch)
  let packed: Packed | undefined
  for (const [access, other] of [
    [product.left, product.right],
    [product.right, product.left],
  ] as const) {
    if (!mayCopy(access) || !isPackable(access, kernel, batch)) continue
    for (const axis of kernel.parallel) {
      if (!access.address.terms.has(axis) || other.address.terms.has(axis) || !isWritable(axis, kernel)) continue
      const inRows = pack(kernel, access, axis, batch)
      for (const candidate of [inRows, ...inPanels(kernel, product, access, axis, costs, batch)]) {
        const cost = costOfProduct(candidate.reader, costs, batch) + copying * elementsReached(access, batch)
        if (cost >= best) continue
        best = cost
        packed = candidate
      }
    }
  }
  if (!packed) return [kernel]
  const { buffer, copy, reader } = packed
  return [copy, ...packKernel(reader, costs, batch, (access) => mayCopy(access) && access.buffer !== buffer)]
}

/** Copies in which a tile's columns follow one another, row after row, so that a pass reads memory as it lies. */
function inPanels(
  kernel: Kernel,
  product: Product,
  access: Access,
  axis: Axis,
  { lanes }: TargetCosts,
  batch: number,
): Packed[] {
  const widths = Array.from({ length: mostVectors }, (_, k) => (k + 1) * lanes)
  const isLeft = product.left === access
  return widths
    .filter((width) => Number(axis.extent) % width === 0)
    .map((width) => {
      const { panel, within, kernel: split } = splitAxis(kernel, axis, width)
      const { left, right } = productOf(split)!
      return pack(split, isLeft ? left : right, within, batch, panel)
    })
}

/** Copying one element by transposing blocks, against a multiplication and addition of vectors. */
const copying = 0.5

function costOfProduct(kernel: Kernel, costs: TargetCosts, batch: number): number {
  const { cost } = tileProduct(spaceOf(kernel, costs, batch), productOf(kernel)!)
  const axes = [...kernel.parallel, ...productOf(kernel)!.stage.over]
  return axes.reduce((count, axis) => count * lengthOf(axis, batch), cost)
}

/** An operand whose elements are each read at one index alone: windows that overlap would become larger than what they show. */
function isPackable({ address }: Access, { time }: Kernel, batch: number): boolean {
  const axes = [...address.terms.keys()].filter((term): term is Axis => !isLookup(term))
  if (axes.length < address.terms.size || (time && address.terms.has(time))) return false
  return collidingAxes(address, axes, (axis) => lengthOf(axis, batch)).size === 0
}

function pack(kernel: Kernel, access: Access, axis: Axis, batch: number, panel?: Axis): Packed {
  const { stage } = productOf(kernel)!
  const inner = stage.over.filter((other) => access.address.terms.has(other))
  const outer = [...access.address.terms.keys()].filter(
    (other): other is Axis => !isLookup(other) && ![axis, panel, ...inner].includes(other),
  )
  const order = [...outer, ...(panel ? [panel] : []), ...inner, axis]
  const terms = new Map<Axis, number>()
  let size = 1
  for (const one of order.toReversed()) {
    terms.set(one, size)
    size *= lengthOf(one, capacityOf(batch))
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
    purpose: { kind: 'pack', reader: kernel },
  }
  return { buffer, copy, reader: rewriteKernel(kernel, (one) => (one === access ? target : one)) }
}
