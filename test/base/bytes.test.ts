import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { areEqual, base64, utf8Of, joined, sha256Of } from '../../src/base/bytes.ts'

test.each([0, 1, 2, 3, 64, 32_768, 32_769, 100_001])('%i bytes in base64 and hashed are as Node has them', (length) => {
  const bytes = randomBytes(length)
  expect(base64(bytes)).toBe(bytes.toString('base64'))
  expect(sha256Of(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
})

test('texts are UTF-8, as Node has them', () => {
  for (const text of ['', 'a', 'Größe ∂ℓ/∂β 🦊']) {
    expect(areEqual(utf8Of(text), Buffer.from(text))).toBe(true)
    expect(sha256Of(text)).toBe(createHash('sha256').update(text).digest('hex'))
  }
})

test('arrays are joined in order, and differ in length or in any byte', () => {
  expect(joined(utf8Of('ab'), utf8Of(''), utf8Of('c'))).toEqual(utf8Of('abc'))
  for (const other of ['ab', 'abcd', 'abd', 'bbc']) expect(areEqual(utf8Of('abc'), utf8Of(other))).toBe(false)
})
