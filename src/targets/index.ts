import type { TargetName } from '../base/target.ts'
import type { Target } from './target.ts'
import { typescript } from './typescript/target.ts'
import { wasm } from './wasm/target.ts'

/** The languages that kernels are printed in. */
export const targets: Readonly<Record<TargetName, Target>> = { typescript, wasm }
