import { quoted, TableError } from '../mistakes.ts'
import type { Chosen } from '../columns/choose.ts'

/** An input or target of a network, as far as data has to fit it. */
export interface PortForm {
  readonly name: string
  /** Of one sample. */
  readonly shape: readonly number[]
  /** Set where its elements are whole numbers below this. */
  readonly below?: number
  readonly values?: 'bits' | 'counts' | 'shares' | 'weights'
}

/** Which columns make up a port. */
export interface FilledPort {
  readonly port: PortForm
  readonly columns: readonly Chosen[]
}

/**
 * Deals columns out to ports: a port that a column is named after takes that one, the one other port the rest.
 * @throws TableError where that leaves a port or a column over.
 */
export function dealColumns(ports: readonly PortForm[], columns: readonly Chosen[], option: string): FilledPort[] {
  if (ports.length === 1) return [{ port: ports[0]!, columns }]
  const named = (port: PortForm) => columns.find(({ column }) => column.name === port.name)
  const open = ports.filter((port) => !named(port))
  const rest = columns.filter(({ column }) => !ports.some(({ name }) => name === column.name))
  if (open.length > 1)
    throw new TableError([
      `${option}: the network has ${open.map(({ name }) => quoted(name)).join(', ')}, and no column is called so`,
    ])
  if ((open.length === 0) !== (rest.length === 0))
    throw new TableError([
      open.length === 0
        ? `${option}: nothing in the network takes ${rest.map(({ column }) => quoted(column.name)).join(', ')}`
        : `${option}: no column is left for ${quoted(open[0]!.name)} of the network`,
    ])
  return ports.map((port) => {
    const own = named(port)
    return { port, columns: own ? [own] : rest }
  })
}
