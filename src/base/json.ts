import { foldTree } from './tree.ts'

/**
 * The JSON of data, the same whatever the order of its keys. It may be as deep as any tree, where `JSON.stringify` follows it recursively.
 * @param isCounted whether a key belongs to what the data means.
 */
export function canonicalJson(data: unknown, isCounted: (key: string) => boolean): string {
  const entriesOf = (mapping: object) => {
    const counted = Object.entries(mapping).filter(([key, value]) => isCounted(key) && value !== undefined)
    return Object.entries(Object.fromEntries(counted.sort(([a], [b]) => (a < b ? -1 : 1))))
  }
  const partsOf = (part: unknown): readonly unknown[] => {
    const plain = plainOf(part)
    if (Array.isArray(plain)) return plain
    return isMapping(plain) ? entriesOf(plain).map(([, value]) => value) : []
  }
  return foldTree<unknown, string>(data, partsOf, (part, texts) => {
    const plain = plainOf(part)
    if (Array.isArray(plain)) return `[${texts.join()}]`
    if (!isMapping(plain)) return JSON.stringify(plain) ?? 'null'
    return `{${entriesOf(plain)
      .map(([key], k) => `${JSON.stringify(key)}:${texts[k]}`)
      .join()}}`
  })
}

/** As JSON has it: some objects say so themselves. */
function plainOf(part: unknown): unknown {
  return isMapping(part) && 'toJSON' in part && typeof part.toJSON === 'function' ? part.toJSON() : part
}

function isMapping(part: unknown): part is object {
  return typeof part === 'object' && part !== null && !Array.isArray(part)
}
