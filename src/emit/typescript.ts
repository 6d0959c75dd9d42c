/**
 * The part of TypeScript's compiler that checks modules, for those alone who load it when a module is to be checked. The packed package
 * has this part in a file of its own, by `scripts/bundle.ts`, which loads in a third of the time.
 */
export {
  createProgram,
  createSourceFile,
  forEachChild,
  formatDiagnosticsWithColorAndContext,
  isIdentifier,
  isPropertyAccessExpression,
  isShorthandPropertyAssignment,
  isStringLiteral,
  ModuleKind,
  SyntaxKind,
} from 'typescript'
export type { Diagnostic, Identifier, Node, Program, ScriptTarget, SourceFile, StringLiteral } from 'typescript'
