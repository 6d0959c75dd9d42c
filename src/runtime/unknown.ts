import { expected } from './expected.ts'
import { shown } from './shown.ts'

/**
 * Checks the names in a record that a caller gives. TypeError: it is no record, or has a name that `known` hasn't; it tells those that
 * begin most alike first.
 * @param what what callers know the record by.
 * @param known a record that has all names.
 */
export function refuseUnknown(what: string, record: unknown, known: object): void {
  const got =
    typeof record === 'object' && record
      ? Object.keys(record).find((name) => !Object.hasOwn(known, name))
      : shown(record)
  if (got === undefined) return
  const names = Object.keys(known).sort((a, b) => shared(got, b) - shared(got, a))
  expected(`${what}: a record of ${names.join(', ') || 'nothing'}`.slice(0, 300), got.slice(0, 99), TypeError)
}

/** How many characters two names begin with alike. */
function shared(a: string, b: string): number {
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  return i
}
