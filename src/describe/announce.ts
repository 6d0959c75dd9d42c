import { asciiSymbol } from '../graph/equations/ascii.ts'
import { nameForm, type Equation, type Form } from '../graph/equations/form.ts'
import { definitionOf } from '../graph/equations/formOf.ts'
import type { Symbols } from '../graph/equations/names.ts'
import { toText } from '../graph/equations/text.ts'
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
export function announce({ purpose }: Kernel, names: Names): Announcement {
  return announceAs(purpose, names)
}

type PurposeOf<K extends Purpose['kind']> = Extract<Purpose, { readonly kind: K }>
type Row<K extends Purpose['kind']> = (purpose: PurposeOf<K>, names: Names) => Announcement

const announcements: { readonly [K in Purpose['kind']]: Row<K> } = {
  compute: ({ nodes }, names) => {
    const named = nodes.filter((node) => names.symbols.has(node) || names.assigned.has(node))
    const main = named.at(-1) ?? nodes.at(-1)!
    const shown = named.length > 0 ? named : [main]
    return {
      name: `${role(main, names)}${suffix(main, names)}`,
      equations: shown.map((node) => equation(node, names)),
    }
  },
  clear: ({ node }, names) => {
    const symbol = names.symbols.get(node)
    const subject = symbol === undefined ? 'what the next kernel adds up' : asciiSymbol(symbol)
    return { name: `clear_${role(node, names)}${suffix(node, names)}`, equations: [words(`${subject}: 0 at first`)] }
  },
  pack: ({ reader }, names) => {
    const { name } = announce(reader, names)
    return {
      name: `pack_for_${name}`,
      equations: [words(`an operand of ${name}, in the order in which that reads it`)],
    }
  },
  carry: ({ carry, value }, { symbols }) => {
    const formOf = (node: Node): Form =>
      symbols.has(node) ? nameForm(symbols.get(node)!) : definitionOf(node, symbols)
    const left = formOf(carry)
    return {
      name: `carry_${identifier(toText({ sign: '=', right: left }))}`,
      equations: [{ left, sign: '←', right: formOf(value) }],
    }
  },
}

function announceAs<K extends Purpose['kind']>(purpose: PurposeOf<K>, names: Names): Announcement {
  return announcements[purpose.kind](purpose, names)
}

/** What a node, or that whose adjoint it is, is called, as the end of a function's name. */
function suffix(node: Node, { symbols, primals, assigned }: Names): string {
  const symbol = assigned.get(node)?.symbol ?? symbols.get(primals.get(node) ?? node)
  return symbol === undefined ? '' : `_${identifier(symbol)}`
}

function identifier(symbol: string): string {
  return asciiSymbol(symbol)
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

function equation(node: Node, { symbols, lossSums, assigned }: Names): Equation {
  const right = definitionOf(node, symbols)
  if (lossSums.has(node)) return { sign: '=', right: { kind: 'total', of: right } }
  if (assigned.has(node)) return { left: nameForm(assigned.get(node)!.symbol), sign: '←', right }
  const symbol = symbols.get(node)
  return symbol === undefined ? { sign: '=', right } : { left: nameForm(symbol), sign: '=', right }
}

function words(text: string): Equation {
  return { sign: '=', right: { kind: 'words', text } }
}
