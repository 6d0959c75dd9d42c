/**
 * Writes the pages of docs/ that follow from the tables of the language, and the README's picture.
 *
 *     npm run docs
 */
import { writeFile } from 'node:fs/promises'
import { derivationPicture } from './docs/derivation.ts'
import { pages, renderPage } from './docs/pages.ts'

const docs = new URL('../docs/', import.meta.url)
for (const page of pages) await writeFile(new URL(`${page}.md`, docs), await renderPage(page))
await writeFile(new URL('public/derivation.svg', docs), derivationPicture())
