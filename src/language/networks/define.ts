import type { NetworkSpec } from './spec.ts'

export type { NetworkSpec }

/** A spec in TypeScript: the default export of a `*.net.ts` file. Returns what it is given, checked by the type. */
export function defineNetwork(spec: NetworkSpec): NetworkSpec {
  return spec
}
