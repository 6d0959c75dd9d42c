import { Fault } from '../base/fault.ts'
import { ts } from './typescript.ts'
import { built } from './built.ts'
import { namesIn, unknownNames } from './names.ts'
import { Outlines } from './outlines.ts'

/**
 * Checks a module's own text: ASCII, no name that neither it nor the library declares, types under `strict` and syntax that can be
 * erased. The runtime, which is the same in every module, is checked where it is built and stands here with its signatures alone, as
 * kernels do whose like has passed before. Fault: a check failed.
 * @param host what the module declares beside its kernels.
 * @param signatures of the runtime's declarations, by their names.
 */
export function check(host: string, kernels: readonly string[], signatures: ReadonlyMap<string, string>): void {
  const strange = /[^\n -~]/.exec([host, ...kernels].join('\n'))
  if (strange) throw new Fault(`The module holds the character ${JSON.stringify(strange[0])}.`)
  const shared = new Set([...signatures.keys(), 'Vector'])
  const outlined = kernels.map((kernel) => outlines.outline(kernel, shared))
  const { program, file } = parse([host, ...outlined, ...signatures.values()].join('\n'))
  refuse(program.getSyntacticDiagnostics(file))
  // Gives each node its parent.
  program.getTypeChecker()
  const names = namesIn(file)
  if (names.imports) throw new Fault('The module imports.')
  const unknown = unknownNames(names, vocabulary)
  if (unknown.length > 0) throw new Fault(`The module names ${unknown.join(', ')}.`)
  refuse(program.getSemanticDiagnostics(file))
  outlines.add(outlined, file, shared)
}

const vocabulary = new Set(built.vocabulary)
const outlines = new Outlines(vocabulary)

const path = '/module.ts'
const libraryPath = '/library.d.ts'
let library: ts.SourceFile | undefined

/** Parses into a program that has nothing but the library. */
export function parse(text: string, options: ts.CompilerOptions = {}): { program: ts.Program; file: ts.SourceFile } {
  const { ES2022 } = ts.ScriptTarget
  library ??= ts.createSourceFile(libraryPath, built.library, ES2022)
  const file = ts.createSourceFile(path, text, ES2022)
  const files = new Map([
    [path, file],
    [libraryPath, library],
  ])
  const program = ts.createProgram({
    rootNames: [path],
    options: {
      ...{ strict: true, erasableSyntaxOnly: true, target: ES2022, module: ts.ModuleKind.ESNext },
      ...{ types: [], noResolve: true, skipLibCheck: true },
      ...options,
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

function refuse(diagnostics: readonly ts.Diagnostic[]): void {
  if (diagnostics.length === 0) return
  const shown = ts.formatDiagnosticsWithColorAndContext(diagnostics.slice(0, 3), {
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  })
  throw new Fault(`The module doesn't pass the type check, ${diagnostics.length} times.\n${shown}`)
}
