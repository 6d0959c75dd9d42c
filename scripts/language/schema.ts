import { toJSONSchema, type z } from 'zod'
import { functionsBeside } from '../../src/language/functions/reference.ts'
import { schemaFor } from '../../src/language/networks/schema.ts'
import type { WordKind } from '../../src/language/words/vocabulary.ts'
import { writtenAs, type WordForm, type WordRow } from '../../src/language/words/word.ts'
import { exampleOf } from './examples.ts'
import { meaningOfKey, meaningOfWord } from './meanings.ts'
import { plainly, without, type Schema } from './plainly.ts'

export interface SpecSchema extends Schema {
  readonly $schema: string
  /** By name. */
  readonly definitions: Readonly<Record<string, Schema>>
}

/** The forms of a spec: what each is called, and a spec that the checker takes for one. */
const forms: Readonly<Record<string, object>> = {
  LayerNetwork: { layers: [] },
  EquationNetwork: { equations: [] },
  ObjectiveNetwork: { objectives: {} },
}

/** What values are called, as types, by the key that they are given for. A record's values are called so in its place. */
const named: Readonly<Record<string, string>> = {
  ...{ input: 'Port', inputs: 'Port', targets: 'Port', parameters: 'Parameter', shape: 'Shape' },
  ...{ networks: 'LayeredFunction', objectives: 'Objective' },
  ...{ train: 'Training', emit: 'Emission', warmup: 'Warmup', weightDecay: 'WeightDecay' },
}

/** What the words of a kind are called, as types. */
const kinds: Readonly<Record<WordKind, string>> = {
  layer: 'Layer',
  loss: 'Loss',
  metric: 'Metric',
  initializer: 'Initializer',
  optimizer: 'Optimizer',
  schedule: 'Schedule',
  clip: 'Clip',
}

const refTo = (name: string): Schema => ({ $ref: `#/definitions/${name}` })

/** The JSON Schema, draft 7, of specs in YAML and JSON, from the types that check them. */
export function specSchema(): SpecSchema {
  const definitions = new Definitions()
  const reference = functionsBeside({ file: '' })
  for (const [name, spec] of Object.entries(forms))
    definitions.define(name, () => definitions.schemaOf(schemaFor(spec, reference), name))
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    anyOf: Object.keys(forms).map(refTo),
    definitions: definitions.all(),
  }
}

/** Schemas by name. */
class Definitions {
  readonly #all = new Map<string, Schema>()

  all(): Readonly<Record<string, Schema>> {
    return Object.fromEntries([...this.#all].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** What a name stands for is made once. */
  define(name: string, make: () => Schema): Schema {
    if (!this.#all.has(name)) {
      // The place is taken before, as layers hold layers.
      this.#all.set(name, {})
      this.#all.set(name, make())
    }
    return refTo(name)
  }

  /** How values of a type are written. @param owner what its keys belong to, as a type. */
  schemaOf(type: z.core.$ZodType, owner: string): Schema {
    const schema = toJSONSchema(type, {
      ...{ target: 'draft-7', io: 'input', unrepresentable: 'any' },
      override: ({ zodSchema, jsonSchema }) => {
        const form = writtenAs(zodSchema)
        if (form) Object.assign(jsonSchema, 'kind' in form ? this.#wordOf(form) : this.schemaOf(form, owner))
      },
    })
    return plainly(schema, (properties) => this.#keysOf(properties, owner))
  }

  #keysOf(properties: Readonly<Record<string, Schema>>, owner: string): Readonly<Record<string, Schema>> {
    const entries = Object.entries(properties).map(([key, schema]) => {
      const name = Object.hasOwn(named, key) ? named[key] : undefined
      const value = name === undefined ? schema : this.#named(schema, name)
      return [key, { ...value, description: meaningOfKey(key, owner) }]
    })
    return Object.fromEntries(entries)
  }

  #named(schema: Schema, name: string): Schema {
    const { additionalProperties, default: standard } = schema
    if (typeof additionalProperties === 'object')
      return { type: 'object', additionalProperties: this.#named(additionalProperties, name) }
    if (!schema.properties && !schema.anyOf) return schema
    const value = without(schema, 'default', 'description')
    const reference = this.define(name, () => plainly(value, (properties) => this.#keysOf(properties, name)))
    return { ...reference, ...(standard === undefined ? {} : { default: standard }) }
  }

  /** A word by itself, where it needs no argument, or a mapping. */
  #wordOf({ kind, rows, beside }: WordForm): Schema {
    const table = Object.entries(rows())
    const name = kind === 'initializer' && 'lsuv' in rows() ? 'NetworkInitializer' : kinds[kind]
    return this.define(name, () => {
      const mapping = this.define(`${name}Mapping`, () => this.#mappingOf(kind, table, beside))
      const alone = table.filter(([, row]) => needsNothing(row)).map(([word]) => word)
      if (alone.length === 0) return mapping
      const told = alone.map((word) => ({ const: word, description: meaningOfWord(word, kind) }))
      const word = this.define(`${name}Word`, () => ({ anyOf: told }))
      return { anyOf: [word, mapping] }
    })
  }

  #mappingOf(kind: WordKind, table: readonly (readonly [string, WordRow])[], beside: z.ZodObject): Schema {
    const words = table.map(([word, row]) => [
      word,
      { description: meaningOfWord(word, kind), ...this.#given(word, row, kind), examples: [exampleOf(word, kind)] },
    ])
    return {
      type: 'object',
      properties: { ...Object.fromEntries(words), ...this.schemaOf(beside, kinds[kind]).properties },
      additionalProperties: false,
      oneOf: table.map(([word]) => ({ required: [word] })),
    }
  }

  /** What a word is given: its first argument alone, a mapping of arguments, or nothing, as in YAML's `- relu:`. */
  #given(word: string, row: WordRow, kind: WordKind): Schema {
    const { arguments: type, first } = row
    if (Object.keys(type.shape).length === 0) return { type: ['object', 'null'], additionalProperties: false }
    // Metrics that take arguments are losses.
    const name = `${word[0]!.toUpperCase()}${word.slice(1)}${kinds[kind === 'metric' ? 'loss' : kind]}`
    const mapping = this.define(name, () => this.schemaOf(type, name))
    const { properties = {} } = this.#all.get(name)!
    const alone = first === undefined ? [] : [without(properties[first]!, 'default', 'description')]
    const nothing: readonly Schema[] = needsNothing(row) ? [{ type: 'null' }] : []
    return { anyOf: [...alone.flatMap((one) => one.anyOf ?? [one]), mapping, ...nothing] }
  }
}

function needsNothing({ arguments: { shape } }: WordRow): boolean {
  return Object.values(shape).every((type) => (type as z.core.$ZodType)._zod.optin !== undefined)
}
