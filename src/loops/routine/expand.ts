import { pointwiseRow } from '../../graph/op.ts'
import {
  isLookup,
  type Affine,
  type Axis,
  type Kernel,
  type Reduce,
  type Scalar,
  type Stage,
  type Write,
} from '../notation/kernel.ts'
import { countedFromStarts } from '../notation/rewrite.ts'
import type { Lanes, Schedule } from '../schedule/costs.ts'
import type { Bound, Local, Routine, Value, Variable } from './statement.ts'
import { BlockWriter } from './values.ts'

/** The value of an axis in one copy of the body: its loop's variable (if it has a loop) plus a constant. */
interface Position {
  readonly variable?: Variable
  readonly offset: number
}

/**
 * One element of a register tile, or several at adjacent indices of an axis: the positions of all axes around it, and the results of
 * its reductions so far.
 */
interface Element {
  readonly positions: ReadonlyMap<Axis, Position>
  /** The axis and the number of adjacent elements, if it is several: its position is that of the first. */
  readonly lanes?: Lanes
  /** The axis along which it belongs to a block of as many elements as there are lanes, if it does. */
  readonly block?: Axis
  readonly reduced: Map<Reduce, Value>
  /** Inside a reduction: the accumulator that the element adds to. */
  readonly total?: Local
}

