import type { Precision } from '../base/precision.ts'
import type { TargetName } from '../base/target.ts'

/** What `tapeless generate` is told. */
export interface GenerateOptions {
  readonly out: string
  readonly target?: TargetName
  readonly precision?: Precision
  readonly optimize?: true
  readonly wat?: true
  readonly check?: true
  readonly force?: true
  readonly verbose?: true
  /** Seconds. */
  readonly specTimeout?: number
}
