import { readFileSync } from 'node:fs'

/** The nursery rhyme of the house that Jack built: each verse has a new beginning, and then repeats the one before. */
const rhyme = readFileSync(new URL('house.txt', import.meta.url), 'utf8')
const lastVerse = rhyme.lastIndexOf('This is')

/** All verses but the last, which is new to whoever learned these. */
export const known = rhyme.slice(0, lastVerse)
export const unknown = rhyme.slice(lastVerse)

/** The characters that there are; a character's number is its place here. */
export const alphabet = [...new Set(rhyme)].sort()

export function encode(text: string): number[] {
  return Array.from(text, (character) => alphabet.indexOf(character))
}

export interface Stretches {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** Every stretch of `length` characters that has a character after it, and for each of its characters the one that follows. */
export function stretches(text: string, length: number): Stretches {
  const numbers = encode(text)
  const from = (first: number) =>
    Array.from({ length: numbers.length - length }, (_, start) =>
      numbers.slice(first + start, first + start + length),
    ).flat()
  return { x: from(0), y: from(1) }
}

/** -Σ p log2 p over how often each character occurs: what guessing without looking back costs, in bits a character. */
export function unigramEntropy(text: string): number {
  const shares = alphabet.map((character) => (text.split(character).length - 1) / text.length)
  return -shares.reduce((sum, p) => (p === 0 ? sum : sum + p * Math.log2(p)), 0)
}
