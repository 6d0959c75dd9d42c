/**
 * Writes the pages of docs/ that follow from the tables of the language.
 *
 *     npm run docs
 */
import { writeFile } from 'node:fs/promises'
import { pages, renderPage } from './docs/pages.ts'

for (const page of pages) await writeFile(new URL(`../docs/${page}.md`, import.meta.url), await renderPage(page))
