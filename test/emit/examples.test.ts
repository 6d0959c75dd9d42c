import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { editor } from '../support/editor.ts'
import { instantiate } from '../support/emitted.ts'

/*
 * Examples in modules' docstrings stand for their own network: each passes the type check as it is, and runs.
 */

const modules = [
  'generated/digits.ts',
  'generated/characters.ts',
  'generated/typos.ts',
  'generated/siamese.ts',
  'generated/gan.ts',
  'generated/burgers.ts',
  'test/golden/adam/adam.ts',
  'test/golden/classifier/classifier.ts',
]

interface Example {
  /** What it is an example of. */
  readonly of: string
  readonly code: string
}

function examplesIn(text: string): Example[] {
  const comments = text.matchAll(/@example\n([^]*?)\n *\*\/\n(?:export function )? *(\w+)\((?:file: (\w+))?/g)
  return Array.from(comments, ([, lines, name]) => ({ of: name!, code: lines!.replaceAll(/^ *\* ?/gm, '') }))
}

const { mistakes } = editor('emit/examples.ts', { lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'] })

/** Runs code in which these names stand for values. */
async function runs(code: string, scope: Readonly<Record<string, unknown>>): Promise<void> {
  const AsyncFunction = (async () => {}).constructor as new (...texts: string[]) => (...values: unknown[]) => unknown
  await new AsyncFunction(...Object.keys(scope), code)(...Object.values(scope))
}

describe.each(modules)('%s', (path) => {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  const examples = examplesIn(text)

  it('has an example of each: a model, a trainer, fit, and load of both', () => {
    expect(examples.map(({ of }) => of)).toEqual(['load', 'fit', 'load', 'createModel', 'createTrainer'])
  })

  it.each(examples)('of $of', async ({ of, code }) => {
    const own = of === 'createModel' ? '' : 'const model = createModel()\n'
    const trainer = of === 'createTrainer' ? '' : 'const trainer = createTrainer()\n'
    const lines = `import { createModel, createTrainer } from '../../${path}'\n${own}${trainer}${code}\nexport {}`
    expect(mistakes(lines)).toEqual([])

    const { createModel, createTrainer, network } = await instantiate(text)
    const file = createTrainer({ seed: 9 }).save()
    const fetched: string[] = []
    const fetch = async (name: string) => {
      fetched.push(name)
      return new Response(file)
    }
    const logged: unknown[][] = []
    const scope = { createModel, createTrainer, fetch, console: { log: (...values: unknown[]) => logged.push(values) } }
    await runs(`${own}${trainer}${code}`, scope)
    expect(fetched).toEqual(/fetch/.test(code) ? [`${String(network.name)}.safetensors`] : [])
    if (of === 'fit') expect(logged).toHaveLength(20)
  })
})
