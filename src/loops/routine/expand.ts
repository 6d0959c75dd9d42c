import type { Axis, Kernel, Reduce, Stage, Write } from '../notation/kernel.ts'
import { countedFromStarts } from '../notation/rewrite.ts'
import type { Schedule } from '../schedule/costs.ts'
import { writesOf } from '../notation/reads.ts'
import { allSamples, eachStep, singly, type Element } from './element.ts'
import { levelsOf, writeReduction } from './reduction.ts'
import { evaluate, positioned, stride } from './scalar.ts'
import type { BatchRange, Routine } from './statement.ts'
import { BlockWriter } from './values.ts'

/**
 * Writes a kernel out as statements, as its schedule says: loops over tiles of the parallel axes, the stages inside.
 * @param batch the most samples.
 * @param range what an axis of the extent `batch` runs over.
 * @param longestRun the most numbers that a sum adds up one after another, where it isn't the modules' own.
 */
export function expand(
  given: Kernel,
  schedule: Schedule,
  batch: number,
  range: BatchRange = allSamples,
  longestRun?: number,
): Routine {
  const { kernel, starts } = countedFromStarts(given)
  const written = new Set(kernel.stages.flatMap(writesOf).map(({ buffer }) => buffer))
  const writer = new BlockWriter(written)
  const nest = (remaining: readonly Axis[], elements: readonly Element[]): void => {
    const [axis, ...inner] = remaining
    if (axis) eachStep(writer, axis, schedule, elements, (copies) => nest(inner, copies), range, schedule.overrun)
    else writeStages(writer, kernel.stages, levels, schedule, elements)
  }
  const levels = (stage: Reduce) => levelsOf(stage, batch, longestRun)
  // The caller loops over time: it is an argument.
  const positions = new Map(kernel.time ? [[kernel.time, { variable: { label: 'time', depth: 0 }, offset: 0 }]] : [])
  nest(schedule.order, [{ positions, reduced: new Map() }])
  return {
    body: writer.statements,
    buffers: [...writer.buffers.keys()],
    starts: [...writer.buffers.keys()].map((buffer) => starts.get(buffer) ?? 0),
    uniforms: [...writer.uniforms],
    choice: explain(kernel, schedule),
  }
}

/** Describes a schedule, such as `4 lanes of o; 4 b, 8 o at once`. */
function explain({ parallel, stages }: Kernel, { lanes, steps, transposed }: Schedule): string {
  const axes = [...parallel, ...stages.flatMap(({ over }) => over)]
  const together = axes.flatMap((axis) => ((steps.get(axis) ?? 1) > 1 ? [`${steps.get(axis)} ${axis.label}`] : []))
  return [
    lanes ? `${lanes.count} lanes of ${lanes.axis.label}` : 'one by one',
    ...(transposed ? [`transposed from ${transposed.label}`] : []),
    ...(together.length > 0 ? [`${together.join(', ')} at once`] : []),
  ].join('; ')
}

function writeStages(
  writer: BlockWriter,
  stages: readonly Stage[],
  levels: (stage: Reduce) => ReturnType<typeof levelsOf>,
  schedule: Schedule,
  elements: readonly Element[],
): void {
  for (let position = 0; position < stages.length;) {
    const stage = stages[position]!
    if (stage.kind === 'reduce') {
      const results = writeReduction(writer, stage, levels(stage), schedule, elements)
      elements.forEach(({ reduced }, k) => reduced.set(stage, results[k]!))
      position++
    } else {
      // Writes at one index are computed together before the first is stored, so an update in place reads old values only.
      let end = position + 1
      while (stage.over.length === 0 && stages[end]?.kind === 'write' && (stages[end] as Write).over.length === 0) end++
      writeStores(writer, stages.slice(position, end) as Write[], schedule, elements)
      position = end
    }
  }
}

function writeStores(
  writer: BlockWriter,
  stages: readonly Write[],
  schedule: Schedule,
  elements: readonly Element[],
): void {
  const nest = (remaining: readonly Axis[], copies: readonly Element[]): void => {
    const [axis, ...inner] = remaining
    if (axis) return eachStep(writer, axis, schedule, copies, (next) => nest(inner, next))
    const stores = stages.flatMap((stage) =>
      copies.flatMap((copy) => {
        const value = writer.widen(evaluate(writer, stage.value, copy), copy.lanes?.count ?? 1)
        if (stride(stage.target.address, copy) === 1) return [{ stage, copy, value }]
        return singly(copy).map((one, lane) => ({ stage, copy: one, value, ...(copy.lanes ? { lane } : {}) }))
      }),
    )
    writer.realise(stores.map(({ value }) => value)).forEach((value, k) => {
      const { stage, copy, lane } = stores[k]!
      const { buffer, address } = stage.target
      const { offset, terms } = positioned(writer, address, copy)
      if (stage.mode === 'store') return writer.store(buffer, offset, terms, value, lane)
      const load = () => writer.load(buffer, offset, terms, value.lanes)
      if (!stage.lost) {
        const [sum] = writer.realise([writer.apply('add', [load(), value])])
        return writer.store(buffer, offset, terms, sum!)
      }
      // y = x - lost, s' = s + y, lost' = (s' - s) - y, where s' is read again as it is stored.
      const lost = stage.lost.buffer
      const kept = positioned(writer, stage.lost.address, copy)
      const y = writer.apply('subtract', [value, writer.load(lost, kept.offset, kept.terms, value.lanes)])
      const s = load()
      const [sum, before, added] = writer.realise([writer.apply('add', [s, y]), s, y])
      writer.store(buffer, offset, terms, sum!)
      const excess = writer.apply('subtract', [writer.apply('subtract', [load(), before!]), added!])
      writer.store(lost, kept.offset, kept.terms, writer.realise([excess])[0]!)
    })
  }
  nest(stages[0]!.over, elements)
}
