import { nameForm } from '../graph/equations/form.ts'
import { paragraph, prose, type Block, type Chain, type Formula } from './document.ts'

/*
 * Layers that repeat are shown once, with k running: f1 = β1 + Ω1 h1, f2 = β2 + Ω2 h2 … become f_k = β_k + Ω_k h_k.
 */

/** Groups of blocks that are the same, but for numbers in names that change by as much from one group to the next, are shown once. */
export function folded(blocks: readonly Block[]): Block[] {
  const shapes = blocks.map(shapeOf)
  const list: Block[] = []
  for (let at = 0; at < blocks.length;) {
    const run = longestRun(shapes, at)
    if (run) list.push(...once(blocks.slice(at, at + run.period), shapes.slice(at, at + run.period), run))
    else list.push(blocks[at]!)
    at += run ? run.period * run.count : 1
  }
  return list
}

/** A block without the numbers of its names, and these. */
interface Shape {
  readonly template: string
  readonly numbers: readonly number[]
}

interface Run {
  /** The blocks of a group. */
  readonly period: number
  /** How many groups there are. */
  readonly count: number
  /** What each number changes by from group to group. */
  readonly changes: readonly number[]
}

/** Groups of more blocks aren't looked for. */
const longestPeriod = 40
/** Fewer groups are as quickly read one by one. */
const fewest = 3

type Told = Formula | Chain

const isTold = (block: Block): block is Told => block.kind === 'formula' || block.kind === 'chain'

/** What of a block is in formulas: layers have the same, though they are called and shaped otherwise. */
function contentOf(block: Block): object {
  if (block.kind === 'formula') return block.equation
  return block.kind === 'chain' ? { left: block.left, steps: block.steps } : block
}

const number = /\d+/g

/** In a text of JSON: the names of forms. */
const name = /(?<="kind":"name","name":")[^"]*/g

function shapeOf(block: Block): Shape {
  const numbers: number[] = []
  const template = JSON.stringify(contentOf(block)).replace(name, (given) =>
    given.replace(number, (digits) => {
      numbers.push(Number(digits))
      return '#'
    }),
  )
  return { template: isTold(block) ? template : '', numbers }
}

function longestRun(shapes: readonly Shape[], at: number): Run | undefined {
  let longest: Run | undefined
  for (let period = 1; period <= longestPeriod && at + fewest * period <= shapes.length; period++) {
    const run = runOf(shapes, at, period)
    if (run && (!longest || run.period * run.count > longest.period * longest.count)) longest = run
  }
  return longest
}

function runOf(shapes: readonly Shape[], at: number, period: number): Run | undefined {
  const group = (k: number) => shapes.slice(at + k * period, at + (k + 1) * period)
  const changes = changesBetween(group(0), group(1))
  if (!changes?.some((change) => change !== 0)) return undefined
  let count = 2
  while (changesBetween(group(count - 1), group(count))?.join() === changes.join()) count++
  return count >= fewest ? { period, count, changes } : undefined
}

/** What each number of a group changes by to the next; undefined where they aren't the same but for that. */
function changesBetween(group: readonly Shape[], next: readonly Shape[]): number[] | undefined {
  const isSame = next.every(({ template }, k) => template !== '' && template === group[k]!.template)
  if (!isSame || next.length < group.length) return undefined
  const before = group.flatMap(({ numbers }) => numbers)
  return next.flatMap(({ numbers }) => numbers).map((value, k) => value - before[k]!)
}

/** The first group, with k in place of its numbers, and what k runs over. */
function once(group: readonly Block[], shapes: readonly Shape[], { count, changes }: Run): Block[] {
  const numbers = shapes.flatMap((shape) => shape.numbers)
  const first = changes.findIndex((change) => change !== 0)
  const pace = Math.abs(changes[first]!)
  const start = Math.floor(numbers[first]! / pace)
  const end = start + Math.sign(changes[first]!) * (count - 1)
  let at = 0
  const blocks = group.map((block): Block => {
    const text = JSON.stringify(contentOf(block)).replace(name, (given) =>
      given.replace(number, (digits) => {
        const change = changes[at++]!
        return change === 0 ? digits : indexOf(Number(digits) - Math.abs(change) * start, Math.abs(change))
      }),
    )
    const content = JSON.parse(text) as object
    const { kind, id } = block as Told
    return (kind === 'formula' ? { kind, id, equation: content } : { kind, id, ...content }) as Told
  })
  const range =
    count === 3 ? `${start}, ${(start + end) / 2}, ${end}` : `${start}, ${start + Math.sign(end - start)}, …, ${end}`
  return [paragraph(...prose`For ${nameForm('k')} = `, `${range}:`), ...blocks]
}

/** `_k`, `_{k+1}`, `_{7k+3}`. */
function indexOf(offset: number, pace: number): string {
  const own = `${pace === 1 ? '' : pace}k`
  if (offset === 0 && pace === 1) return '_k'
  return `_{${own}${offset === 0 ? '' : offset > 0 ? `+${offset}` : `-${-offset}`}}`
}
