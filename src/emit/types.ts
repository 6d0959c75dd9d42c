import { parse } from './check.ts'
import { format } from './format.ts'
import { typescriptHeader, type Made } from './header.ts'
import { stamp } from './stamp.ts'

/**
 * What the importers of a module may know of it, as the text of a declaration file.
 * @param text the module's, in TypeScript.
 * @param more declarations that its importers have besides.
 */
export async function typesOf(text: string, made: Made, more: readonly string[] = []): Promise<string> {
  let declared = ''
  parse(text, { declaration: true, emitDeclarationOnly: true }).program.emit(
    undefined,
    (_, output) => (declared = output),
  )
  // It stands last, and says that what isn't exported stays within.
  const own = declared.replace(/^export \{\};?\s*$/m, '')
  return stamp([...typescriptHeader(made), '', await format([own, ...more, 'export {}'].join('\n'))].join('\n'))
}
