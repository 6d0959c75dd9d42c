import { createHash } from 'node:crypto'

const pattern = /sha256:[0-9a-f]{16}/

/** Stands in the header where the stamp comes. */
export const blankStamp = 'sha256:0000000000000000'

/** The text with its own hash in the header, so that a later edit shows. */
export function stamp(text: string): string {
  return text.replace(pattern, `sha256:${hashOf(text.replace(pattern, blankStamp))}`)
}

/** What a WebAssembly file is: its network's name, and the hash of that and of the rest of the file. */
export function identityOf(binary: Uint8Array, name: string): string {
  return `${name} ${hashOf(Buffer.concat([Buffer.from(name), binary]))}`
}

/** The start of the custom section that says it, but for its length. */
const sectionName = Uint8Array.of(8, ...Buffer.from('tapeless'))

/**
 * The file with a custom section after all others (https://webassembly.github.io/spec/core/binary/modules.html): 0, the length of
 * the rest, which is below 128 as names have at most 64 characters, the section's name, and the identity.
 */
export function stampBinary(binary: Uint8Array, name: string): Uint8Array {
  const content = Buffer.concat([sectionName, Buffer.from(identityOf(binary, name))])
  return Buffer.concat([binary, Uint8Array.of(0, content.length), content])
}

/** Whether a file was changed since it was stamped, a text's line ends apart, or never was stamped. */
export function isEdited(file: string | Uint8Array): boolean {
  if (typeof file !== 'string') return isEditedBinary(Buffer.from(file))
  const plain = file.replaceAll('\r\n', '\n')
  return !pattern.test(plain) || stamp(plain) !== plain
}

function isEditedBinary(file: Buffer): boolean {
  const at = file.lastIndexOf(sectionName)
  if (at < 2) return true
  const [name] = file
    .subarray(at + sectionName.length)
    .toString()
    .split(' ')
  return !file.equals(stampBinary(file.subarray(0, at - 2), name!))
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}
