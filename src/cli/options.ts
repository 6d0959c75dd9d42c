import type { Precision } from '../base/precision.ts'
import type { TargetName } from '../base/target.ts'
import type { EmptyChoice } from '../train/columns/rows.ts'
import type { DerivationFormat } from './derivationFormats.ts'
import type { SpecTimeout } from './specTimeout.ts'

/** What `tapeless generate` is told. */
export interface GenerateOptions extends SpecTimeout {
  readonly out: string
  readonly target?: TargetName
  readonly precision?: Precision
  readonly optimize?: true
  readonly wat?: true
  readonly types?: true
  readonly check?: true
  readonly force?: true
  readonly verbose?: true
  readonly strict?: true
  readonly watch?: true
}

/** What a watch is told while it generates, and tells. */
export interface Told {
  /** Called with each file that a spec is read from. */
  readonly onRead?: (spec: string, file: string) => void
  /** What time it is, where lines say so. */
  readonly clock?: string | undefined
}

/** What `tapeless verify` is told. */
export interface VerifyOptions extends SpecTimeout {
  readonly samples: number
  readonly seed: number
  readonly json?: true
}

/** What `tapeless explain` is told. */
export interface ExplainOptions extends SpecTimeout {
  readonly format: DerivationFormat
  readonly out?: string
  readonly force?: true
}

/** What `tapeless train` is told. */
export interface TrainWords extends SpecTimeout {
  readonly data: string
  readonly inputs?: string[]
  readonly targets?: string[]
  readonly classes?: string[]
  readonly columns?: string[]
  readonly header?: 'yes' | 'no'
  readonly validation?: number
  readonly empty?: EmptyChoice
  readonly dates?: string[]
  readonly epochs?: number
  readonly seed?: number
  readonly out: string
  readonly resume?: true
  readonly force?: true
}

/** Where modules go unless told: no spec is looked for there. */
export const defaultOut = 'generated'
