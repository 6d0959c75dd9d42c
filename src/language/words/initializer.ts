import { initializers } from './initializers.ts'
import { networkInitializers } from './networkInitializers.ts'
import { parsed, reporting, reportIssue, settled, words, type Word } from './word.ts'
import { z } from './zod.ts'

/** How the weights of a network of layers start. */
export const networkInitializer = words('initializer', () => ({ ...initializers, ...networkInitializers }))

/** How one parameter starts, wherever it stands. */
export const initializer = parsed<Word>(
  { kind: 'initializer', rows: () => initializers, beside: z.object({}) },
  async (value, context) => {
    const word = settled(await networkInitializer.safeParseAsync(value, reporting), context)
    if (!Object.hasOwn(networkInitializers, word.word)) return word
    reportIssue(context, value, [], {
      code: 'wrong-type',
      message: 'expected an initializer for a parameter by itself',
      hint: `${word.word} is for a whole network of layers: give it as the network's init`,
    })
    return z.NEVER
  },
)
