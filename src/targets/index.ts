import type { Target } from './target.ts'
import { typescript } from './typescript/target.ts'
import { wasm } from './wasm/target.ts'

/** The languages that kernels are printed in. */
export const targets = { typescript, wasm } as const satisfies Record<string, Target>

export type TargetName = keyof typeof targets
