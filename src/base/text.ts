/** A printed expression, and how tightly it binds: the greater, the tighter. */
export interface Printed {
  readonly text: string
  readonly precedence: number
}

/** A number for people, without what rounding leaves in the last digits: 0.1 for 1 - 0.9. */
export function plainNumber(value: number): string {
  const [whole, short] = [String(value), String(Number(value.toPrecision(15)))]
  return short.length < whole.length - 4 ? short : whole
}

/** What needs no brackets anywhere: a name, a call. */
export function atom(text: string): Printed {
  return { text, precedence: Infinity }
}

/** The text as an operand: in brackets, where it binds less tightly than `precedence`. */
export function within(printed: Printed, precedence: number): string {
  return printed.precedence < precedence ? `(${printed.text})` : printed.text
}

/** Left-associative: a right operand of the same precedence keeps its brackets. */
export function infix(left: Printed, operator: string, right: Printed, precedence: number): Printed {
  return { text: `${within(left, precedence)} ${operator} ${within(right, precedence + 1)}`, precedence }
}

export function call(name: string, operands: readonly Printed[]): Printed {
  return atom(`${name}(${operands.map(({ text }) => text).join(', ')})`)
}
