/*
 * Parts of plain data, by their paths.
 */

export type Choose = (count: number) => number
export type Path = readonly (string | number)[]

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The paths of all parts of a value, itself among them. */
export function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  yield path
  if (Array.isArray(value)) for (const [k, part] of value.entries()) yield* pathsIn(part, [...path, k])
  else if (isRecord(value)) for (const [key, part] of Object.entries(value)) yield* pathsIn(part, [...path, key])
}

export function partAt(value: unknown, path: Path): unknown {
  return path.reduce((part, step) => (part as Record<string | number, unknown>)[step], value)
}

/** A copy with another part at a path; `undefined` leaves it out. */
export function withPart(value: unknown, [step, ...rest]: Path, change: (part: unknown) => unknown): unknown {
  if (step === undefined) return change(value)
  if (Array.isArray(value)) {
    const part = withPart(value[step as number], rest, change)
    return value.toSpliced(step as number, 1, ...(part === undefined ? [] : [part]))
  }
  const entries = Object.entries(value as object).map(([key, part]: [string, unknown]) => [
    key,
    key === step ? withPart(part, rest, change) : part,
  ])
  return Object.fromEntries(entries.filter(([, part]) => part !== undefined))
}

export const pick = <T>(list: readonly T[], choose: Choose): T => list[choose(list.length)]!

/** The path of some part that may be looked for; any where there is none. */
export function somewhere(value: unknown, choose: Choose, wanted: (part: unknown) => boolean = () => true): Path {
  const all = [...pathsIn(value)]
  const found = all.filter((path) => wanted(partAt(value, path)))
  return pick(found.length > 0 ? found : all, choose)
}

export const wrapped = (value: unknown, depth: number, wrap: (inner: unknown) => unknown): unknown =>
  Array.from({ length: depth }).reduce((inner) => wrap(inner), value)

export function isNumber(part: unknown): part is number {
  return typeof part === 'number'
}

export function isText(part: unknown): part is string {
  return typeof part === 'string'
}
