import fc from 'fast-check'
import { stringify } from 'yaml'
import { changes, textChanges } from './changes.ts'
import { originals, values } from './originals.ts'
import { pick, type Choose } from './parts.ts'

/*
 * Specs that are almost right: each of the repository's, changed as the data that it is, then as text.
 */

const texts: readonly ((value: unknown) => string)[] = [
  (value) => stringify(value, { aliasDuplicateObjects: false }) ?? '',
  (value) => stringify(value, { aliasDuplicateObjects: true, lineWidth: 30 }) ?? '',
  (value) => stringify(value, { collectionStyle: 'flow', aliasDuplicateObjects: false }) ?? '',
  (value) => JSON.stringify(value, null, 1) ?? '',
]

/** A spec with up to four changes as data and up to two as text. */
export const mutants: fc.Arbitrary<string> = fc
  .record({
    original: fc.nat({ max: originals.length - 1 }),
    data: fc.array(choices(), { maxLength: 4 }),
    print: fc.nat({ max: texts.length - 1 }),
    text: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(choices(), { maxLength: 2 }) },
    ),
  })
  .map(({ original, data, print, text }) => {
    const changed = apply(changes, values[original], data)
    const printed = data.length === 0 ? originals[original]! : texts[print]!(changed)
    return apply(textChanges, printed, text)
  })

function choices(): fc.Arbitrary<number[]> {
  return fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 8, maxLength: 8 })
}

function apply<T>(
  from: readonly ((whole: T, choose: Choose) => T)[],
  whole: T,
  each: readonly (readonly number[])[],
): T {
  return each.reduce((result, numbers) => {
    const left = [...numbers]
    const choose = (count: number) => (left.shift() ?? 0) % count
    return pick(from, choose)(result, choose)
  }, whole)
}
