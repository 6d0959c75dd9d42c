import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { apiPage } from './api.ts'
import { elsewherePage } from './elsewhere.ts'
import { idiomsPage } from './idioms.ts'
import { kinksPage } from './kinks.ts'
import { parametersPage } from './parameters.ts'
import { precisionPage } from './precision.ts'
import { wordsPage } from './words.ts'

const writers = {
  ...{ words: wordsPage, kinks: kinksPage, idioms: idiomsPage },
  ...{ parameters: parametersPage, precision: precisionPage, elsewhere: elsewherePage },
  api: apiPage,
} as const
type Page = keyof typeof writers

/** The pages that are written from the tables: `docs/<page>.md`. */
export const pages = Object.keys(writers) as Page[]

/** A page's text, as it is committed. */
export async function renderPage(page: Page): Promise<string> {
  const text = await writers[page]()
  const config = await resolveConfig(fileURLToPath(new URL('../../package.json', import.meta.url)))
  return format(text, { ...config, parser: 'markdown', proseWrap: 'always' })
}