/** Writes a kernel out as statements, as its schedule says: loops over tiles of the parallel axes, the stages inside. */
export function expand(given: Kernel, schedule: Schedule): Routine {
  const { kernel, starts } = countedFromStarts(given)
  const written = new Set(kernel.stages.flatMap((stage) => (stage.kind === 'write' ? [stage.target.buffer] : [])))
  const writer = new BlockWriter(written)
  const nest = (remaining: readonly Axis[], elements: readonly Element[]): void => {
    const [axis, ...inner] = remaining
    if (axis) eachStep(writer, axis, schedule, elements, (copies) => nest(inner, copies), schedule.overrun)
    else writeStages(writer, kernel.stages, schedule, elements)
  }
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

/**
 * A loop over `axis` in the schedule's steps, then what remains; no loop at all if one step is the whole axis.
 * @param overrun lets the last step of a batch loop run past `n`, into padding, in place of a second loop.
 */
function eachStep(
  writer: BlockWriter,
  axis: Axis,
  schedule: Schedule,
  elements: readonly Element[],
  body: (copies: readonly Element[]) => void,
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
    if (step === 1 || overrun) return writer.loop(axis.label, 0, 'n', step, (variable) => looped(variable, step))
    let from: Bound = 0
    for (const size of new Set([step, lanes?.count ?? 1])) {
      if (size === 1) continue
      const below: Bound = { wholeSteps: size }
      writer.loop(axis.label, from, below, size, (variable) => looped(variable, size))
      from = below
    }
    return writer.loop(axis.label, from, 'n', 1, (variable) => looped(variable, 1))
  }
  const whole = extent - (extent % step)
  if (whole > step) writer.loop(axis.label, 0, whole, step, (variable) => looped(variable, step))
  else if (whole === step) body(copies(step, { offset: 0 }))
  if (extent > whole) body(copies(extent - whole, { offset: whole }))
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
function singly(element: Element): Element[] {
  const { lanes, ...first } = element
  if (!lanes) return [element]
  const { axis, count } = lanes
  const position = element.positions.get(axis)!
  return Array.from({ length: count }, (_, k) => ({
    ...first,
    positions: new Map(element.positions).set(axis, { ...position, offset: position.offset + k }),
  }))
}

function writeStages(
  writer: BlockWriter,
  stages: readonly Stage[],
  schedule: Schedule,
  elements: readonly Element[],
): void {
  for (let position = 0; position < stages.length;) {
    const stage = stages[position]!
    if (stage.kind === 'reduce') {
      writeReduction(writer, stage, schedule, elements)
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

function writeReduction(writer: BlockWriter, stage: Reduce, schedule: Schedule, elements: readonly Element[]): void {
  const { over, combine, body } = stage
  const op = combine === 'sum' ? 'add' : 'maximum'
  const step = (axis: Axis) => schedule.steps.get(axis) ?? 1
  const unrolled = over.every((axis) => axis.extent !== 'batch' && step(axis) >= axis.extent)
  const initial = writer.literal(combine === 'sum' ? 0 : -Infinity)
  const accumulating = elements.map((element) =>
    unrolled
      ? element
      : { ...element, total: writer.declare(combine === 'sum' ? 's' : 'm', initial, element.lanes?.count) },
  )

  const nest = (remaining: readonly Axis[], copies: readonly Element[]): void => {
    const [axis, ...inner] = remaining
    if (axis) return eachStep(writer, axis, schedule, copies, (next) => nest(inner, next))
    const terms = writer.realise(copies.map((copy) => evaluate(writer, body, copy)))
    const perElement = copies.length / elements.length
    elements.forEach((element, k) => {
      const own = terms.slice(k * perElement, (k + 1) * perElement)
      const { total } = copies[k * perElement]!
      if (total)
        writer.assign(
          total,
          own.reduce((sum, term) => writer.apply(op, [sum, term]), writer.local(total)),
        )
      else
        element.reduced.set(
          stage,
          own.reduce((sum, term) => writer.apply(op, [sum, term])),
        )
    })
  }
  nest(over, accumulating)
  accumulating.forEach(({ total }, k) => {
    if (total) elements[k]!.reduced.set(stage, writer.local(total))
  })
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
      const sum = writer.apply('add', [writer.load(buffer, offset, terms, value.lanes), value])
      writer.store(buffer, offset, terms, writer.realise([sum])[0]!)
    })
  }
  nest(stages[0]!.over, elements)
}

function evaluate(writer: BlockWriter, scalar: Scalar, element: Element, known = new Map<Scalar, Value>()): Value {
  const seen = known.get(scalar)
  if (seen) return seen
  const value = evaluateNew(writer, scalar, element, known)
  known.set(scalar, value)
  return value
}

function evaluateNew(writer: BlockWriter, scalar: Scalar, element: Element, known: Map<Scalar, Value>): Value {
  switch (scalar.kind) {
    case 'literal':
      return writer.literal(scalar.value)
    case 'uniform':
      return writer.uniform(scalar.name)
    case 'reduced':
      return element.reduced.get(scalar.stage)!
    case 'index': {
      const single = (one: Element) => {
        const { offset, terms } = positioned(writer, scalar.value, one)
        return writer.index(offset, terms)
      }
      return stride(scalar.value, element) === 0 ? single(element) : writer.lanes(singly(element).map(single))
    }
    case 'read': {
      const { buffer, address } = scalar.access
      const load = (one: Element, lanes?: number) => {
        const { offset, terms } = positioned(writer, address, one)
        return writer.load(buffer, offset, terms, lanes)
      }
      const step = stride(address, element)
      if (step === 0) return load(element)
      if (element.block && element.lanes && step !== 1) return transposedLoad(writer, element, load)
      return step === 1 ? load(element, element.lanes!.count) : writer.lanes(singly(element).map((one) => load(one)))
    }
    case 'apply':
      // The host takes doubles: counters of noise need more digits than numbers in lanes have.
      if (pointwiseRow(scalar.op).host && element.lanes)
        return writer.lanes(singly(element).map((one) => evaluate(writer, scalar, one)))
      return writer.apply(
        scalar.op,
        scalar.operands.map((operand) => evaluate(writer, operand, element, known)),
      )
  }
}

/** The column of an element's block that holds it. The block is read row by row, along the axis where its elements are adjacent. */
function transposedLoad(
  writer: BlockWriter,
  { block, ...element }: Element,
  load: (one: Element, lanes?: number) => Value,
): Value {
  const { count } = element.lanes!
  const position = element.positions.get(block!)!
  const column = position.offset % count
  const first = { ...position, offset: position.offset - column }
  const rows = singly({ ...element, positions: new Map(element.positions).set(block!, first) })
  return writer.transposed(rows.map((row) => load(row, count)))[column]!
}

/** The distance between the addresses of neighbouring lanes: 0 where all are one, undefined where it isn't known before it runs. */
function stride({ terms }: Affine, { lanes }: Element): number | undefined {
  if (!lanes) return 0
  const looked = [...terms.keys()].some((term) => isLookup(term) && term.access.address.terms.has(lanes.axis))
  return looked ? undefined : (terms.get(lanes.axis) ?? 0)
}

/** An address with axes replaced by their positions: constants fold into the offset. */
function positioned(
  writer: BlockWriter,
  address: Affine,
  element: Element,
): { offset: number; terms: (readonly [Variable, number])[] } {
  let offset = address.constant
  const terms: (readonly [Variable, number])[] = []
  for (const [term, coefficient] of address.terms) {
    if (isLookup(term)) {
      const at = positioned(writer, term.access.address, element)
      terms.push([writer.lookup(term.access.buffer, at.offset, at.terms), coefficient])
      continue
    }
    const position = element.positions.get(term)!
    offset += coefficient * position.offset
    if (position.variable?.depth === 0) writer.uniform('time')
    if (position.variable) terms.push([position.variable, coefficient])
  }
  return { offset, terms }
}
