import type { Source, Span } from '../../base/errors.ts'
import type { ts } from '../../base/typescript.ts'

interface Parsed {
  readonly syntax: ts.SourceFile
  readonly errors: readonly { readonly span: Span; readonly message: string }[]
}

/** Parses TypeScript, and does nothing else with it. @param compiler loaded by the caller, since that takes a second. */
export function parseTypeScript(compiler: typeof ts, { file, text }: Source): Parsed {
  const syntax = compiler.createSourceFile(file, text, compiler.ScriptTarget.Latest, true)
  // Errors are a program's to tell. Transpiling tells them too, in time quadratic in the length of a sum.
  const host: ts.CompilerHost = {
    getSourceFile: () => syntax,
    getDefaultLibFileName: () => '',
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: () => false,
    readFile: () => undefined,
    writeFile: () => undefined,
  }
  const program = compiler.createProgram([file], { noLib: true, noResolve: true, allowJs: true, types: [] }, host)
  const errors = program.getSyntacticDiagnostics(syntax).map(({ start: offset, length, messageText }) => ({
    span: { offset, length },
    message: compiler.flattenDiagnosticMessageText(messageText, ' '),
  }))
  return { syntax, errors }
}
