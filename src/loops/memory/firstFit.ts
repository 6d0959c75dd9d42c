import { common, overlap, united, type Times } from './intervals.ts'

/** Elements of the arena from `start` to before `end`, and the times at which they are taken. */
interface Stretch {
  readonly start: number
  readonly end: number
  taken: Times
}

/**
 * Stretches side by side: one, those before it and those behind it. No tree within has a larger priority: numbers that are as good as
 * random keep it shallow (treaps: Seidel and Aragon 1996).
 */
class Tree {
  readonly own: Stretch
  readonly priority: number
  readonly before: Tree | undefined
  readonly behind: Tree | undefined
  readonly start: number
  readonly end: number
  readonly #count: number
  #taken: Times | undefined
  #changes = 0

  constructor(own: Stretch, priority: number, before?: Tree, behind?: Tree) {
    this.own = own
    this.priority = priority
    this.before = before
    this.behind = behind
    this.start = before ? before.start : own.start
    this.end = behind ? behind.end : own.end
    this.#count = 1 + (before ? before.#count : 0) + (behind ? behind.#count : 0)
  }

  /** Times at which all of its stretches are taken. Of those that were taken since, it may lack some. */
  get taken(): Times {
    if (this.#taken) return this.#taken
    this.#changes = 0
    const { own, before, behind } = this
    const first = before ? common(before.taken, own.taken) : own.taken
    return (this.#taken = behind ? common(first, behind.taken) : first)
  }

  /** Takes the stretches from `start` to before `end` at these times too. */
  take(start: number, end: number, times: Times): void {
    if (end <= this.start || this.end <= start) return
    // Found anew after each change, these would cost more than they save.
    if (++this.#changes > this.#count / 4) this.#taken = undefined
    const { own, before, behind } = this
    before?.take(start, end, times)
    if (start <= own.start && own.end <= end) own.taken = united(own.taken, times)
    behind?.take(start, end, times)
  }
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
    this.#reach(end)
    this.#divide(start)
    this.#divide(end)
    this.#tree!.take(start, end, times)
    return start
  }

  /** Adds what the stretches lack up to an element. */
  #reach(end: number): void {
    const start = this.#tree?.end ?? this.#start
    if (start < end) this.#tree = joined(this.#tree, this.#leaf({ start, end, taken: [] }))
  }

  /** Lets a stretch begin at an element. */
  #divide(at: number): void {
    if (isWithin(at, this.#tree)) this.#tree = joined(...this.#cut(this.#tree, at))
  }

  #leaf(own: Stretch): Tree {
    // The fractions of the multiples of the golden ratio are spread evenly (Knuth, volume 3, 6.4).
    const priority = Math.imul(++this.#stretches, 0x9e3779b1) >>> 0
    return new Tree(own, priority)
  }

  /** The stretches up to an element and those from there on. One that it is within becomes two. */
  #cut(tree: Tree | undefined, at: number): readonly [Tree | undefined, Tree | undefined] {
    if (!tree || at <= tree.start) return [undefined, tree]
    if (at >= tree.end) return [tree, undefined]
    const { own, priority, before, behind } = tree
    if (at <= own.start) {
      const [first, second] = this.#cut(before, at)
      return [first, new Tree(own, priority, second, behind)]
    }
    if (at >= own.end) {
      const [first, second] = this.#cut(behind, at)
      return [new Tree(own, priority, before, first), second]
    }
    const first = new Tree({ ...own, end: at }, priority, before)
    return [first, joined(this.#leaf({ ...own, start: at }), behind)]
  }
}

/** The stretches of two trees, of which the second begins where the first ends. */
function joined(first: Tree | undefined, second: Tree | undefined): Tree | undefined {
  if (!first || !second) return first ?? second
  return first.priority > second.priority
    ? new Tree(first.own, first.priority, first.before, joined(first.behind, second))
    : new Tree(second.own, second.priority, joined(first, second.before), second.behind)
}

/** Whether a stretch has an element that isn't its first. */
function isWithin(at: number, tree: Tree | undefined): boolean {
  let inner = tree
  while (inner && !(inner.own.start < at && at < inner.own.end))
    inner = at <= inner.own.start ? inner.before : inner.behind
  return inner !== undefined
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
