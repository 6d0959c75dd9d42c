import { definitionOf } from '../graph/equations/formOf.ts'
import { nameForm } from '../graph/equations/form.ts'
import { toText } from '../graph/equations/text.ts'
import type { Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'

/** Of an equation, in characters. */
const longest = 100

/** Where a node is, for people: its layer, and its equation. */
export function whereIs({ sections, symbols }: Pick<Network, 'sections' | 'symbols'>, node: Node): string {
  const [layer] = [...sections].find(([, nodes]) => nodes.includes(node)) ?? []
  const symbol = symbols.get(node)
  const right = definitionOf(node, symbols)
  const whole = toText(symbol === undefined ? { sign: '=', right } : { left: nameForm(symbol), sign: '=', right })
  const equation = whole.length > longest ? `${whole.slice(0, longest)}…` : whole
  return layer === undefined ? equation : `${layer}: ${equation}`
}
