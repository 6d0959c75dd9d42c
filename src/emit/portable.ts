import { printPortable } from '../targets/typescript/mathematics.ts'

interface RuntimeFile {
  readonly name: string
  readonly text: string
}

/** The runtime as portable modules have it: with its own functions wherever it would ask the engine for one, or had another. */
export function portableRuntime(files: readonly RuntimeFile[]): RuntimeFile[] {
  const functions = printPortable()
  const names = functions.map(({ name }) => name)
  const ofEngine = new RegExp(`\\bMath\\.(?=(${names.join('|')})\\()`, 'g')
  const text = functions.map((made) => `/** ${made.source}. */\nexport ${made.text}\n`).join('\n')
  const others = files.filter((file) => !names.includes(file.name.replace(/\.ts$/, '')))
  return [
    ...others.map((file) => ({ name: file.name, text: withoutPowers(file.text.replaceAll(ofEngine, '')) })),
    { name: 'portable.ts', text },
  ]
}

/** The operands of a power, with one level of brackets. */
const powers = /([\w.]+(?:\([^()]*\))?) \*\* ([\w.]+(?:\([^()]*\))?)/g

/** Powers of constants stay: they are numbers. */
function withoutPowers(text: string): string {
  return text.replaceAll(powers, (power, base: string, exponent: string) =>
    Number.isNaN(Number(base)) ? `pow(${base}, ${exponent})` : power,
  )
}
