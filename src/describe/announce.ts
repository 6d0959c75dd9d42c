import { asciiSymbol } from '../graph/equations/ascii.ts'
import { nameForm, type Equation } from '../graph/equations/form.ts'
import { linesOf, rightSide } from '../graph/equations/equations.ts'
import { valueOf } from '../graph/equations/formOf.ts'
import { everyName, isLeaf, nameOf } from '../graph/equations/names.ts'
import { toText } from '../graph/equations/text.ts'
import type { Node } from '../graph/node.ts'
import { computedBy, type Kernel, type Purpose } from '../loops/notation/kernel.ts'
import type { Announcement } from '../targets/share.ts'
import type { Names } from './names.ts'

/** A kernel's name, such as `forward_h1`, `adjoint_f0` or `gradient_Omega0`, and the equations of all that it defines. */
export function announce({ purpose }: Kernel, names: Names): Announcement {
  return announceAs(purpose, names)
}

type PurposeOf<K extends Purpose['kind']> = Extract<Purpose, { readonly kind: K }>
type Row<K extends Purpose['kind']> = (purpose: PurposeOf<K>, names: Names) => Announcement

const announcements: { readonly [K in Purpose['kind']]: Row<K> } = {
  compute: (purpose, names) => {
    const { main, shown } = names.results.get(purpose)!
    return {
      name: `${role(main, names)}${suffix(main, names)}`,
      kind: isLeaf(main) ? 'copy' : main.op,
      equations: shown.flatMap((node) => linesFor(node, names)),
    }
  },
  part: ({ node, first, last }, names) => ({
    name: `${role(node, names)}${suffix(node, names)}_parts`,
    equations: [words(`parts ${first} to ${last} of ${nameOf(node, names.naming)!}`)],
  }),
  clear: ({ node, what }, names) => {
    const name = `${role(node, names)}${suffix(node, names)}`
    if (what === 'losses')
      return { name: `clear_losses_of_${name}`, equations: [words(`0, for what rounding takes from ${name}`)] }
    const cleared = nameForm(nameOf(node, names.naming)!)
    return { name: `clear_${name}`, equations: [{ left: cleared, sign: '←', right: { kind: 'number', value: 0 } }] }
  },
  pack: ({ reader }, names) => {
    const { name } = announce(reader, names)
    return {
      name: `pack_for_${name}`,
      equations: [words(`an operand of ${name}, in the order in which that reads it`)],
    }
  },
  carry: ({ carry, value }, { naming }) => {
    const visible = naming.forward.has(value) ? naming.symbols : everyName(naming)
    const [left, right] = [valueOf(carry, visible), valueOf(value, visible)]
    return {
      name: `carry_${identifier(toText({ sign: '=', right: left }))}`,
      equations: [{ left, sign: '←', right }],
    }
  },
}

function announceAs<K extends Purpose['kind']>(purpose: PurposeOf<K>, names: Names): Announcement {
  return announcements[purpose.kind](purpose, names)
}

/** The end of a function's name: the symbol of what it assigns, or of a node or that whose adjoint it is, else the node's name. */
function suffix(node: Node, { symbols, naming, primals, assigned }: Names): string {
  const symbol = assigned.get(node)?.symbol ?? symbols.get(primals.get(node) ?? node) ?? nameOf(node, naming)
  if (symbol !== undefined) return `_${identifier(symbol)}`
  return node.op === 'argument' ? `_${identifier(node.attributes.name)}` : ''
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
    case 'part':
    case 'clear':
      return [purpose.node]
    case 'pack':
      return computedBy(purpose.reader)
    case 'carry':
      return [purpose.value]
  }
}

function role(node: Node, { naming, primals, parameters, lossSums, assigned }: Names): string {
  const primal = primals.get(node)
  if (lossSums.has(node)) return lossSums.get(node)!
  if (assigned.has(node)) return assigned.get(node)!.purpose
  if (primal) return parameters.has(primal) ? 'gradient' : 'adjoint'
  return naming.forward.has(node) ? 'forward' : 'adjoint'
}

/** The lines that tell of a result. A leaf, which a kernel copies, has no equation: it stands by itself. */
function linesFor(node: Node, { naming, lossSums, assigned }: Names): Equation[] {
  const lines = linesOf(node, naming)
  const right = lines.length > 0 ? nameForm(nameOf(node, naming)!) : rightSide(node, naming)
  if (lossSums.has(node)) return [...lines, { sign: '=', right: { kind: 'total', of: right } }]
  const assignment = assigned.get(node)
  if (assignment) return [...lines, { left: nameForm(assignment.symbol), sign: '←', right }]
  return lines.length > 0 ? lines : [{ sign: '=', right }]
}

function words(text: string): Equation {
  return { sign: '=', right: { kind: 'words', text } }
}
