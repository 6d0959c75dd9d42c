const width = 120

/** TypeScript text as prettier formats it. */
export async function format(text: string): Promise<string> {
  const [{ format }, typescript, estree] = await Promise.all([
    import('prettier/standalone'),
    import('prettier/plugins/typescript'),
    import('prettier/plugins/estree'),
  ])
  return format(text, {
    parser: 'typescript',
    // By its name the file has no JSX; without one, a search for JSX takes time quadratic in the text's length.
    filepath: 'module.ts',
    plugins: [typescript, estree.default],
    semi: false,
    singleQuote: true,
    printWidth: width,
  })
}

/** A function, or comments, as `format` gives them: it is asked only where indenting isn't enough. */
export async function formatFunction(text: string): Promise<string> {
  return indented(text) ?? (await format(text)).trimEnd()
}

/**
 * A line that stays as it is: names, numbers, and operators that need no brackets beside each other. `format` puts brackets where
 * operators of one precedence mix.
 */
const plain = /^(?!.*(\*\*|\?.*\?|e\+|[=!]==.*[=!]==))(?:[\w\s.,:;()[\]{}=+\-*<>!?]+|[\w\s.,:;()[\]{}=+\-/<>!?]+)$/

/** The text with its blocks indented; undefined where a line would have to change. */
function indented(text: string): string | undefined {
  let depth = 0
  const lines: string[] = []
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line.startsWith('}')) depth--
    const isComment = line.startsWith('//')
    const whole = '  '.repeat(depth) + line
    if (!isComment && (whole.length > width || !plain.test(line))) return undefined
    lines.push(whole)
    if (!isComment && line.endsWith('{')) depth++
  }
  return lines.join('\n')
}
