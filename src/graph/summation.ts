import type { NodeOfKind } from './node.ts'
import { rowMajorStrides } from './shape.ts'

/** The most numbers that are added up one after another. */
const longestRun = 256

/** A loop of a sum over one of its axes. */
export interface SumLoop {
  /** The number of the axis. */
  readonly axis: number
  /** How many indices a turn takes: if it is several, a loop of the next level runs through them. */
  readonly by: number
  /** How many it runs through, or fewer at the axis' end: those of one turn of a loop around it; all of the axis if absent. */
  readonly span?: number
}

/**
 * The order in which a sum over axes adds. All of a level's loops add to one number, each time from 0, what the next level has added
 * up, or the terms themselves; indices run in row-major order throughout. From the innermost axis outwards, a level takes as many
 * indices as make `longest` numbers at most. So N ≤ `longest` terms are added from first to last; more of them in
 * L = 1 + ⌈log(N / longest) / log(longest / 2)⌉ levels at most, and no term goes through more than L · longest additions. The error is
 * at most L · longest · u · Σ|term|, where u is half the distance between 1 and the next number (Higham 1993, "The accuracy of floating
 * point summation", section 3); from first to last it would be N · u · Σ|term|.
 *
 * A level that makes but one turn changes nothing, so the order among n samples doesn't depend on how many there could be.
 * @param lengths of the axes.
 * @returns the loops of each level, outermost first.
 */
export function sumLevels(lengths: readonly number[], longest = longestRun): readonly (readonly SumLoop[])[] {
  let loops: SumLoop[] = []
  const levels = [loops]
  let room = longest
  for (let axis = lengths.length - 1; axis >= 0; axis--) {
    const length = lengths[axis]!
    let by = 1
    while (Math.ceil(length / by) > room) {
      if (room > 1) {
        loops.unshift({ axis, by, span: by * room })
        by *= room
      }
      loops = []
      levels.unshift(loops)
      room = longest
    }
    loops.unshift({ axis, by })
    room = Math.floor(room / Math.ceil(length / by))
  }
  return levels
}

/**
 * A sum over all indices of axes in the order of `sumLevels`. It takes each term by the row-major number of its index.
 * @param round is applied to each sum of two numbers.
 */
export function summation(
  lengths: readonly number[],
  round: (x: number) => number,
  longest = longestRun,
): (term: (at: number) => number) => number {
  const levels = sumLevels(lengths, longest)
  const strides = rowMajorStrides(lengths)
  const index = lengths.map(() => 0)
  const sumOf = (level: number, start: number, term: (at: number) => number): number => {
    const loops = levels[level]!
    const isInnermost = level === levels.length - 1
    let sum = 0
    const run = (position: number, at: number): void => {
      const loop = loops[position]
      if (!loop) {
        sum = round(sum + (isInnermost ? term(at) : sumOf(level + 1, at, term)))
        return
      }
      const { axis, by, span = Infinity } = loop
      const from = index[axis]!
      const end = Math.min(from + span, lengths[axis]!)
      const stride = strides[axis]!
      const isTight = isInnermost && position === loops.length - 1
      for (let i = from; i < end; i += by) {
        const address = at + (i - from) * stride
        if (isTight) sum = round(sum + term(address))
        else {
          index[axis] = i
          run(position + 1, address)
        }
      }
      index[axis] = from
    }
    run(0, start)
    return sum
  }
  return (term) => sumOf(0, 0, term)
}

/**
 * Whether what is added to in memory also keeps what rounding has taken from it, for the next addition to make good (Kahan 1965):
 *
 *     y = x - lost, s' = s + y, lost' = (s' - s) - y
 *
 * So the error of any number of additions is at most about 2 u · Σ|x|. Few samples may have any number of equal indices among them; an
 * element lies in no more windows than a window has places.
 */
export function isCompensated(node: NodeOfKind<'scatter'>): boolean {
  switch (node.op) {
    case 'scatter':
      return true
    case 'fold':
      return node.attributes.sizes.reduce((places, size) => places * size, 1) > longestRun
  }
}
