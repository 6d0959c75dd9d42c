import { asciiName } from '../../base/name.ts'
import { digits } from './derivativeSymbol.ts'
import { printerIn } from './text.ts'

/** An equation in ASCII, as in the comments of modules: `dl/df0 = I[f0 > 0] .* (Omega1^T dl/df1)`. */
export const toAscii = printerIn({
  name: asciiSymbol,
  scalarProduct: '*',
  elementwiseProduct: '.*',
  transpose: '^T',
  relations: { '<': '<', '≤': '<=', '>': '>', '≥': '>=', '=': '=', '≠': '!=' },
  exponents: {},
  ellipsis: '...',
  arrow: '->',
  becomes: '<-',
})

/** A name in ASCII; beside the d of a derivative, ℓ is l. */
export function asciiSymbol(symbol: string): string {
  const letters = symbol.replaceAll('∂', 'd').replaceAll('ℓ', 'l')
  return asciiName(letters.replaceAll(/[⁰¹²³⁴-⁹]/g, (digit) => String(digits.indexOf(digit))))
}
