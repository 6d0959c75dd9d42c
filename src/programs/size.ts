import type { TrainingGraph } from '../calculus/training.ts'
import { bytesOf } from '../base/precision.ts'
import type { Node } from '../graph/node.ts'
import { formatShape, sampleShape } from '../graph/shape.ts'
import type { Origin } from '../language/networks/builder.ts'
import type { Network } from '../language/networks/network.ts'
import { MAXIMUM_MODULE_BYTES } from '../language/text/limits.ts'
import { FindingError } from '../language/text/source.ts'
import type { MemoryPlan } from '../loops/memory/plan.ts'
import { sizeInMemory, type Buffer } from '../loops/notation/kernel.ts'
import { capacityOf } from '../loops/notation/padding.ts'

interface Known {
  readonly network: Network
  readonly training: TrainingGraph
  readonly buffers: ReadonlyMap<Node, Buffer>
}

/** A tensor that lies in memory, and where it comes from. */
interface Stored {
  /** Such as `linear0`, `the adjoint of linear0`, `linear0.weight`. */
  readonly name: string
  /** Of a sample. */
  readonly shape: string
  readonly bytes: number
  readonly origin: Origin | undefined
}

/**
 * Refuses memory that no module may have. The mistake is where the largest tensor comes from; it names the largest ones, and what makes
 * them smaller.
 * @param plan the arena; where it isn't planned yet, it is at least as long as the largest tensor.
 * @throws FindingError when they are over 2 GiB.
 */
export function refuseTooLarge({ network, training, buffers }: Known, plan?: MemoryPlan): void {
  const { precision, memory } = network.emit
  const { batch } = network.train
  const stored = storedTensors({ network, training, buffers })
  const bytes = plan ? plan.length * bytesOf[precision] : (stored[0]?.bytes ?? 0)
  if (bytes <= MAXIMUM_MODULE_BYTES) return
  const number = (value: number) => value.toLocaleString('en')
  const shown = stored.slice(0, 3).map(({ name, shape, bytes }) => `${name} ${shape} (${number(bytes)})`)
  const fixed = [...(plan?.offsets.keys() ?? [])].reduce(
    (sum, { batched, role, size }) => (batched || role === 'activation' ? sum : sum + size * bytesOf[precision]),
    0,
  )
  const fitting = roundDown((batch * (MAXIMUM_MODULE_BYTES - fixed)) / Math.max(bytes - fixed, 1))
  const remedies = [
    ...(fitting >= network.leastSamples && fitting < batch ? [`train.batch: ${fitting}`] : []),
    ...(memory === 'store' && plan ? ['emit.memory: recompute'] : []),
    ...(precision === 'f64' ? ['emit.precision: f32'] : []),
    'smaller layers',
  ]
  throw new FindingError({
    ...(stored.find(({ origin }) => origin)?.origin ?? { path: [], part: 'value' }),
    code: 'limit',
    message: `expected at most 2 GiB (${number(MAXIMUM_MODULE_BYTES)} bytes) of memory for a trainer, got ${number(bytes)}: the largest tensors are ${shown.join(', ')}`,
    hint: `try ${remedies.join(' or ')}`,
  })
}

/** The tensors that have places in memory, the largest first. */
function storedTensors({ network, training, buffers }: Known): Stored[] {
  const { origins, train, emit } = network
  const capacity = capacityOf(train.batch)
  const known = new Map<Node, Origin>()
  for (const [node, origin] of origins) {
    const simplified = training.simplified.get(node)
    if (simplified && !known.has(simplified)) known.set(simplified, origin)
  }
  const describe = ([node, buffer]: readonly [Node, Buffer]): Stored => {
    const primal = training.primals.get(node)
    const origin = known.get(primal ?? node)
    const own = primal && !known.has(node) ? `the adjoint of ${origin?.name}` : origin?.name
    const name = buffer.role === 'activation' && own !== undefined ? own : buffer.name
    const shape = formatShape(sampleShape(node.shape))
    return { name, shape, bytes: sizeInMemory(buffer, capacity) * bytesOf[emit.precision], origin }
  }
  return [...buffers].map(describe).sort((a, b) => b.bytes - a.bytes)
}

/** To two digits. */
function roundDown(value: number): number {
  const unit = 10 ** Math.max(Math.floor(Math.log10(Math.max(value, 1))) - 1, 0)
  return Math.floor(value / unit) * unit
}
