import type { Source } from '../../base/errors.ts'
import { MAXIMUM_NESTING, MAXIMUM_TOKENS, nestingMessage } from './limits.ts'
import { throwAt, type SpecSource } from './source.ts'
import { readYaml } from './yaml.ts'

/**
 * Takes a spec that a program holds. Diagnostics point into it as it would be written in JSON.
 * @throws SpecError when the value is cyclic, or too deep or too large for a spec.
 */
export function readValue(value: unknown, file: string): SpecSource {
  requirePlain({ file, text: '' }, value)
  const text = JSON.stringify(value, (_, part: unknown) => (isWritable(part) ? part : String(part)), 2) ?? ''
  return { file, text, value, locator: () => readYaml({ file, text }).locator() }
}

/** JSON would leave these out or refuse them; for a diagnostic to show them they are written as text. */
function isWritable(part: unknown): boolean {
  return !['bigint', 'function', 'symbol', 'undefined'].includes(typeof part)
}

/** @throws SpecError when reading the value as a tree would never end, or take too long. */
function requirePlain(source: Source, value: unknown): void {
  let count = 0
  const visit = (part: unknown, depth: number): void => {
    if (typeof part !== 'object' || part === null) return
    if (depth > MAXIMUM_NESTING) throwAt(source, 'limit', { offset: 0, length: 1 }, nestingMessage)
    for (const inner of Object.values(part)) {
      if (++count > MAXIMUM_TOKENS)
        throwAt(source, 'limit', { offset: 0, length: 1 }, `more than ${MAXIMUM_TOKENS} values`)
      visit(inner, depth + 1)
    }
  }
  visit(value, 1)
}
