import { Fault } from '../base/fault.ts'
import { built } from './built.ts'
import { namesIn, unknownNames } from './names.ts'
import {
  createProgram,
  createSourceFile,
  formatDiagnosticsWithColorAndContext,
  ModuleKind,
  type Diagnostic,
  type Program,
  type ScriptTarget,
  type SourceFile,
} from './typescript.ts'

/**
 * Checks a module's own text: ASCII, no name that neither it nor the library declares, types under `strict` and syntax that can be
 * erased. The runtime, which is the same in every module, is checked where it is built and stands here with its signatures alone.
 * Fault: a check failed.
 */
export function check(own: string, signatures: readonly string[]): void {
  const strange = /[^\n -~]/.exec(own)
  if (strange) throw new Fault(`The module holds the character ${JSON.stringify(strange[0])}.`)
  const { program, file } = parse([own, ...signatures].join('\n'))
  refuse(program.getSyntacticDiagnostics(file))
  // Gives each node its parent.
  program.getTypeChecker()
  const names = namesIn(file)
  if (names.imports) throw new Fault('The module imports.')
  const unknown = unknownNames(names, vocabulary)
  if (unknown.length > 0) throw new Fault(`The module names ${unknown.join(', ')}.`)
  refuse(program.getSemanticDiagnostics(file))
}

const vocabulary = new Set(built.vocabulary)

// The enumeration itself is in no bundle of TypeScript.
const target: ScriptTarget.ES2022 = 9
const path = '/module.ts'
const libraryPath = '/library.d.ts'
let library: SourceFile | undefined

/** Parses into a program that has nothing but the library. */
function parse(text: string): { program: Program; file: SourceFile } {
  library ??= createSourceFile(libraryPath, built.library, target)
  const file = createSourceFile(path, text, target)
  const files = new Map([
    [path, file],
    [libraryPath, library],
  ])
  const program = createProgram({
    rootNames: [path],
    options: {
      ...{ strict: true, erasableSyntaxOnly: true, target, module: ModuleKind.ESNext },
      ...{ types: [], noResolve: true, skipLibCheck: true },
    },
    host: {
      getSourceFile: (name) => files.get(name),
      getDefaultLibFileName: () => libraryPath,
      fileExists: (name) => files.has(name),
      readFile: (name) => files.get(name)?.text,
      writeFile: () => {},
      getCurrentDirectory: () => '/',
      getCanonicalFileName: (name) => name,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
    },
  })
  return { program, file }
}

function refuse(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return
  const shown = formatDiagnosticsWithColorAndContext(diagnostics.slice(0, 3), {
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  })
  throw new Fault(`The module doesn't pass the type check, ${diagnostics.length} times.\n${shown}`)
}
