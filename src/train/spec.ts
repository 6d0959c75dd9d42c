import { join } from 'node:path'
import { contentOf } from '../host/files.ts'
import { files } from '../host/node.ts'
import { readSpecFile } from '../host/specFile.ts'
import { loadNetwork, type Network } from '../language/networks/network.ts'
import { readYaml } from '../language/text/yaml.ts'
import { TableError } from './mistakes.ts'
import type { TrainOptions } from './options.ts'
import type { PortForm } from './preparation/ports.ts'
import type { NetworkForm } from './preparation/prepare.ts'
import { nameOf } from './propose.ts'

/** Where a proposed spec goes. */
export function proposalPath({ data, out }: TrainOptions): string {
  return join(out, `${nameOf(data)}.net.yaml`)
}

/** The network of the spec that was named. @throws SpecError, FileError */
export async function loadSpec(file: string, { specTimeout }: TrainOptions): Promise<Network> {
  return loadNetwork(await readSpecFile(file, specTimeout === undefined ? {} : { timeout: specTimeout }))
}

/**
 * The network of a proposed spec.
 * @returns with it, whether the spec's file isn't there yet.
 * @throws TableError where another spec is there.
 */
export async function loadProposal(path: string, text: string): Promise<{ network: Network; isNew: boolean }> {
  const present = await files.read(path)
  if (present && String(contentOf(path, present)).replaceAll('\r\n', '\n') !== text)
    throw new TableError([
      `${path} is there already, and isn't what would be proposed now: to train it, name it, as in \`tapeless train ${path} --data …\``,
    ])
  return { network: await loadNetwork(readYaml({ file: path, text })), isNew: !present }
}

/** What data must fit. */
export function formOf({ inputs, targets, emit }: Network): NetworkForm {
  return { precision: emit.precision, inputs: inputs.map(portForm), targets: targets.map(portForm) }
}

function portForm({ name, shape, below, values }: Network['inputs'][number]): PortForm {
  return { name, shape, ...(below === undefined ? {} : { below }), ...(values === undefined ? {} : { values }) }
}

/** Whether a network is one of layers, in which data are standardised. */
export function isLayered({ source }: Network): boolean {
  const { value } = source
  return typeof value === 'object' && value !== null && 'layers' in value
}
