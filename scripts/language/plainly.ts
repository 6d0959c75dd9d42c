/** What is used here of JSON Schema, draft 7. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly required?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly default?: unknown
}

export function without(schema: Schema, ...keys: readonly (keyof Schema)[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key as keyof Schema)))
}

type Keys = NonNullable<Schema['properties']>

/** What zod says that means nothing here. */
const idle: ReadonlySet<string> = new Set(['$schema', 'propertyNames', 'readOnly'])

/**
 * What zod makes of a type, as people would write it: choices aren't within choices, a reference stands by itself, and whole numbers are
 * without the bounds that all of them have.
 * @param tell what becomes of the keys of a mapping.
 */
export function plainly(schema: object, tell: (keys: Keys) => Keys): Schema {
  const inner = (part: object): Schema => plainly(part, tell)
  const entries = Object.entries(schema as Schema).flatMap(([key, value]): [string, unknown][] => {
    if (idle.has(key) || Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER) return []
    // What all of a mapping may be left out of starts as nothing.
    if (key === 'default' && isEmptyMapping(value)) return []
    if (key === 'allOf') return Object.entries(inner((value as readonly Schema[])[0]!))
    if (key === 'anyOf') return [[key, (value as readonly Schema[]).map(inner).flatMap((one) => one.anyOf ?? [one])]]
    if (key === 'items' || (key === 'additionalProperties' && typeof value === 'object')) return [[key, inner(value)]]
    if (key === 'properties') return [[key, tell(mapped(value as Keys, inner))]]
    return [[key, value]]
  })
  return Object.fromEntries(entries) as Schema
}

function mapped(keys: Keys, change: (schema: Schema) => Schema): Keys {
  return Object.fromEntries(Object.entries(keys).map(([key, schema]) => [key, change(schema)]))
}

function isEmptyMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
}
