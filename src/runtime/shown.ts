/**
 * What came, in words: text in quotes, a record by its keys, other objects by their class, all else as it is written.
 * @param name what it came as: then with what to write instead, where its class says that.
 * @param place where it stands in an array of numbers.
 */
export function shown(value: unknown, name?: string, place = ''): string {
  const kind = {}.toString.call(value).slice(8, -1)
  const text =
    kind === 'Object'
      ? `{ ${Object.keys(value as object)} }`
      : kind === 'String'
        ? `'${value as string}'`
        : Object(value) === value || kind === 'BigInt'
          ? `a${kind.match(/^[AEIOU]/) ? 'n' : ''} ${kind}`
          : String(value)
  const instead =
    kind === 'Promise'
      ? `await ${name}`
      : place && (kind === 'Array' ? `${name}.flat()` : kind === 'String' && `Array.from(${name}, Number)`)
  return text.slice(0, 99) + place + (name && instead ? `: write ${instead}` : '')
}
