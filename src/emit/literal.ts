import { Fault } from '../base/fault.ts'

/** A number as TypeScript text that reads back as the same double. Fault: it isn't finite. */
export function literal(value: number): string {
  if (!Number.isFinite(value)) throw new Fault(`A module can't hold the number ${value}.`)
  return Object.is(value, -0) ? '-0' : String(value)
}

/** A call of a function with numbers, after the arguments `before` and before `after`, which are texts. */
export function call(
  name: string,
  before: readonly string[],
  numbers: readonly number[],
  after: readonly string[],
): string {
  return `${name}(${[...before, ...numbers.map(literal), ...after].join(', ')})`
}

/** Text that is safe in a line comment: printable ASCII, everything else escaped. */
export function commentText(text: string): string {
  return text.replace(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
}

/** Plain data as an expression. */
export function data(value: unknown): string {
  return JSON.stringify(value)
}

/** A whole number for readers, as 12,345. */
export function decimal(value: number): string {
  return value.toLocaleString('en-US')
}
