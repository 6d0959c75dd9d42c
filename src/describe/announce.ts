import { printDefinition, toAscii, type Symbols } from '../graph/equations/print.ts'
import type { Node } from '../graph/node.ts'
import { computedBy, type Kernel, type Purpose } from '../loops/notation/kernel.ts'
import type { Announcement } from '../targets/share.ts'

/** What the emitter knows of a graph besides its nodes, to name what kernels compute. */
export interface Names {
  readonly symbols: Symbols
  /** The forward node whose adjoint a node is. */
  readonly primals: ReadonlyMap<Node, Node>
  readonly parameters: ReadonlySet<Node>
  /** The layer that a forward node belongs to. */
  readonly layerOf: ReadonlyMap<Node, string>
  /** The sums over the samples of their losses, and what a kernel is called that ends in one. */
  readonly lossSums: ReadonlyMap<Node, string>
  /** What of the tensors that outlast a step a node is the new value of, and which program makes it that. */
  readonly assigned: ReadonlyMap<Node, { readonly purpose: 'commit' | 'start'; readonly symbol: string }>
}

/** A kernel's name, such as `forward_h1`, `adjoint_f0` or `gradient_Omega0`, and the equations of all that it defines. */
export function announce(kernel: Kernel, names: Names): Announcement {
  const { purpose } = kernel
  switch (purpose.kind) {
    case 'compute':
      return announceComputed(purpose.nodes, names)
    case 'clear':
      return announceClearing(purpose.node, names)
    case 'pack':
      return announcePacking(purpose.reader, names)
    case 'carry':
      return announceCarry(purpose, names)
  }
}

function announceComputed(nodes: readonly Node[], names: Names): Announcement {
  const named = nodes.filter((node) => names.symbols.has(node) || names.assigned.has(node))
  const main = named.at(-1) ?? nodes.at(-1)!
  const shown = named.length > 0 ? named : [main]
  return {
    name: `${role(main, names)}${suffix(main, names)}`,
    equations: shown.map((node) => equation(node, names)),
  }
}

function announceClearing(node: Node, names: Names): Announcement {
  const symbol = names.symbols.get(node)
  const subject = symbol === undefined ? 'what the next kernel adds up' : toAscii(symbol)
  return { name: `clear_${role(node, names)}${suffix(node, names)}`, equations: [`${subject}: 0 at first`] }
}

function announcePacking(user: Kernel, names: Names): Announcement {
  const { name } = announce(user, names)
  return { name: `pack_for_${name}`, equations: [`an operand of ${name}, in the order in which that reads it`] }
}

function announceCarry({ carry, value }: Extract<Purpose, { kind: 'carry' }>, { symbols }: Names): Announcement {
  const [left, right] = [carry, value].map((node) => symbols.get(node) ?? printDefinition(node, symbols))
  return { name: `carry_${identifier(left!)}`, equations: [toAscii(`${left} <- ${right}`)] }
}

/** What a node, or that whose adjoint it is, is called, as the end of a function's name. */
function suffix(node: Node, { symbols, primals, assigned }: Names): string {
  const symbol = assigned.get(node)?.symbol ?? symbols.get(primals.get(node) ?? node)
  return symbol === undefined ? '' : `_${identifier(symbol)}`
}

function identifier(symbol: string): string {
  return toAscii(symbol)
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replace(/_$/, '')
}

/** The layer whose heading a kernel belongs under; undefined for the loss and what has no layer. */
export function layerOf(kernel: Kernel, names: Names): string | undefined {
  for (const node of subjectsOf(kernel).toReversed()) {
    const layer = names.layerOf.get(names.primals.get(node) ?? node)
    if (layer !== undefined) return layer
  }
  return undefined
}

/** The nodes that a kernel serves to compute. */
function subjectsOf({ purpose }: Kernel): readonly Node[] {
  switch (purpose.kind) {
    case 'compute':
      return purpose.nodes
    case 'clear':
      return [purpose.node]
    case 'pack':
      return computedBy(purpose.reader)
    case 'carry':
      return [purpose.value]
  }
}

function role(node: Node, { primals, parameters, lossSums, assigned }: Names): string {
  const primal = primals.get(node)
  if (lossSums.has(node)) return lossSums.get(node)!
  if (assigned.has(node)) return assigned.get(node)!.purpose
  if (!primal) return 'forward'
  return parameters.has(primal) ? 'gradient' : 'adjoint'
}

function equation(node: Node, names: Names): string {
  return toAscii(`${leftSide(node, names)}${printDefinition(node, names.symbols)}`)
}

function leftSide(node: Node, { symbols, lossSums, assigned }: Names): string {
  if (lossSums.has(node)) return 'sum over the samples of '
  if (assigned.has(node)) return `${assigned.get(node)!.symbol} <- `
  return symbols.has(node) ? `${symbols.get(node)} = ` : ''
}
