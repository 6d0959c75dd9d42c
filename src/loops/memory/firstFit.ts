import { common, overlap, united, type Times } from './intervals.ts'

/** Elements of the arena from `start` to before `end`, and the times at which they are taken. */
interface Stretch {
  readonly start: number
  readonly end: number
  readonly taken: Times
}

/** Stretches side by side: one, those before it and those behind it. */
interface Tree extends Stretch {
  readonly own: Stretch
  readonly before: Tree | undefined
  readonly behind: Tree | undefined
  /** No tree within has a larger one: numbers that are as good as random keep it shallow (treaps: Seidel and Aragon 1996). */
  readonly priority: number
  /** The times at which all of its stretches are taken. */
  readonly taken: Times
}

/**
 * Gives each of a row of buffers the first place that is free whenever it is needed. Where much is taken at the same time, as activations
 * are in the middle of a step, whole trees of stretches are passed at once: so that each place is found in a time that grows with the
 * logarithm of their number.
 */
export class FirstFit {
  readonly #start: number
  readonly #alignment: number
  #tree: Tree | undefined
  #stretches = 0

  /** @param start where the first stretch may begin: a multiple of `alignment`, as all places are. */
  constructor(start: number, alignment: number) {
    this.#start = start
    this.#alignment = alignment
  }

  /** Takes the first place for `length` elements that is free at all of these times. @returns its start. */
  place(length: number, times: Times): number {
    const whole = Math.ceil(length / this.#alignment) * this.#alignment
    const start = this.#tree ? freeIn(this.#tree, this.#start, whole, times) : this.#start
    const end = start + whole
    const known = this.#tree?.end ?? this.#start
    const all = end > known ? joined(this.#tree, this.#leaf({ start: known, end, taken: [] })) : this.#tree
    const [before, others] = this.#cut(all, start)
    const [ours, behind] = this.#cut(others, end)
    this.#tree = joined(joined(before, alsoTaken(ours, times)), behind)
    return start
  }

  #leaf(own: Stretch): Tree {
    // The fractions of the multiples of the golden ratio are spread evenly (Knuth, volume 3, 6.4).
    const priority = Math.imul(++this.#stretches, 0x9e3779b1) >>> 0
    return treeOf(own, priority, undefined, undefined)
  }

  /** The stretches up to an element and those from there on. One that it is within becomes two. */
  #cut(tree: Tree | undefined, at: number): readonly [Tree | undefined, Tree | undefined] {
    if (!tree || at <= tree.start) return [undefined, tree]
    if (at >= tree.end) return [tree, undefined]
    const { own, priority, before, behind } = tree
    if (at <= own.start) {
      const [first, second] = this.#cut(before, at)
      return [first, treeOf(own, priority, second, behind)]
    }
    if (at >= own.end) {
      const [first, second] = this.#cut(behind, at)
      return [treeOf(own, priority, before, first), second]
    }
    const first = treeOf({ ...own, end: at }, priority, before, undefined)
    return [first, joined(this.#leaf({ ...own, start: at }), behind)]
  }
}

function treeOf(own: Stretch, priority: number, before: Tree | undefined, behind: Tree | undefined): Tree {
  let { taken } = own
  if (before) taken = common(taken, before.taken)
  if (behind) taken = common(taken, behind.taken)
  return { own, priority, before, behind, start: (before ?? own).start, end: (behind ?? own).end, taken }
}

/** The stretches of two trees, of which the second begins where the first ends. */
function joined(first: Tree | undefined, second: Tree | undefined): Tree | undefined {
  if (!first || !second) return first ?? second
  return first.priority > second.priority
    ? treeOf(first.own, first.priority, first.before, joined(first.behind, second))
    : treeOf(second.own, second.priority, joined(first, second.before), second.behind)
}

/** The same stretches, taken at these times too. */
function alsoTaken(tree: Tree | undefined, times: Times): Tree | undefined {
  if (!tree) return undefined
  const { own, priority, before, behind } = tree
  const taken = united(own.taken, times)
  return treeOf({ ...own, taken }, priority, alsoTaken(before, times), alsoTaken(behind, times))
}

/**
 * Looks for `length` elements that are free at these times.
 * @param free from where on elements are free up to the tree.
 * @returns from where on they are, once there are as many, or else up to the tree's end.
 */
function freeIn(tree: Tree, free: number, length: number, times: Times): number {
  if (free + length <= tree.start) return free
  if (overlap(times, tree.taken)) return tree.end
  const { own, before, behind } = tree
  let from = before ? freeIn(before, free, length, times) : free
  if (from + length > own.start && overlap(times, own.taken)) from = own.end
  return behind ? freeIn(behind, from, length, times) : from
}
