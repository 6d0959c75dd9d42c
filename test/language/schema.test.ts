import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editorSchema } from '../../scripts/language/editors.ts'
import { exampleOf } from '../../scripts/language/examples.ts'
import { keyMeanings } from '../../scripts/language/meanings.ts'
import type { Schema } from '../../scripts/language/plainly.ts'
import { specSchema } from '../../scripts/language/schema.ts'
import { SpecError } from '../../src/base/errors.ts'
import { checkSpec } from '../../src/language/networks/check.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import type { SpecSource } from '../../src/language/text/source.ts'
import { readValue } from '../../src/language/text/value.ts'
import { isMapping } from '../../src/language/words/word.ts'
import { specs } from '../property/specs/index.ts'
import { isSpec, pages } from '../docs/blocks.ts'
import { mutants } from './mutants/mutants.ts'
import { functions, originals, values } from './mutants/originals.ts'

const schema = specSchema()
const editors = ['markdownDescription', 'defaultSnippets', 'doNotSuggest']
const ajv = new Ajv({ strictTypes: false, allowUnionTypes: true, keywords: editors })
const accepts = ajv.compile(editorSchema(schema))

const swish = 'export const swish = (x: number): number => x / (1 + Math.exp(-x))'
const readFile = () => Promise.resolve(`${functions}\n${swish}`)

const findingsIn = async (source: SpecSource) => (await checkSpec({ ...source, readFile })).findings
const findingsOf = (value: unknown) => findingsIn(readValue(value, 'specs/a.net.json'))

/** A spec read from a text; undefined where the text is none. */
function read(text: string): SpecSource | undefined {
  try {
    const source = readSpecText({ file: 'specs/a.net.yaml', text })
    return source.flaws && source.flaws.length > 0 ? undefined : source
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    return undefined
  }
}

const isUnknown = ({ code }: { readonly code: string }) => code === 'unknown-word' || code === 'unknown-key'

/** Every mapping of a value with one of its keys misspelt, and every text that is one of the schema's words misspelt. */
function* misspelt(value: unknown, words: ReadonlySet<string>): Generator<unknown> {
  if (typeof value === 'string' && words.has(value)) yield `${value}q`
  if (Array.isArray(value))
    for (const [k, part] of value.entries()) for (const wrong of misspelt(part, words)) yield value.with(k, wrong)
  if (!isMapping(value)) return
  for (const [key, part] of Object.entries(value)) {
    const others = Object.entries(value).filter(([other]) => other !== key)
    yield Object.fromEntries([...others, [`${key}q`, part]])
    for (const wrong of misspelt(part, words)) yield { ...value, [key]: wrong }
  }
}

function* schemasIn(part: unknown): Generator<Schema> {
  if (typeof part !== 'object' || part === null) return
  yield part as Schema
  for (const inner of Object.values(part)) yield* schemasIn(inner)
}

const all = [...schemasIn(schema.definitions)]
const words = new Set(all.flatMap((part) => ('const' in part ? [String(part.const)] : [])))

