import { common, overlap, type Interval } from './intervals.ts'

/** Elements of the arena from `offset` to before `end`, and the ascending times at which they are taken. */
interface Stretch {
  readonly offset: number
  readonly end: number
  readonly times: readonly Interval[]
}

/** A stretch, those before it and those behind it by ascending offset, and what is known of all of them. */
interface Tree {
  readonly own: Stretch
  readonly before: Tree | undefined
  readonly behind: Tree | undefined
  /** No tree within has a larger one: priorities that are as good as random keep a tree shallow (Seidel and Aragon 1996, treaps). */
  readonly priority: number
  readonly offset: number
  readonly end: number
  /** Between the first and the last time at which any is taken. */
  readonly span: readonly [Interval]
  /** When all are taken, which are beside one another then. */
  readonly always: readonly Interval[]
  /** The most elements between two of those. */
  readonly gap: number
}

/**
 * Gives stretches of elements the first place that is free at all of their times. Where many are taken at the same time, as activations
 * are in the middle of a step, a tree of them is passed as one, so that each stretch takes a time that grows with the logarithm of their
 * number.
 */
export class FirstFit {
  readonly #start: number
  readonly #alignment: number
  #tree: Tree | undefined
  #count = 0

  /** @param start where the first stretch may begin; all begin at multiples of `alignment` from 0. */
  constructor(start: number, alignment: number) {
    this.#start = start
    this.#alignment = alignment
  }

  /** Takes the first free place for `length` elements. @returns its offset. */
  place(length: number, times: readonly Interval[]): number {
    const offset = this.#tree ? this.#passed(this.#tree, this.#start, length, times) : this.#start
    const stretch = { offset, end: offset + length, times }
    this.#tree = this.#inserted(stretch, Math.imul(++this.#count, 0x9e3779b1) >>> 0, this.#tree)
    return offset
  }

  /** The first place from `offset` on that none of a tree's stretches takes at these times. */
  #passed(tree: Tree, offset: number, length: number, times: readonly Interval[]): number {
    if (offset + length <= tree.offset || offset >= tree.end || !overlap(times, tree.span)) return offset
    if (length > tree.gap && overlap(times, tree.always)) return this.#aligned(tree.end)
    const { own, before, behind } = tree
    let free = before ? this.#passed(before, offset, length, times) : offset
    if (free < own.end && own.offset < free + length && overlap(times, own.times)) free = this.#aligned(own.end)
    return behind ? this.#passed(behind, free, length, times) : free
  }

  #inserted(stretch: Stretch, priority: number, tree: Tree | undefined): Tree {
    if (!tree || priority > tree.priority) {
      const [before, behind] = this.#split(tree, stretch.offset)
      return this.#joined(stretch, priority, before, behind)
    }
    const { own, before, behind } = tree
    return stretch.offset < own.offset
      ? this.#joined(own, tree.priority, this.#inserted(stretch, priority, before), behind)
      : this.#joined(own, tree.priority, before, this.#inserted(stretch, priority, behind))
  }

  /** The stretches up to an offset, and those behind it. */
  #split(tree: Tree | undefined, offset: number): readonly [Tree | undefined, Tree | undefined] {
    if (!tree) return [undefined, undefined]
    const { own, priority, before, behind } = tree
    if (offset < own.offset) {
      const [first, second] = this.#split(before, offset)
      return [first, this.#joined(own, priority, second, behind)]
    }
    const [first, second] = this.#split(behind, offset)
    return [this.#joined(own, priority, before, first), second]
  }

  #joined(own: Stretch, priority: number, before: Tree | undefined, behind: Tree | undefined): Tree {
    const trees = [before, behind].filter((tree) => tree !== undefined)
    const spans: readonly Interval[] = [
      [own.times[0]![0], own.times.at(-1)![1]],
      ...trees.map(({ span: [one] }) => one),
    ]
    const gaps = [
      ...trees.map(({ gap }) => gap),
      ...(before ? [own.offset - this.#aligned(before.end)] : []),
      ...(behind ? [behind.offset - this.#aligned(own.end)] : []),
    ]
    return {
      ...{ own, before, behind, priority },
      offset: (before ?? own).offset,
      end: Math.max(own.end, ...trees.map(({ end }) => end)),
      span: [[Math.min(...spans.map(([from]) => from)), Math.max(...spans.map(([, to]) => to))]],
      always: trees.reduce((times, tree) => common(times, tree.always), own.times),
      gap: Math.max(0, ...gaps),
    }
  }

  #aligned(offset: number): number {
    return Math.ceil(offset / this.#alignment) * this.#alignment
  }
}
