/**
 * A derivative's symbol, as in books: ∂v/∂x, ∂²v/∂x², ∂²v/∂x∂t.
 * @param by what it is taken by, in this order.
 */
export function derivativeSymbol(of: string, by: readonly string[]): string {
  const groups: { readonly name: string; order: number }[] = []
  for (const name of by) {
    const last = groups.at(-1)
    if (last?.name === name) last.order++
    else groups.push({ name, order: 1 })
  }
  const below = groups.map(({ name, order }) => `∂${whole(name)}${superscript(order)}`)
  return `∂${superscript(by.length)}${whole(of)}/${below.join('')}`
}

/** A derivative within another's symbol. */
const whole = (name: string) => (name.includes('/') ? `(${name})` : name)

function superscript(order: number): string {
  return order === 1 ? '' : String(order).replaceAll(/\d/g, (digit) => digits[Number(digit)]!)
}

/** As exponents. */
export const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹'
