import type { SumLoop } from '../../graph/summation.ts'
import type { Axis, Reduce } from '../notation/kernel.ts'
import type { Lanes, Schedule } from '../schedule/costs.ts'
import type { BatchRange, Bound, Value, Variable } from './statement.ts'
import type { BlockWriter } from './values.ts'

/** The value of an axis in one copy of the body: its loop's variable (if it has a loop) plus a constant. */
export interface Position {
  readonly variable?: Variable
  readonly offset: number
}

/**
 * One element of a register tile, or several at adjacent indices of an axis: the positions of all axes around it, and the results of
 * its reductions so far.
 */
export interface Element {
  readonly positions: ReadonlyMap<Axis, Position>
  /** The axis and the number of adjacent elements, if it is several: its position is that of the first. */
  readonly lanes?: Lanes
  /** The axis along which it belongs to a block of as many elements as there are lanes, if it does. */
  readonly block?: Axis
  readonly reduced: Map<Reduce, Value>
  /** Inside a reduction: the number of the element, outside it, whose result this one adds to. */
  readonly original?: number
}

/** What an axis of the extent `batch` runs over, unless told. */
export const allSamples: BatchRange = { from: 0, below: 'n' }

/**
 * A loop over `axis` in the schedule's steps, then what remains; no loop at all if one step is the whole axis.
 * @param range what it runs over, if its extent is the caller's.
 * @param overrun lets the last step of a batch loop run past `n`, into padding, in place of a second loop.
 */
export function eachStep(
  writer: BlockWriter,
  axis: Axis,
  schedule: Schedule,
  elements: readonly Element[],
  body: (copies: readonly Element[]) => void,
  range: BatchRange = allSamples,
  overrun = false,
): void {
  const step = schedule.steps.get(axis) ?? 1
  const lanes = schedule.lanes?.axis === axis ? schedule.lanes : undefined
  const block = schedule.transposed === axis ? schedule.lanes!.count : Infinity
  const copies = (count: number, start: Position): Element[] =>
    elements.flatMap((element) =>
      sideBySide(count, axis, lanes, block).map((copy) => ({
        ...element,
        ...copy.of,
        reduced: new Map(element.reduced),
        positions: new Map(element.positions).set(axis, { ...start, offset: start.offset + copy.at }),
      })),
    )
  const looped = (variable: Variable, count: number) => body(copies(count, { variable, offset: 0 }))
  const { extent } = axis
  if (extent === 'batch') {
    if (step === 1 || overrun) return writer.loop(axis.label, range, step, (variable) => looped(variable, step))
    let from: Bound = range.from
    for (const size of new Set([step, lanes?.count ?? 1])) {
      if (size === 1) continue
      const below: Bound = { wholeSteps: size, range }
      writer.loop(axis.label, { from, below }, size, (variable) => looped(variable, size))
      from = below
    }
    return writer.loop(axis.label, { from, below: range.below }, 1, (variable) => looped(variable, 1))
  }
  const whole = extent - (extent % step)
  if (whole > step) writer.loop(axis.label, { from: 0, below: whole }, step, (variable) => looped(variable, step))
  else if (whole === step) body(copies(step, { offset: 0 }))
  if (extent > whole) body(copies(extent - whole, { offset: whole }))
}

/**
 * A loop over parts of an axis, or over the indices of one part: turn by turn, as it depends on n or on a turn of the loop around it how
 * many there are, unless the schedule writes out the whole axis.
 */
export function eachPart(
  writer: BlockWriter,
  axis: Axis,
  { by, span }: Pick<SumLoop, 'by' | 'span'>,
  schedule: Schedule,
  elements: readonly Element[],
  body: (copies: readonly Element[]) => void,
): void {
  const { extent } = axis
  const moved = (element: Element, position: Position): Element => ({
    ...element,
    positions: new Map(element.positions).set(axis, position),
  })
  if (isWrittenOut(axis, schedule)) {
    const copies = elements.flatMap((element) => {
      const start = element.positions.get(axis)?.offset ?? 0
      const indices = Math.min(span ?? Infinity, Number(extent) - start)
      return Array.from({ length: Math.ceil(indices / by) }, (_, k) => moved(element, { offset: start + k * by }))
    })
    return body(copies)
  }
  const from = elements[0]!.positions.get(axis)?.variable ?? 0
  const below = extent === 'batch' ? 'n' : extent
  writer.loop(axis.label, { from, below, ...(span === undefined ? {} : { span }) }, by, (variable) =>
    body(elements.map((element) => moved(element, { variable, offset: 0 }))),
  )
}

/** Whether the schedule takes all indices of an axis in one pass, with no loop. */
export function isWrittenOut(axis: Axis, { steps }: Schedule): boolean {
  return axis.extent !== 'batch' && (steps.get(axis) ?? 1) >= axis.extent
}

/** `count` indices as elements: whole vectors (or blocks) first, then single elements. */
function sideBySide(
  count: number,
  axis: Axis,
  lanes?: Lanes,
  block = Infinity,
): { at: number; of?: Pick<Element, 'lanes' | 'block'> }[] {
  const width = lanes?.count ?? 1
  const vectors = lanes ? Math.floor(count / width) : 0
  const single = Array.from({ length: count - vectors * width }, (_, k) => vectors * width + k)
  return [
    ...Array.from({ length: vectors }, (_, k) => ({ at: k * width, of: { lanes: lanes! } })),
    ...single.map((at) => ({ at, ...(at < count - (count % block) ? { of: { block: axis } } : {}) })),
  ]
}

/** The single elements that make up an element with lanes. */
export function singly(element: Element): Element[] {
  const { lanes, ...first } = element
  if (!lanes) return [element]
  const { axis, count } = lanes
  const position = element.positions.get(axis)!
  return Array.from({ length: count }, (_, k) => ({
    ...first,
    positions: new Map(element.positions).set(axis, { ...position, offset: position.offset + k }),
  }))
}
