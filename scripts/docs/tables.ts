import { activations } from '../../src/language/words/activations.ts'
import { clips } from '../../src/language/words/clips.ts'
import { initializers } from '../../src/language/words/initializers.ts'
import { layers } from '../../src/language/layers/index.ts'
import { losses } from '../../src/language/formulas/losses.ts'
import { networkInitializers } from '../../src/language/words/networkInitializers.ts'
import { optimizers } from '../../src/language/words/optimizers.ts'
import { schedules } from '../../src/language/words/schedules.ts'
import type { Rows, WordRow } from '../../src/language/words/word.ts'

export type Table = Rows<WordRow>

const plainLayers = Object.fromEntries(Object.entries(layers).filter(([word]) => !(word in activations)))

/** The language's tables, under the names that the source has for them. Activations stand by themselves. */
export const tables: Readonly<Record<string, Table>> = {
  ...{ layers: plainLayers, activations, losses, initializers },
  ...{ networkInitializers, optimizers, schedules, clips },
}
