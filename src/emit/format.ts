import { Recent } from '../base/recent.ts'

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

const formatted = new Recent<Promise<string>>()

/** Declarations and comments, with blank lines between them, as `format` gives them. */
export async function formatDeclarations(text: string): Promise<string> {
  return (
    await Promise.all(
      text
        .trim()
        .split(/\n{2,}(?=[^\s}])/)
        .map(formatDeclaration),
    )
  ).join('\n\n')
}

/** `format` is asked only where indenting isn't enough. */
async function formatDeclaration(text: string): Promise<string> {
  const isFunction = /^(\/\*\*[^]*?\*\/\n)?(\/\/|(export )?function )/.test(text)
  const whole = (isFunction && indented(text)) || (formatted.get(text) ?? formatted.set(text, format(text)))
  return (await whole).trimEnd()
}

/** A function with its blocks indented, or comments; undefined where a line would have to change. */
function indented(text: string): string | undefined {
  let depth = 0
  const lines: string[] = []
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line.startsWith('}')) depth--
    const isComment = /^(\/\/|\/\*\*|\*)/.test(line)
    const whole = '  '.repeat(depth) + (line.startsWith('*') ? ' ' : '') + line
    if (!isComment && (line === '' || whole.length > width || !isPlain(line))) return undefined
    lines.push(whole)
    if (!isComment && line.endsWith('{')) depth++
  }
  return lines.join('\n')
}

/** Innermost brackets, with what is between them. */
const brackets = /\([^()[\]]*\)|\[[^()[\]]*\]/g

/** Names, numbers, and operators that need no brackets beside each other: `format` puts some where operators of one precedence mix. */
const plain = /^(?!case |.*(\*\*|\?.*\?|e\+|[=!]==.*[=!]==))(?:[\w\s.,:;{}=+\-*<>!?]*|[\w\s.,:;{}=+\-/<>!?]*)$/

/** Whether `format` leaves a line as it is: whether it is plain within each of its brackets, and outside of them. */
function isPlain(line: string): boolean {
  let rest = line
  for (;;) {
    const inner = rest.match(brackets)
    if (!inner) return plain.test(rest)
    if (!inner.every((one) => plain.test(one.slice(1, -1)))) return false
    rest = rest.replace(brackets, 'x')
  }
}
