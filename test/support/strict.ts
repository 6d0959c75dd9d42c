import { Project, ScriptTarget } from 'ts-morph'

/** What TypeScript says of whole modules under `strict`, in the language's own library; nothing where they are right. */
export function strictMistakes(modules: readonly (readonly [path: string, text: string])[]): string {
  const project = new Project({
    useInMemoryFileSystem: true,
    compilerOptions: {
      ...{ strict: true, erasableSyntaxOnly: true, target: ScriptTarget.ES2022, lib: ['lib.es2022.d.ts'], types: [] },
    },
  })
  for (const [path, text] of modules) {
    const lines = text.split('\n')
    project.createSourceFile(`/${path}`, lines.filter((line) => !line.startsWith('// @ts-nocheck')).join('\n'))
  }
  return project.formatDiagnosticsWithColorAndContext(project.getPreEmitDiagnostics())
}
