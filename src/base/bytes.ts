import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/*
 * Bytes without Node's Buffer, so that they are the same in a page.
 */

/** UTF-8. */
export const utf8Of: (text: string) => Uint8Array<ArrayBuffer> = utf8ToBytes

/** All in one array. */
export const joined: (...parts: Uint8Array[]) => Uint8Array<ArrayBuffer> = concatBytes

/** SHA-256 of bytes, or of a text's UTF-8: 64 hexadecimal digits. */
export function sha256Of(content: string | Uint8Array): string {
  return bytesToHex(sha256(typeof content === 'string' ? utf8Of(content) : content))
}

/** Characters that are given to a function as arguments at a time. */
const most = 1 << 15

/** Base64 (RFC 4648, section 4), in one line. */
export function base64(bytes: Uint8Array): string {
  let characters = ''
  for (let at = 0; at < bytes.length; at += most) characters += String.fromCharCode(...bytes.subarray(at, at + most))
  return btoa(characters)
}

/** Whether two arrays hold the same. */
export function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, k) => byte === b[k])
}
