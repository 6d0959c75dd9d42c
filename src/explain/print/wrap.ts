/** A text in lines of at most so many characters, broken at spaces; all but the first are indented. A word that is longer stays whole. */
export function wrapped(text: string, width: number, indent = 0): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`
    if (next.length <= width || line.trim() === '') line = next
    else {
      lines.push(line)
      line = ' '.repeat(indent) + word
    }
  }
  return [...lines, line]
}
