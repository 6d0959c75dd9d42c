import { MAXIMUM_NESTING, MAXIMUM_TOKENS, nestingMessage } from './limits.ts'
import type { Path } from './source.ts'

/** What isn't plain data, and where in the value. */
export interface Misplaced {
  readonly path: Path
  readonly code: 'module' | 'limit'
  readonly message: string
}

/** The most that are told of one value. */
const MOST_MISPLACED = 100

/** Ends the copy of a value that is too large. */
class TooLarge extends Error {}

/**
 * Copies what a program has made, as plain data: null, booleans, numbers, texts, lists and records of them. Each property is read once, so
 * that getters and proxies have run when this returns.
 * @param said tells what reading a property threw: whatever it may be.
 */
export function copyPlain(
  value: unknown,
  said: (thrown: unknown) => string,
): { readonly copy: unknown; readonly misplaced: readonly Misplaced[] } {
  const misplaced: Misplaced[] = []
  const around = new Set<object>()
  let count = 0

  const refuse = (path: Path, message: string): undefined => {
    if (misplaced.push({ path, code: 'module', message }) === MOST_MISPLACED) throw new TooLarge()
  }
  const tooLarge = (message: string): never => {
    misplaced.splice(0, Infinity, { path: [], code: 'limit', message })
    throw new TooLarge()
  }
  const attempt = (path: Path, read: () => unknown): unknown => {
    try {
      return read()
    } catch (thrown) {
      if (thrown instanceof TooLarge) throw thrown
      return refuse(path, `reading this threw ${said(thrown)}`)
    }
  }

  const copyOf = (part: unknown, path: Path): unknown => {
    if (++count > MAXIMUM_TOKENS) tooLarge(`more than ${MAXIMUM_TOKENS} values`)
    if (typeof part === 'object' && part !== null) return copyOfObject(part, path)
    return strange.has(typeof part) ? refuse(path, `expected plain data, got a ${strange.get(typeof part)}`) : part
  }
  const copyOfObject = (part: object, path: Path): unknown => {
    if (around.has(part)) return refuse(path, 'expected plain data, got a value that holds itself')
    if (path.length >= MAXIMUM_NESTING) tooLarge(nestingMessage)
    around.add(part)
    const copy = attempt(path, () => (Array.isArray(part) ? copyOfList(part, path) : copyOfRecord(part, path)))
    around.delete(part)
    return copy
  }
  const copyOfList = (list: readonly unknown[], path: Path): unknown[] => {
    if (list.length > MAXIMUM_TOKENS) tooLarge(`more than ${MAXIMUM_TOKENS} values`)
    return Array.from({ length: list.length }, (_, k) => {
      const place = [...path, k]
      return attempt(place, () => copyOf(list[k], place))
    })
  }
  const copyOfRecord = (record: object, path: Path): unknown => {
    const prototype: unknown = Object.getPrototypeOf(record)
    if (prototype !== null && prototype !== Object.prototype)
      return refuse(path, `expected plain data, got ${nameOf(prototype)}`)
    const entries = Object.keys(record).map((key) => {
      const place = [...path, key]
      return [key, attempt(place, () => copyOf((record as Record<string, unknown>)[key], place))] as const
    })
    return Object.fromEntries(entries)
  }

  try {
    return { copy: copyOf(value, []), misplaced }
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error
    return { copy: undefined, misplaced }
  }
}

/** Kinds of values that no text could stand for. */
const strange: ReadonlyMap<string, string> = new Map([
  ['function', 'function'],
  ['symbol', 'symbol'],
  ['bigint', 'whole number of any size'],
])

function nameOf(prototype: unknown): string {
  const { constructor } = prototype as { constructor?: { name?: unknown } }
  const name = constructor?.name
  return typeof name === 'string' && name !== '' ? `an object of ${name}` : 'an object of a class'
}
