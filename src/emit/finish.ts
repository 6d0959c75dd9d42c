import type { Diagnostic, Project, SourceFile } from 'ts-morph'
import { Fault } from '../base/fault.ts'
import { checkIdentifiers } from './vocabulary.ts'

/**
 * The module's final text: checked (ASCII, no identifier that the emitter doesn't know, types under `strict` with
 * ES2022 alone) and formatted. Fault: a check failed.
 */
export async function finish(text: string): Promise<string> {
  const strange = /[^\n -~]/.exec(text)
  if (strange) throw new Fault(`The module holds the character ${JSON.stringify(strange[0])}.`)
  const file = await parse(text.replace('// @ts-nocheck', '//'))
  const program = file.getProject().getProgram()
  refuse(file, program.getSyntacticDiagnostics(file))
  await checkIdentifiers(file)
  refuse(file, program.getSemanticDiagnostics(file))
  return format(text)
}

let project: Project | undefined

/** Parses into a project that has nothing but the language's own library. */
async function parse(text: string): Promise<SourceFile> {
  const { Project, ScriptTarget, ModuleKind } = await import('ts-morph')
  project ??= new Project({
    useInMemoryFileSystem: true,
    compilerOptions: {
      strict: true,
      erasableSyntaxOnly: true,
      target: ScriptTarget.ES2022,
      module: ModuleKind.ESNext,
      lib: ['lib.es2022.d.ts'],
      types: [],
      noResolve: true,
      skipLibCheck: true,
    },
  })
  return project.createSourceFile('/module.ts', text, { overwrite: true })
}

function refuse(file: SourceFile, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return
  const shown = file.getProject().formatDiagnosticsWithColorAndContext(diagnostics.slice(0, 3))
  throw new Fault(`The module doesn't pass the type check, ${diagnostics.length} times.\n${shown}`)
}

async function format(text: string): Promise<string> {
  const [{ format }, typescript, estree] = await Promise.all([
    import('prettier/standalone'),
    import('prettier/plugins/typescript'),
    import('prettier/plugins/estree'),
  ])
  return format(text, {
    parser: 'typescript',
    // By its name the file has no JSX; without one, a search for JSX takes time quadratic in the text's length.
    filepath: 'module.ts',
    plugins: [typescript, estree.default],
    semi: false,
    singleQuote: true,
    printWidth: 120,
  })
}
