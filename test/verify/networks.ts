import { loadNetwork, type Network } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { verify, type Verification, type VerifyOptions } from '../../src/verify/verify.ts'
import type { Difference } from '../../src/verify/findings.ts'
import { instantiate } from '../support/emitted.ts'

/** Loads a spec of YAML. */
export function load(text: string): Promise<Network> {
  return loadNetwork(readSpecText({ file: 'test.net.yaml', text }))
}

/** Verifies a spec of YAML. */
export async function verified(text: string, options: Partial<VerifyOptions> = {}): Promise<Verification> {
  return verify(await load(text), 'test.net.yaml', { instantiate, ...options })
}

/** The differences that each check found that found any. */
export function differencesOf({ checks }: Verification): Readonly<Record<string, readonly Difference[]>> {
  const found = checks.filter(({ differences }) => differences.length > 0)
  return Object.fromEntries(found.map(({ check, differences }) => [check, differences]))
}

/** The tensors that differences are of. */
export function tensorsIn(differences: readonly Difference[] = []): string[] {
  return [...new Set(differences.flatMap(({ tensor }) => tensor ?? []))]
}
