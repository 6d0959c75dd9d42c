import { createHash } from 'node:crypto'

const pattern = /sha256:[0-9a-f]{16}/

/** Stands in the header where the stamp comes. */
export const blankStamp = 'sha256:0000000000000000'

/** The text with its own hash in the header, so that a later edit shows. */
export function stamp(text: string): string {
  return text.replace(pattern, `sha256:${hashOf(text)}`)
}

/** Whether a file's text was changed since it was stamped, line ends apart, or never was stamped. */
export function isEdited(text: string): boolean {
  const plain = text.replaceAll('\r\n', '\n')
  return !pattern.test(plain) || stamp(plain) !== plain
}

function hashOf(text: string): string {
  return createHash('sha256').update(text.replace(pattern, blankStamp)).digest('hex').slice(0, 16)
}
