/** A table; prettier aligns it. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``

/** Text whose formulas stay what they are; what is in backticks is code. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? code(part.slice(1, -1)) : part.replace(/[\\|*_<]/g, '\\$&')))
    .join('')
}
