import { pointwiseRow } from '../../graph/op.ts'
import { isLookup, type Affine, type Scalar } from '../notation/kernel.ts'
import { singly, type Element } from './element.ts'
import type { Value, Variable } from './statement.ts'
import type { BlockWriter } from './values.ts'

/** The value of a scalar at an element's indices. */
export function evaluate(
  writer: BlockWriter,
  scalar: Scalar,
  element: Element,
  known = new Map<Scalar, Value>(),
): Value {
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
export function stride({ terms }: Affine, { lanes }: Element): number | undefined {
  if (!lanes) return 0
  const looked = [...terms.keys()].some((term) => isLookup(term) && term.access.address.terms.has(lanes.axis))
  return looked ? undefined : (terms.get(lanes.axis) ?? 0)
}

/** An address with axes replaced by their positions: constants fold into the offset. */
export function positioned(
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
