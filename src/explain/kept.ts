import { namesIn, nameForm } from '../graph/equations/form.ts'
import { elementCount, sampleShape } from '../graph/shape.ts'
import { paragraph, type Block, type Prose } from './document.ts'
import type { Known } from './facts.ts'

/** What the backward pass reads of the forward pass, and what of its own it reads more than once. */
export function keptBlocks({ lines: { forward, backward } }: Known): Block[] {
  const readers = new Map<string, number>()
  for (const { equation } of backward)
    for (const name of new Set(namesIn(equation.right))) readers.set(name, (readers.get(name) ?? 0) + 1)
  const kept = forward.filter(({ name }) => readers.has(name))
  const reused = backward.filter(({ name }) => (readers.get(name) ?? 0) > 1)
  const numbers = kept.reduce((sum, { node }) => sum + elementCount(sampleShape(node.shape), 1), 0)
  return [
    ...(kept.length > 0
      ? [
          paragraph(
            'The backward pass reads ',
            ...listed(kept.map(({ name }) => name)),
            ` of the forward pass: ${numbers.toLocaleString('en')} numbers a sample.`,
          ),
        ]
      : []),
    ...(reused.length > 0
      ? [paragraph('Of its own it reads more than once ', ...listed(reused.map(({ name }) => name)), '.')]
      : []),
  ]
}

/** More names are left out in the middle. */
const mostListed = 12

/** Names as a list: a, b and c. */
function listed(names: readonly string[]): Prose {
  if (names.length > mostListed)
    return [...listed(names.slice(0, 4)).slice(0, -2), ', …', ', ', nameForm(names.at(-1)!)]
  return names.flatMap((name, k): Prose => {
    const before = k === 0 ? '' : k === names.length - 1 ? ' and ' : ', '
    return [before, nameForm(name)]
  })
}
