import type { Misplaced } from '../language/text/plain.ts'

/** A place in a text, by line and column, both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** What came of running a spec: its default export, if it has one, or what it threw. */
export interface Outcome {
  readonly copy?: unknown
  readonly misplaced?: readonly Misplaced[]
  readonly thrown?: string
  /** It hadn't ended in time: where it was then, if that is another file. */
  readonly late?: string
  readonly position?: Position
}
