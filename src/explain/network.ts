import { formatShape } from '../graph/shape.ts'
import { elementCount } from '../graph/shape.ts'
import type { Network } from '../language/networks/network.ts'
import type { Block } from './document.ts'
import type { Lines } from './lines.ts'
import { paragraph } from './document.ts'

/** What goes in and comes out, and the layers, each with its last result. */
export function networkBlocks(network: Network, lines: Lines): Block[] {
  const ports = [...network.inputs, ...network.targets].map(({ name, shape }) => [name, formatShape(shape), ''])
  const layers = [...network.sections].flatMap(([name, nodes]) => {
    const own = lines.forward.filter(({ of }) => of && nodes.includes(of.node))
    const last = own.at(-1)
    if (!last) return []
    const count = network.parameters
      .filter(({ node }) => nodes.includes(node))
      .reduce((sum, { shape }) => sum + elementCount(shape, 1), 0)
    return [
      [
        name,
        `${last.name} ${formatShape(last.of!.node.shape.slice(1))}`,
        count === 0 ? '' : count.toLocaleString('en'),
      ],
    ]
  })
  const total = network.parameters.reduce((sum, { shape }) => sum + elementCount(shape, 1), 0)
  return [
    paragraph(`${total.toLocaleString('en')} parameters.`),
    { kind: 'table', header: ['', 'result, of one sample', 'parameters'], rows: [...ports, ...layers] },
  ]
}
