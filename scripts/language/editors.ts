import { stringify } from 'yaml'
import { without, type Schema } from './plainly.ts'
import type { SpecSchema } from './schema.ts'

/*
 * The schema as editors make the most of it: VS Code's server for YAML, yaml-language-server, and its own for JSON. They propose what a schema
 * names, show what it describes, and say what is wrong with a value that fits none of several choices by the choice that they take for the
 * nearest.
 */

/** With conditions, and what these servers read besides. */
interface EditorSchema extends Schema {
  readonly if?: Schema
  readonly then?: Schema
  readonly else?: Schema
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly markdownDescription?: string
  /** What is written for a key that is chosen from a list. */
  readonly defaultSnippets?: readonly { readonly body: unknown }[]
  /** Keeps a key out of that list. */
  readonly doNotSuggest?: true
}

/** What `schema.json` holds. */
export function editorSchema(schema: SpecSchema): object {
  const { definitions, ...rest } = schema
  const entries = Object.entries(definitions).map(([name, part]) => [name, changed(part, schema)])
  return { ...rest, definitions: Object.fromEntries(entries) }
}

function changed(part: Schema, whole: SpecSchema): EditorSchema {
  const { properties, items, additionalProperties, anyOf, oneOf, ...rest } = without(part, 'examples')
  const inner = (one: Schema) => changed(one, whole)
  const words = oneOf?.flatMap(({ required = [] }) => required) ?? []
  return {
    ...rest,
    ...(properties ? { properties: keysOf(properties, whole) } : {}),
    ...(items ? { items: inner(items) } : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: inner(additionalProperties) } : {}),
    ...(typeof additionalProperties === 'boolean' ? { additionalProperties } : {}),
    ...(anyOf ? choiceOf(anyOf.map(inner), whole) : {}),
    ...(oneOf ? oneBeside(Object.keys(properties ?? {}).filter((key) => !words.includes(key))) : {}),
  }
}

function keysOf(keys: NonNullable<Schema['properties']>, whole: SpecSchema): NonNullable<Schema['properties']> {
  return Object.fromEntries(
    Object.entries(keys).map(([key, schema]) => [key, { ...changed(schema, whole), ...shown(key, schema) }]),
  )
}

/** What is shown and written for a word: of those that may stand by themselves, the mapping only where it gives arguments. */
function shown(key: string, { description, examples: [example] = [], anyOf = [] }: Schema): EditorSchema {
  if (example === undefined) return {}
  if (!anyOf.some(({ $ref }) => $ref !== undefined)) return { doNotSuggest: true }
  const text = stringify({ [key]: example }, { collectionStyle: 'flow', flowCollectionPadding: true, lineWidth: 0 })
  const line = text.trim().replace(/^\{ (.*) \}$/, '$1')
  return {
    description: `${description!}\n\nExample: ${line}`,
    markdownDescription: `${description!.replace(/[\\*_[\]<>]/g, '\\$&')}\n\n\`\`\`yaml\n${line}\n\`\`\``,
    ...(anyOf.some(({ type }) => type === 'null') ? { defaultSnippets: [{ body: example }] } : {}),
  }
}

/**
 * A mapping is held to the choice that is one, and other values to the others, so that mistakes are told of what was meant. The list, which
 * holds any value, is what editors propose from: they look for proposals in lists alone.
 */
function choiceOf(anyOf: readonly Schema[], { definitions }: SpecSchema): EditorSchema {
  const isMapping = (one: Schema) => resolved(one, definitions).type === 'object'
  const [mapping, ...more] = anyOf.filter(isMapping)
  const others = anyOf.filter((one) => !isMapping(one))
  if (!mapping || more.length > 0) return { anyOf }
  const [first, ...rest] = others
  return {
    anyOf: [...anyOf, {}],
    if: { type: 'object' },
    then: mapping,
    else: rest.length > 0 ? { anyOf: others } : first!,
  }
}

function resolved(schema: Schema, definitions: SpecSchema['definitions']): Schema {
  return schema.$ref === undefined ? schema : definitions[schema.$ref.split('/').at(-1)!]!
}

/** Just one key, beside those of `beside` that are there. Said as a count, as all words would be listed else. */
function oneBeside([key, ...others]: readonly string[], count = 1): EditorSchema {
  if (key === undefined) return { minProperties: count, maxProperties: count }
  return { if: { required: [key] }, then: oneBeside(others, count + 1), else: oneBeside(others, count) }
}
