/** A Markdown table, its columns padded; those after `left` are aligned right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], left: number): string {
  const widths = head.map((_, k) => Math.max(3, ...[head, ...rows].map((row) => row[k]!.length)))
  const rule = widths.map((width, k) => (k < left ? '-'.repeat(width) : '-'.repeat(width - 1) + ':'))
  const pad = (row: readonly string[]) =>
    row.map((cell, k) => (k < left ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
  return [pad(head), rule, ...rows.map(pad)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Three significant digits, without an exponent. */
export function digits(value: number): string {
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(value)))
  const scale = 10 ** (Math.floor(Math.log10(value)) - 2)
  return decimals > 0 ? value.toFixed(decimals) : String(Math.round(value / scale) * scale)
}