describe('the JSON Schema of specs', () => {
  it('accepts all specs of the repository, of any kind', () => {
    const documented = pages
      .flatMap(({ blocks }) => blocks.filter(isSpec))
      .filter(({ language }) => language === 'yaml')
    const texts = documented.map(({ text }) => text)
    expect(texts.length).toBeGreaterThan(3)
    for (const text of [...originals, ...texts]) expect(accepts(read(text)!.value), text).toBe(true)
  })

  it('refuses each with a key or a word misspelt, wherever the checker does', async () => {
    let refused = 0
    const own = values.slice(0, 40)
    for (const value of own)
      for (const wrong of misspelt(value, words)) {
        if (!(await findingsOf(wrong)).some(isUnknown)) continue
        refused++
        expect(accepts(wrong), JSON.stringify(wrong)).toBe(false)
      }
    expect(refused).toBeGreaterThan(own.length * 10)
  })

  it('accepts any spec that is right', () => {
    fc.assert(
      fc.property(specs, (spec) => accepts(spec)),
      { numRuns: 300 },
    )
  })

  it('refuses nothing that the checker accepts, and whatever word or key it does not know', async () => {
    let accepted = 0
    let unknown = 0
    const agree = fc.asyncProperty(mutants, async (text) => {
      const source = read(text)
      if (!source) return
      const findings = await findingsIn(source)
      const isAccepted = accepts(source.value)
      if (findings.length === 0) accepted++
      if (findings.some(isUnknown)) unknown++
      if (findings.length === 0 && !isAccepted) throw new Error(`refused: ${JSON.stringify(accepts.errors)}`)
      if (findings.some(isUnknown) && isAccepted) throw new Error(`accepted: ${JSON.stringify(findings)}`)
    })
    await fc.assert(agree, { numRuns: 100, seed: 1 })
    expect(Math.min(accepted, unknown)).toBeGreaterThan(10)
  })

  it.for([
    [
      'a word that YAML gives nothing',
      { layers: [{ relu: null }, { scale: null, as: 'a' }], loss: { mse: null } },
      true,
    ],
    ['no argument where there must be one', { layers: [{ linear: null }] }, false],
    ['two words in one entry', { layers: [{ linear: 1, relu: {} }] }, false],
    ['two words in one schedule', { train: { schedule: { step: 1, cosine: 2 } } }, false],
    ['keys of both forms', { equations: [] }, false],
    ['an initializer of networks for one layer', { layers: [{ linear: { units: 2, init: 'lsuv' } }] }, false],
    ['the same for the network', { init: 'lsuv' }, true],
    ['an empty entry', { layers: [{}] }, false],
    ['a name alone', { layers: [{ as: 'a' }] }, false],
    ['a shape in a mapping', { input: { shape: [2, 3], index: 4 } }, true],
  ] as const)('agrees with the checker on %s', async ([, change, isRight]) => {
    const spec = { input: 2, layers: [], loss: 'mse', ...change }
    expect(accepts(spec)).toBe(isRight)
    expect((await findingsOf(spec)).length === 0).toBe(isRight)
  })

  it('says of every key and word what it means, with an example of each word that the checker takes', async () => {
    for (const { properties = {} } of all)
      for (const [key, { description = '' }] of Object.entries(properties)) expect(description, key).not.toBe('')
    const mappings = {
      layer: 'LayerMapping',
      loss: 'LossMapping',
      metric: 'MetricMapping',
      initializer: 'NetworkInitializerMapping',
      optimizer: 'OptimizerMapping',
      schedule: 'ScheduleMapping',
      clip: 'ClipMapping',
    } as const
    const inSpec = {
      layer: (word: object) => ({ layers: [word] }),
      loss: (word: object) => ({ loss: word }),
      metric: (word: object) => ({ metrics: [word] }),
      initializer: (word: object) => ({ init: word }),
      optimizer: (word: object) => ({ train: { optimizer: word } }),
      schedule: (word: object) => ({ train: { schedule: word } }),
      clip: (word: object) => ({ train: { clip: word } }),
    }
    for (const [kind, name] of Object.entries(mappings) as [keyof typeof mappings, string][])
      for (const { required: [word] = [] } of schema.definitions[name]!.oneOf!) {
        const example = { [word!]: exampleOf(word!, kind) }
        expect(schema.definitions[name]!.properties![word!]!.examples).toEqual([example[word!]])
        const spec = { input: 2, layers: [], loss: 'mse', ...inSpec[kind](example) }
        expect(await findingsOf(spec), JSON.stringify(spec)).toEqual([])
        expect(accepts(spec), JSON.stringify(spec)).toBe(true)
      }
  })

  it('says nothing of keys that there are not', () => {
    const told = new Set(
      all.flatMap(({ properties = {} }) =>
        Object.entries(properties).map(([key, { description }]) => `${key}: ${description}`),
      ),
    )
    const idle = Object.entries(keyMeanings).filter(([name, text]) => !told.has(`${name.split('.').at(-1)!}: ${text}`))
    expect(idle).toEqual([])
  })

  it('names each example of a word that there is', () => {
    const text = readFileSync(new URL('../../scripts/language/examples.ts', import.meta.url), 'utf8')
    const given = Array.from(text.matchAll(/^ {4}(\w+): /gm), ([, word]) => word!)
    const known = new Set(all.flatMap(({ oneOf = [] }) => oneOf.flatMap(({ required = [] }) => required)))
    expect(given.length).toBeGreaterThan(30)
    expect(given.filter((word) => !known.has(word))).toEqual([])
  })
})
