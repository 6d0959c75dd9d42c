import { topologicalOrder, type Node } from '../../src/graph/node.ts'
import { elementsPerSample, isBatched } from '../../src/graph/shape.ts'
import type { Buffer, Role } from '../../src/loops/notation/kernel.ts'
import { lower, type Lowered } from '../../src/loops/notation/lower.ts'
import { printStep } from '../../src/loops/notation/print.ts'

export function bufferFor(node: Node, name: string, role: Role): Buffer {
  return { name, role, batched: isBatched(node.shape), size: elementsPerSample(node.shape) }
}

/** Lowers programs whose results may lie anywhere; leaves lie in buffers of their names. */
export function lowerNodes<Name extends string>(programs: Readonly<Record<Name, readonly Node[]>>): Lowered<Name> {
  const entries = Object.entries<readonly Node[]>(programs)
  const leaves = topologicalOrder(entries.flatMap(([, nodes]) => nodes)).flatMap((node): [Node, Buffer][] =>
    node.op === 'input' || node.op === 'parameter' ? [[node, bufferFor(node, node.attributes.name, node.op)]] : [],
  )
  const demands = entries.map(([name, nodes]) => [name, nodes.map((node) => ({ node }))] as const)
  return lower(Object.fromEntries(demands) as Record<Name, { node: Node }[]>, new Map(leaves))
}

/** The kernels that compute a node, printed; stored results are called h0, h1 … in their order. */
export function printLowered(...nodes: readonly Node[]): string {
  const names = new Map<string, string>()
  return lowerNodes({ main: nodes })
    .programs.main.map(printStep)
    .join('\n')
    .replaceAll(/activation\d+/g, (name) => {
      if (!names.has(name)) names.set(name, `h${names.size}`)
      return names.get(name)!
    })
}
