import { fileURLToPath } from 'node:url'
import type { NetworkSpec } from '../../src/language/networks/define.ts'
import { loadNetwork, type Network } from '../../src/language/networks/network.ts'
import { readFile } from '../../src/host/specFile.ts'
import { readValue } from '../../src/language/text/value.ts'
import { SpecError } from '../../src/base/errors.ts'

/** Beside which functions are looked for. */
const file = fileURLToPath(new URL('../../docs.net.json', import.meta.url))

/** The network of a spec; undefined where its layers don't fit its input. */
export async function networkOf(spec: object): Promise<Network | undefined> {
  try {
    return await loadNetwork({ ...readValue(spec as NetworkSpec, file), readFile })
  } catch (error) {
    if (error instanceof SpecError) return undefined
    throw error
  }
}
