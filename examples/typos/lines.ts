import { alphabet, encode, known, unknown } from '../characters/text.ts'
import type { Random } from '../shared/random.ts'

/** The class of what pads a line, as the specs say: it counts for nothing. */
export const ignored = -100

/** Lines of characters as numbers, each padded to the same length, one after another. */
export interface TypedLines {
  readonly x: readonly number[]
  /** 0 for a character that is right, 1 for a typo, `ignored` for padding. */
  readonly y: readonly number[]
}

/** The lines of the rhyme of the house that Jack built, each once. */
const lines = [...new Set((known + unknown).split('\n').filter((line) => line !== ''))]
const [padding] = encode('\n')
const letters = encode('abcdefghijklmnopqrstuvwxyz').filter((letter) => letter >= 0)

/** Lines of the rhyme as a hand types them that hits a wrong letter three times in a hundred. */
export function typeLines(count: number, length: number, random: Random): TypedLines {
  const below = (limit: number) => Math.floor(limit * random.uniform())
  const x = Array<number>(count * length).fill(padding!)
  const y = Array<number>(count * length).fill(ignored)
  for (let line = 0; line < count; line++)
    encode(lines[below(lines.length)]!).forEach((meant, place) => {
      const typed = random.uniform() < 0.03 ? letters[below(letters.length)]! : meant
      x[line * length + place] = typed
      y[line * length + place] = Number(typed !== meant)
    })
  return { x, y }
}

/** A line as it was typed, without its padding. */
export function decode(line: readonly number[]): string {
  return line
    .filter((character) => character !== padding)
    .map((character) => alphabet[character])
    .join('')
}
