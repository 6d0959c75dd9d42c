import type { Source } from '../../base/errors.ts'
import type { ts } from '../../base/typescript.ts'
import { nestingMessage } from './limits.ts'
import type { Flaw } from './source.ts'

interface Parsed {
  readonly syntax: ts.SourceFile
  readonly flaws: readonly Flaw[]
}

/**
 * Parses TypeScript, and does nothing else with it. What is nested too deep for the parser is a flaw, and the syntax is empty then.
 * @param compiler loaded by the caller, since that takes a second.
 */
export function parseTypeScript(compiler: typeof ts, source: Source): Parsed {
  try {
    return parse(compiler, source)
  } catch (error) {
    // The parser follows parentheses recursively.
    if (!(error instanceof RangeError)) throw error
    const { syntax } = parse(compiler, { ...source, text: '' })
    return { syntax, flaws: [{ code: 'limit', span: { offset: 0, length: 1 }, message: nestingMessage }] }
  }
}

function parse(compiler: typeof ts, { file, text }: Source): Parsed {
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
  const flaws = program.getSyntacticDiagnostics(syntax).map(({ start: offset, length, messageText }): Flaw => ({
    code: 'syntax',
    span: { offset, length },
    message: compiler.flattenDiagnosticMessageText(messageText, ' '),
  }))
  return { syntax, flaws }
}
