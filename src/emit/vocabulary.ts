import type { SourceFile, ts } from 'ts-morph'
import { Fault } from '../base/fault.ts'

/** What a module may name beyond its own declarations: the language's library, as far as emitted code uses it. */
const vocabulary = new Set(
  `
  Array flatMap includes forEach join map reduce some sort  Object assign entries fromEntries hasOwn keys values
  ArrayBuffer  DataView BYTES_PER_ELEMENT buffer byteLength byteOffset length set subarray fill slice from
  Float32Array Float64Array Uint32Array Uint8Array ArrayLike
  getUint32 getFloat32 getFloat64 setFloat32 setFloat64 setUint32
  Error ErrorConstructor RangeError TypeError  JSON parse stringify  Map ReadonlyMap WeakMap get
  Number BigInt Infinity NaN isInteger
  Math PI abs ceil cos exp expm1 floor log log1p max min pow sign sin sqrt tan tanh trunc
  String charCodeAt fromCharCode match
  Exclude Generator Partial Readonly Record const undefined
  `
    .trim()
    .split(/\s+/),
)

/**
 * Checks that a module names only what it declares and what the emitter means it to. Fault: it imports, or it holds
 * another identifier.
 */
export async function checkIdentifiers(file: SourceFile): Promise<void> {
  const { ts } = await import('ts-morph')
  const declared = new Set<string>()
  const used = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.ImportKeyword) throw new Fault('The module imports.')
    if (ts.isStringLiteral(node) && isDeclared(node)) declared.add(node.text)
    if (ts.isIdentifier(node)) (isDeclared(node) ? declared : used).add(node.text)
    ts.forEachChild(node, visit)
  }
  const isDeclared = (name: ts.Identifier | ts.StringLiteral): boolean => {
    const { parent } = name
    const isUse = ts.isPropertyAccessExpression(parent) || ts.isShorthandPropertyAssignment(parent)
    return !isUse && 'name' in parent && parent.name === name
  }
  visit(file.compilerNode)
  const unknown = [...used].filter((name) => !declared.has(name) && !vocabulary.has(name))
  if (unknown.length > 0) throw new Fault(`The module names ${unknown.join(', ')}.`)
}
