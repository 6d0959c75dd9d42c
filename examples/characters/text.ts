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

/** Stretches of `length` characters, one from each `every` places on, and for each character the one after it. */
export function stretches(text: string, length: number, every: number): { x: number[]; y: number[] } {
  const numbers = encode(text)
  const [x, y]: [number[], number[]] = [[], []]
  for (let start = 0; start + length < numbers.length; start += every) {
    x.push(...numbers.slice(start, start + length))
    y.push(...numbers.slice(start + 1, start + length + 1))
  }
  return { x, y }
}

/** -Σ p log2 p over how often each character occurs: what guessing without looking back costs, in bits a character. */
export function unigramEntropy(text: string): number {
  const shares = alphabet.map((character) => (text.split(character).length - 1) / text.length)
  return -shares.reduce((sum, p) => (p === 0 ? sum : sum + p * Math.log2(p)), 0)
}
