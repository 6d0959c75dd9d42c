import { activations } from '../../src/spec/activations.ts'
import { clips } from '../../src/spec/clips.ts'
import { initializers } from '../../src/spec/initializers.ts'
import { layers } from '../../src/spec/layers/index.ts'
import { losses } from '../../src/spec/losses.ts'
import { networkInitializers } from '../../src/spec/networkInitializers.ts'
import { optimizers } from '../../src/spec/optimizers.ts'
import { schedules } from '../../src/spec/schedules.ts'
import type { WordRow } from '../../src/spec/word.ts'

export type Table = Readonly<Record<string, WordRow>>

const plainLayers = Object.fromEntries(Object.entries(layers).filter(([word]) => !(word in activations)))

/** The language's tables, under the names that the source has for them. Activations stand by themselves. */
export const tables = {
  ...{ layers: plainLayers, activations, losses, initializers },
  ...{ networkInitializers, optimizers, schedules, clips },
} as unknown as Readonly<Record<string, Table>>
