import { activationRows } from './activations.ts'
import { lossRows } from './losses.ts'
import type { Row } from './row.ts'
import { vectorRows } from './vectors.ts'

/** What is held against exact values. */
export const exactRows: readonly Row[] = [...activationRows, ...lossRows, ...vectorRows]
