/** What one column becomes: plain data, as it is saved and printed. */
export type Feature =
  /** (number - mean) / deviation; an empty cell counts as the number `empty` and, where there is none, is an error. */
  | {
      readonly column: string
      readonly as: 'number'
      readonly mean: number
      readonly deviation: number
      readonly empty?: number
    }
  /** A number for each class: 1 for the cell's own, else 0; an empty cell, where there may be one, is of none. */
  | { readonly column: string; readonly as: 'oneHot'; readonly classes: readonly string[]; readonly empty?: 'none' }
  /** The number of the cell's class, from 0. */
  | { readonly column: string; readonly as: 'class'; readonly classes: readonly string[] }
  /** Numbers of a date; all 0 for an empty cell, where there may be one. */
  | DateFeature
  /** 1 where the cell is empty, else 0. */
  | { readonly column: string; readonly as: 'flag' }

export interface DateFeature {
  readonly column: string
  readonly as: 'date'
  /** `days`: (days since 1970 - mean) / deviation; a cycle: sine and cosine of the place within it. */
  readonly parts: readonly DatePart[]
  readonly mean: number
  readonly deviation: number
  readonly empty?: 'zeros'
}

/** The days of each cycle that a date may be placed in. */
export const cycles = { year: 365.2425, week: 7, day: 1 } as const
export type DatePart = 'days' | keyof typeof cycles
export const dateParts = ['days', ...Object.keys(cycles)] as readonly DatePart[]

/** The features of one input or target of a network. */
export interface PreparedPort {
  readonly name: string
  readonly features: readonly Feature[]
}

/** How rows of a table become what a module takes. */
export interface Preparation {
  readonly precision: 'f32' | 'f64'
  readonly inputs: readonly PreparedPort[]
  readonly targets: readonly PreparedPort[]
}

/** How many numbers a sample's feature has. */
export function widthOf(feature: Feature): number {
  if (feature.as === 'oneHot') return feature.classes.length
  if (feature.as === 'date') return feature.parts.reduce((sum, part) => sum + (part === 'days' ? 1 : 2), 0)
  return 1
}

export function sizeOf({ features }: PreparedPort): number {
  return features.reduce((sum, feature) => sum + widthOf(feature), 0)
}
