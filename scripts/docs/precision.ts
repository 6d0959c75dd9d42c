import type { Allowance, Row } from '../../test/exact/row.ts'
import { exactRows } from '../../test/exact/rows.ts'
import { squared } from '../../test/exact/vectors.ts'
import { code, prose, table } from './markdown.ts'

/** How exact words are, from the rows that tests hold modules to. */
export function precisionPage(): string {
  const whole = exactRows.filter(({ allowed: { value, slope } }) => !value && !slope)
  const squaring = exactRows.filter(({ squares }) => squares).map(({ word }) => code(word.split(':')[0]!))
  const words = [...new Set(whole.map(({ word }) => word.replace(/^expression: /, '').split(':')[0]!))]
  return `# Precision

Written by \`npm run docs\`, from the rows that \`test/exact\` holds emitted modules to; not edited by hand.

The value of a word and its derivative are within 4 units of the last place of what they are in mathematics, in the precision that the
module stores: at numbers of all magnitudes and where results are subnormal, in TypeScript and WebAssembly, f64 and f32, with either
\`math\`. That holds without exception for ${words.map(code).join(', ')}.

Of the others this table says where they are less exact, and why. A unit is one of the last place of the result, or of what the table
says, if that is larger. The least number is 2^-149 in f32 and 2^-1074 in f64.

${table(['word', '', 'within', 'since'], exactRows.flatMap(exceptions))}

TypeScript computes in double precision whatever it stores. So where an argument's rounding is the cause, f32 in TypeScript is within 4
units.

${squaring.join(', ')} take squares: they are held to this at numbers within 2^±${squared.f32} in f32 and 2^±${squared.f64} in f64. Farther from 1 squares
overflow, or vanish.
`
}

function exceptions({ word, allowed: { value, slope } }: Row): string[][] {
  const line = (part: string, { claim, reason }: Allowance) => [code(word), part, prose(claim), prose(reason)]
  return [...(value ? [line('value', value)] : []), ...(slope ? [line('derivative', slope)] : [])]
}
