import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clips } from '../../src/language/words/clips.ts'
import { initializers } from '../../src/language/words/initializers.ts'
import { layers } from '../../src/language/layers/index.ts'
import { losses } from '../../src/language/formulas/losses.ts'
import { optimizers } from '../../src/language/words/optimizers.ts'
import { schedules } from '../../src/language/words/schedules.ts'
import { networkInitializers } from '../../src/language/words/networkInitializers.ts'
import { root } from '../package/installed.ts'

const tables = { layers, losses, initializers, networkInitializers, optimizers, schedules, clips }

/** The words in code: `word`, `word(argument)` and `word: value`. */
const page = new Set(
  Array.from(
    readFileSync(join(root, 'docs/specs.md'), 'utf8').matchAll(/`([a-z]\w*)(?:[(:][^`]*)?`/gi),
    ([, word]) => word!,
  ),
)

describe('the page on specs', () => {
  it.each(Object.entries(tables))('names all %s', (_, table) => {
    expect(Object.keys(table).filter((word) => !page.has(word))).toEqual([])
  })
})
