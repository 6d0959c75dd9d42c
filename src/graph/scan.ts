import type { Interner, Node, NodeOf, Region } from './node.ts'

import { requireThat } from './require.ts'
import { formatShape, isBatched, sameShape, type Shape } from './shape.ts'

/** The inputs of a scan, by their roles. */
export interface ScanInputs {
  /** The carries before the first time. */
  readonly initial: readonly Node[]
  /** [batch, time, …] */
  readonly sequences: readonly Node[]
  readonly captured: readonly Node[]
}

/** @param region the name of the region that it belongs to: arguments of one name in one region are one node. */
export function argument(graph: Interner, region: string, name: string, shape: Shape): Node {
  return graph.intern('argument', [], { region, name }, shape)
}

/**
 * The values of `output`, a node of the region or one of its arguments, at all times: [batch, time, …]. Scans of equal regions over
 * equal inputs are one loop, whatever their outputs.
 * @param reverse whether time runs from the last to the first.
 */
export function scan(region: Region, inputs: ScanInputs, output: Node, reverse: boolean): Node {
  const { initial, sequences, captured } = inputs
  const [time] = sequences.map(({ shape }) => shape[1])
  const fits = (nodes: readonly Node[], shapes: readonly Shape[]) =>
    nodes.length === shapes.length && nodes.every(({ shape }, k) => sameShape(shape, shapes[k]!))
  requireThat(
    typeof time === 'number' && isBatched(output.shape),
    () => `scan: nothing to scan for ${formatShape(output.shape)}`,
  )
  requireThat(
    fits(
      region.carries,
      initial.map(({ shape }) => shape),
    ) &&
      fits(
        region.next,
        initial.map(({ shape }) => shape),
      ) &&
      fits(
        sequences,
        region.elements.map((element) => stackedShape(element, time)),
      ) &&
      fits(
        region.captured,
        captured.map(({ shape }) => shape),
      ),
    () => 'scan: what the region takes and what it is given differ in shape',
  )
  const { carries, elements, next } = region
  return output.graph.intern(
    'scan',
    [...initial, ...sequences, ...captured],
    { carries, elements, captured: region.captured, next, output, reverse },
    stackedShape(output, time),
  )
}

type Scan = NodeOf<'scan'>

/** Splits a scan's inputs by their roles. */
export function scanInputs({ inputs, attributes: { carries, elements } }: Scan): ScanInputs {
  const [first, second] = [carries.length, carries.length + elements.length]
  return { initial: inputs.slice(0, first), sequences: inputs.slice(first, second), captured: inputs.slice(second) }
}

/** How many times a scan runs its region. */
export function scanLength({ shape }: Scan): number {
  return shape[1] as number
}

/** The shape of a region's node at all times. */
function stackedShape({ shape }: Node, time: number): Shape {
  return [shape[0]!, time, ...shape.slice(1)]
}

/** The nodes that a scan's region computes. No other op has a region, so for others there are none. */
export function regionOutputs(node: Node): readonly Node[] {
  return node.kind === 'loop' ? [...node.attributes.next, node.attributes.output] : []
}

/** The same for scans that are one loop, and for no others of their graph. */
export function loopOf({ inputs, attributes: { reverse, carries, elements, captured, next } }: Scan): string {
  return [inputs, carries, elements, captured, next]
    .map((nodes) => nodes.map(({ id }) => id).join())
    .join(reverse ? ' backwards ' : ' ')
}
