import { lengthOf, type Access, type Axis } from '../notation/kernel.ts'
import { staysInPadding } from '../notation/padding.ts'
import type { Lanes } from './costs.ts'
import { isWritable, type Product, type Space } from './space.ts'

/**
 * A register tile for a product: each pass of the inner loop reads `rows` elements of one operand and `columns` of the other for
 * `rows · columns` multiplications. On a target with vectors a column is a vector of adjacent indices, and a row's element is multiplied
 * with all of its lanes. The search tries every pair of axes that only one operand has and every step of them, and keeps the cheapest
 * an element, remainders included.
 */
export function tileProduct(space: Space, product: Product): Tile {
  const { kernel } = space
  const free = kernel.parallel.filter((axis) => !kernel.sequential.includes(axis))
  const onlyIn = (one: Access, other: Access) =>
    free.filter((axis) => one.address.terms.has(axis) && !other.address.terms.has(axis))
  const [ofLeft, ofRight] = [onlyIn(product.left, product.right), onlyIn(product.right, product.left)]
  const scalar: Grid = { rows: innermost(ofLeft), columns: innermost(ofRight), width: 1, wide: product.right }
  const grids = space.costs.lanes === 1 ? [scalar] : [scalar, ...vectorGrids(space, product, ofLeft, ofRight)]
  let best: Tile | undefined
  for (const grid of grids) {
    const { rows, columns, width } = grid
    for (const r of candidates(rows, 1, space)) {
      for (const c of candidates(columns, width, space)) {
        const cost = costPerTerm(grid, r, c, space, product)
        if (best && cost >= best.cost) continue
        const steps = new Map<Axis, number>()
        if (rows) steps.set(rows, r)
        if (columns) steps.set(columns, c)
        best = { steps, cost, ...(width > 1 ? { lanes: { axis: columns!, count: width } } : {}) }
      }
    }
  }
  return best!
}

/** Elements of the parallel axes that are computed side by side. */
export interface Tile {
  readonly steps: ReadonlyMap<Axis, number>
  readonly lanes?: Lanes
  /** The cost of one multiplication and addition. */
  readonly cost: number
}

/** The axes of a tile. Columns are `width` elements wide, of the operand `wide`. */
interface Grid {
  readonly rows: Axis | undefined
  readonly columns: Axis | undefined
  readonly width: number
  readonly wide: Access
}

function vectorGrids(space: Space, product: Product, ofLeft: readonly Axis[], ofRight: readonly Axis[]): Grid[] {
  const width = space.costs.lanes
  const wideEnough = (axis: Axis) => lengthOf(axis, space.batch) >= width && isWritable(axis, space.kernel)
  const along = (columns: readonly Axis[], rows: readonly Axis[], wide: Access): Grid[] =>
    columns.filter(wideEnough).map((axis) => ({ rows: innermost(rows), columns: axis, width, wide }))
  return [...along(ofRight, ofLeft, product.right), ...along(ofLeft, ofRight, product.left)]
}

function innermost(axes: readonly Axis[]): Axis | undefined {
  return axes.findLast(({ extent }) => extent !== 1) ?? axes.at(-1)
}

const mostRows = 8
/** Vectors of adjacent columns in a tile. */
export const mostVectors = 4

function candidates(axis: Axis | undefined, width: number, { batch, overrun, costs }: Space): number[] {
  if (!axis) return [1]
  const most = width > 1 ? mostVectors : axis.extent === 'batch' && costs.lanes === 1 ? 4 : mostRows
  const steps = Array.from({ length: most }, (_, k) => (k + 1) * width)
  if (axis.extent !== 'batch') return steps.filter((step) => step <= Math.max(Number(axis.extent), width))
  return overrun ? steps.filter((step) => staysInPadding(step, batch)) : steps
}

/** The cost of one multiplication and addition, with its share of reads, turns of the loop, spills, remainders and writes. */
function costPerTerm(
  { rows, columns, width, wide }: Grid,
  r: number,
  c: number,
  space: Space,
  product: Product,
): number {
  const { costs } = space
  const vectors = c / width
  // V8 reads all vectors of a pass before it multiplies.
  const live = r * vectors + (costs.lanes === 1 ? Math.min(r, vectors) + 1 : r + vectors)
  const spills = Math.max(0, live - costs.registers)
  const step = columns && wide.address.terms.get(columns)
  const reads = r + vectors * (width === 1 || step === 1 ? 1 : width + 1)
  const far = [product.left, product.right].filter((access) => isFar(access, space, product)).length
  const work = r * vectors + costs.load * reads + costs.turn + spills * costs.load + far * costs.far.cost
  const inner = work / (r * c)
  const wasted = waste(rows, r, 1, space) * waste(columns, c, width, space)
  return costs.lanes === 1 ? inner * wasted : (inner + stores(columns, width, space, product)) * wasted
}

/** Whether the inner loop reads so far apart from turn to turn that a cache can't hold the lines of a whole loop. */
function isFar({ address }: Access, space: Space, { stage }: Product): boolean {
  const along = innermost(stage.over)
  return (
    along !== undefined &&
    lengthOf(along, space.batch) >= space.costs.far.turns &&
    Math.abs(address.terms.get(along) ?? 0) >= space.costs.far.distance
  )
}

/** The cost of writing a result, divided among its multiplications. A single lane of a vector takes two steps, so it costs more. */
function stores(columns: Axis | undefined, width: number, space: Space, { stage }: Product): number {
  const length = stage.over.reduce((product, axis) => product * lengthOf(axis, space.batch), 1)
  const writes = space.kernel.stages.flatMap((other) => (other.kind === 'write' ? [other.target.address] : []))
  const each = writes.map(({ terms }) => (columns && terms.get(columns) === 1 ? 1 / width : 4))
  return (space.costs.load * each.reduce((sum, cost) => sum + cost, 0)) / length
}

/** Elements computed over elements needed: an overrunning batch loop computes padding, a remainder runs at a fraction of the speed. */
function waste(axis: Axis | undefined, step: number, width: number, space: Space): number {
  if (!axis) return 1
  const extent = lengthOf(axis, space.batch)
  const rest = extent % step
  if (rest === 0) return 1
  if (axis.extent === 'batch' && space.overrun) return (extent - rest + step) / extent
  // The rest of a vector is computed one by one, each as slowly as a vector.
  const single = rest % width
  return (extent + (width === 1 ? rest : (rest - single) / 2 + single * (width - 1))) / extent
}
