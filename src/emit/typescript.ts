import { createRequire } from 'node:module'
import type { ts } from '@ts-morph/common'

export type TypeScript = typeof ts

let loaded: TypeScript | undefined

/** TypeScript's compiler, loaded when it is first needed; an `import` of it would first read nine megabytes for its exports' names. */
export function typescript(): TypeScript {
  return (loaded ??= (createRequire(import.meta.url)('@ts-morph/common') as { ts: TypeScript }).ts)
}
