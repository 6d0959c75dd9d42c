/** The names of the languages that kernels are printed in; `targets` has a row for each. */
export const targetNames = ['typescript', 'wasm'] as const

export type TargetName = (typeof targetNames)[number]
