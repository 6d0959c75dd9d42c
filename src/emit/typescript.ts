import { createRequire } from 'node:module'
import type { ts } from '@ts-morph/common'

type TypeScript = typeof ts

let loaded: TypeScript | undefined

/**
 * TypeScript's compiler, loaded when it is first needed: the copy of it that ts-morph has, alone. An `import` of it would first read
 * nine megabytes for the names of its exports.
 */
export function typescript(): TypeScript {
  return (loaded ??= createRequire(import.meta.url)('@ts-morph/common/dist/typescript.js') as TypeScript)
}
