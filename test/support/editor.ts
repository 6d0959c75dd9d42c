import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** What hovers over a place: the code, what is said of it, and what its tags say, by their names. */
export interface Hover {
  readonly code: string
  readonly told: string
  readonly tags: readonly { readonly name: string; readonly text: string }[]
}

/** One file as an editor has it open: TypeScript's own service answers. @param path relative to the tests. */
export function editor(path: string, more: ts.CompilerOptions = {}) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  let text = ''
  let version = 0
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts'], types: [] },
    ...{ module: ts.ModuleKind.NodeNext, allowImportingTsExtensions: true, exactOptionalPropertyTypes: true },
    ...more,
  }
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : '0'),
    getScriptSnapshot: (name) => {
      const found = name === file ? text : ts.sys.readFile(name)
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found)
    },
    getCurrentDirectory: () => fileURLToPath(new URL('../..', import.meta.url)),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
  })
  const shown = ts.displayPartsToString

  /** Opens a text, and finds where it has a |. */
  function open(marked: string): number {
    text = marked.replace('|', '')
    version++
    return marked.indexOf('|')
  }

  return {
    file,
    service,
    open,
    /** What hovers over the mark. */
    hover(marked: string): Hover {
      const { displayParts, documentation, tags = [] } = service.getQuickInfoAtPosition(file, open(marked))!
      const texts = tags.map((tag) => ({ name: tag.name, text: shown(tag.text) }))
      return { code: shown(displayParts), told: shown(documentation), tags: texts }
    },
    /** What is told of the parameter at the mark, within a call's brackets. */
    parameter(marked: string): string {
      const help = service.getSignatureHelpItems(file, open(marked), {})!
      return shown(help.items[help.selectedItemIndex]!.parameters[help.argumentIndex]!.documentation)
    },
    /** The compiler's messages, whole. */
    mistakes(code: string): string[] {
      open(`${code}|`)
      return service
        .getSemanticDiagnostics(file)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
    },
  }
}
