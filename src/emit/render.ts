import { readTemplate } from './package.ts'
import type { View } from './view.ts'

/** The module's text from its template, unformatted. */
export async function render(view: View): Promise<string> {
  const { default: Handlebars } = await import('handlebars')
  const template = Handlebars.compile(await readTemplate('module.ts.hbs'), {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
  })
  return template(view)
}
