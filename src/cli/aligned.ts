/** The cells of a table's column, all as wide as the widest. */
export function aligned(column: readonly string[], pad: 'padStart' | 'padEnd'): string[] {
  const width = Math.max(...column.map(({ length }) => length))
  return column.map((text) => text[pad](width))
}
