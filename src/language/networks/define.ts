import type { NetworkSpec } from './spec.ts'

export type { NetworkSpec }

/**
 * A spec in TypeScript: the default export of a `*.net.ts` file. Returns what it is given, checked by the type.
 * @example
 * // wide.net.ts
 * import { defineNetwork } from 'tapeless'
 *
 * export default defineNetwork({
 *   input: 4,
 *   layers: [...[32, 16].flatMap((units) => [{ linear: units }, 'relu' as const]), { linear: 3 }],
 *   loss: 'crossEntropy',
 * })
 */
export function defineNetwork(spec: NetworkSpec): NetworkSpec {
  return spec
}
