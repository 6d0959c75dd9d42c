import { z } from './zod.ts'
import { initializers } from './initializers.ts'
import { networkInitializers } from './networkInitializers.ts'
import { parsed, parseWord, reportIssue, type Word, type WordSpec } from './word.ts'

const initializerWords = { ...initializers, ...networkInitializers }
const parseInitializer = parseWord('initializer', () => initializerWords)

/** How the weights of a network of layers start. */
export const networkInitializer = parsed<Word, WordSpec<typeof initializerWords>>(parseInitializer)

/** How one parameter starts, wherever it stands. */
export const initializer = parsed<Word, WordSpec<typeof initializers>>(async (value, context) => {
  const word = await parseInitializer(value, context)
  if (!Object.hasOwn(networkInitializers, word.word)) return word
  reportIssue(context, value, [], {
    code: 'wrong-type',
    message: 'expected an initializer for a parameter by itself',
    hint: `${word.word} is for a whole network of layers: give it as the network's init`,
  })
  return z.NEVER
})
