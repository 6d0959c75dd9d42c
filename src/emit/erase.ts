import { parse } from './check.ts'

/** A module's text as JavaScript: without its types and comments. */
export function erased(text: string): string {
  let plain = ''
  parse(text, { removeComments: true }).program.emit(undefined, (_, output) => (plain = output))
  return plain
}
