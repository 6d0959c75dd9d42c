import {
  isRepeat,
  type Access,
  type Axis,
  type Buffer,
  type Kernel,
  type Scalar,
  type Step,
  type Write,
} from '../notation/kernel.ts'
import { readsOf, writesOf } from '../notation/reads.ts'

/** The effects of a step on the arena. A buffer in both sets is changed; one that is only written is defined anew. */
export interface Effects {
  /** Buffers whose earlier contents it needs: it reads them before it writes them, adds to them, or writes a part of them only. */
  readonly needs: ReadonlySet<Buffer>
  readonly writes: ReadonlySet<Buffer>
}

const known = new WeakMap<Step, Effects>()

export function effectsOf(step: Step): Effects {
  const effects = known.get(step) ?? findEffects(isRepeat(step) ? step.body : [step])
  known.set(step, effects)
  return effects
}

function findEffects(kernels: readonly Kernel[]): Effects {
  const needs = new Set<Buffer>()
  const written = new Map<Buffer, number>()
  for (const kernel of kernels) {
    const seen = new Set<Scalar>()
    for (const stage of kernel.stages) {
      for (const { buffer } of readsOf(stage, seen)) if (!written.has(buffer)) needs.add(buffer)
      if (stage.kind !== 'write') continue
      for (const target of writesOf(stage)) {
        const { buffer } = target
        if (stage.mode === 'add' && !written.has(buffer)) needs.add(buffer)
        written.set(buffer, (written.get(buffer) ?? 0) + elementsWritten(stage, target, kernel))
      }
    }
  }
  for (const [buffer, elements] of written) if (elements < buffer.size) needs.add(buffer)
  return { needs, writes: new Set(written.keys()) }
}

/**
 * The elements of each sample that a write reaches, or of the whole buffer where that isn't batched. What a kernel that clears leaves out
 * is never added to.
 */
function elementsWritten({ over }: Write, target: Access, { parallel, time, purpose }: Kernel): number {
  if (purpose.kind === 'clear') return target.buffer.size
  const axes: Axis[] = [...parallel, ...over, ...(time && target.address.terms.has(time) ? [time] : [])]
  const inner = axes.flatMap(({ extent }) => (extent === 'batch' ? [] : [extent]))
  const reachesAll = inner.length < axes.length || !target.buffer.batched
  return reachesAll ? inner.reduce((product, extent) => product * extent, 1) : 0
}
