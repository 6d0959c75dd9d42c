import { format } from 'prettier'
import type { Schema } from './plainly.ts'
import type { SpecSchema } from './schema.ts'

/*
 * The types of specs in TypeScript, as interfaces with names, so that an editor shows a word's meaning and a compiler's message stays short:
 * a value of a union of many types is told apart from none of them.
 */

const noArguments = `/** A word that takes no arguments: \`{}\`. */
export interface NoArguments { readonly [name: string]: never }`

/** The text of a module of types. @param settings prettier's. */
export async function specTypes({ anyOf = [], definitions }: SpecSchema, settings: object): Promise<string> {
  const declarations = Object.entries(definitions).map(([name, schema]) => declaration(name, schema))
  const text = [
    `/* Written by \`npm run language\`, from the tables of the language; not edited by hand. */`,
    `/** A spec as it may be written in TypeScript. */\nexport type NetworkSpec = ${anyOf.map(typeOf).join(' | ')}`,
    ...declarations,
    noArguments,
  ].join('\n\n')
  return format(text, { ...settings, parser: 'typescript' })
}

function declaration(name: string, schema: Schema): string {
  if (!schema.properties) return `export type ${name} = ${typeOf(schema)}`
  return `export interface ${name} ${bodyOf(schema)}`
}

function typeOf(schema: Schema): string {
  const { $ref, enum: values, anyOf, type, items, properties, additionalProperties } = schema
  if ($ref !== undefined) return $ref.split('/').at(-1)!
  if ('const' in schema) return literal(schema.const)
  if (values) return values.map(literal).join(' | ')
  // Only in YAML does a word stand before nothing.
  if (anyOf)
    return anyOf
      .filter((one) => one.type !== 'null')
      .map(typeOf)
      .join(' | ')
  if (items) return `readonly (${typeOf(items)})[]`
  if (properties) return bodyOf(schema)
  if (typeof additionalProperties === 'object') return `Readonly<Record<string, ${typeOf(additionalProperties)}>>`
  if (Array.isArray(type)) return 'NoArguments'
  return type === 'integer' ? 'number' : (type as string)
}

function bodyOf({ properties = {}, required = [], oneOf }: Schema): string {
  const lines = Object.entries(properties).map(([key, schema]) => {
    const optional = required.includes(key) ? '' : '?'
    // A key that may be left out may be undefined too, but for a word: that would be the word by itself.
    const isWord = oneOf?.some((one) => one.required?.includes(key)) ?? false
    const types = new Set([typeOf(schema), ...(optional && !isWord ? ['undefined'] : [])])
    return `${notes(schema, key)}readonly ${key}${optional}: ${[...types].join(' | ')}`
  })
  return `{\n${lines.join('\n')}\n}`
}

function notes({ description, default: standard, examples = [] }: Schema, key: string): string {
  const lines = [
    ...(description === undefined ? [] : [description.replaceAll('*/', '*\\/')]),
    ...(standard === undefined ? [] : [`@default ${literal(standard)}`]),
    ...examples.map((example) => `@example { ${key}: ${literal(example)} }`),
  ]
  if (lines.length === 1) return `/** ${lines[0]} */\n`
  return lines.length === 0 ? '' : `/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */\n`
}

/** As code. */
function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${literal(inner)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}
