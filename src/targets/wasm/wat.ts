/** WebAssembly's text as a tree: an atom, such as `i32.add` or `$n`, or a list, which stands in parentheses. */
export type Wat = string | readonly Item[]

/** A list's elements stand beside each other, up to those that have lines of their own. */
export type Item = Wat | Line

/** A line of code, a comment, an empty line, or a list's end, where its closing parenthesis begins a line. */
export type Line =
  { readonly line: Wat } | { readonly comment: string } | { readonly mark: 'gap' } | { readonly mark: 'end' }

export const gap: Line = { mark: 'gap' }
export const end: Line = { mark: 'end' }

export function lines(code: readonly Wat[]): Line[] {
  return code.map((line) => ({ line }))
}

/**
 * Prints a tree for readers: a line is indented by a step for each parenthesis that is open where it begins. Closing parentheses that
 * begin a line stand below the beginning of the outermost list that they close.
 */
export function printWat(wat: Wat): string {
  return print(wat, 0, 0)
}

/**
 * @param depth the parentheses that are open before `wat`.
 * @param closed those that are closed right behind it.
 */
function print(wat: Wat, depth: number, closed: number): string {
  if (typeof wat === 'string') return wat
  const elements = wat.map((item, k) => {
    const behind = k === wat.length - 1 ? closed + 1 : 0
    if (typeof item === 'string' || !isLine(item)) return (k > 0 ? ' ' : '') + print(item, depth + 1, behind)
    if ('line' in item) return newLine(depth + 1) + print(item.line, depth + 1, behind)
    if ('comment' in item) return `${newLine(depth + 1)};; ${item.comment}${behind > 0 ? newLine(depth - closed) : ''}`
    return item.mark === 'gap' ? '\n' : newLine(depth - closed)
  })
  return `(${elements.join('')})`
}

function isLine(item: readonly Item[] | Line): item is Line {
  return 'line' in item || 'comment' in item || 'mark' in item
}

function newLine(depth: number): string {
  return `\n${'  '.repeat(depth)}`
}

export type ValueType = 'i32' | 'f32' | 'f64' | 'v128'

/** The value of a local or an argument. */
export function get(name: string): Wat {
  return ['local.get', `$${name}`]
}

export function set(name: string, value: Wat): Wat {
  return ['local.set', `$${name}`, value]
}

export function i32(value: number): Wat {
  return ['i32.const', String(value)]
}

export function call(name: string, operands: readonly Wat[]): Wat {
  return ['call', `$${name}`, ...operands]
}

/** A place in memory, in bytes: instructions add `offset`, which is at least 0, to the address, beyond the range of an i32. */
export interface Place {
  readonly offset: number
  readonly address: Wat
}

/** An instruction on memory, whose immediates stand before all operands: the offset, then the lane if it is on one. */
export function memory(
  instruction: string,
  { offset, address }: Place,
  operands: readonly Wat[] = [],
  lane?: number,
): Wat {
  const immediates = [...(offset > 0 ? [`offset=${offset}`] : []), ...(lane === undefined ? [] : [String(lane)])]
  return [instruction, ...immediates, address, ...operands]
}

/** A vector constant of equal lanes. */
export function splatConstant(shape: 'i32x4' | 'i64x2' | 'f32x4' | 'f64x2', value: string): Wat {
  return ['v128.const', shape, ...Array.from({ length: Number(shape.split('x')[1]) }, () => value)]
}

/** The declaration of a function's argument. */
export function parameter(name: string, type: ValueType): Wat {
  return ['param', `$${name}`, type]
}

/** The name by which a module's host knows a function. */
export function exportName(name: string): Wat {
  return ['export', `"${name}"`]
}
