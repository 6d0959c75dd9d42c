import type fc from 'fast-check'
import { keepsValues } from '../calculus/simplified.ts'
import { loadsOrRefuses } from '../emit/damaged.ts'
import { compilesOrIsRefused } from '../language/survives.ts'
import { networksAgree, type Make } from '../property/agreement.ts'
import { strictMistakes } from '../support/strict.ts'

/*
 * The campaigns of random inputs: the properties that tests hold for a few, for very many.
 */

/** One part of a campaign, with a seed of its own. */
export interface Part {
  readonly property: fc.IRawProperty<unknown, boolean>
  /** What it has seen, as far as it is. */
  counts(): Readonly<Record<string, number>>
  /** What is checked when all have run. Error: a fault. */
  end?(): void
}

export interface Campaign {
  readonly runs: number
  /** How many inputs a part has. */
  readonly part: number
  /** @param k the part's number, from 0. */
  begin(k: number): Part | Promise<Part>
}

/** Parts take turns. */
const makes: readonly Required<Omit<Make, 'isWhole'>>[] = [
  { target: 'typescript', precision: 'f64' },
  { target: 'wasm', precision: 'f32' },
  { target: 'typescript', precision: 'f32' },
  { target: 'wasm', precision: 'f64' },
]

/** How many modules come for each that is checked whole. */
const MODULES = 50

export const campaigns: Readonly<Record<string, Campaign>> = {
  /** Networks, as modules and by the interpreter. */
  networks: {
    runs: 100_000,
    part: 1000,
    begin: (k) => {
      const make = makes[k % makes.length]!
      const tally = { networks: 0, unsmooth: 0 }
      return {
        property: networksAgree(tally, make),
        counts: () => ({ [`${make.target}, ${make.precision}`]: tally.networks, 'not smooth': tally.unsmooth }),
      }
    },
  },
  /** Expressions, simplified and not. */
  expressions: {
    runs: 1_000_000,
    part: 1_000_000,
    begin: () => {
      let expressions = 0
      return { property: keepsValues(() => expressions++), counts: () => ({ expressions }) }
    },
  },
  /** Checkpoints, damaged. */
  files: {
    runs: 20_000,
    part: 20_000,
    begin: async () => {
      const tally = { files: 0, refused: 0, longest: 0 }
      const property = await loadsOrRefuses(tally)
      return { property, counts: () => ({ ...tally, longest: Math.round(tally.longest) }) }
    },
  },
  /** Specs, changed. */
  specs: {
    runs: 20_000,
    part: 1000,
    begin: () => {
      const tally = { specs: 0, refused: 0, longest: 0 }
      const sample: (readonly [string, string])[] = []
      let modules = 0
      return {
        property: compilesOrIsRefused(tally, {
          module: (text) => {
            if (modules++ % MODULES === 0) sample.push([`${modules}.ts`, text])
          },
        }),
        counts: () => ({ ...tally, longest: Math.round(1000 * tally.longest), whole: sample.length }),
        end: () => {
          const mistakes = strictMistakes(sample)
          if (mistakes !== '') throw new Error(mistakes)
        },
      }
    },
  },
}
