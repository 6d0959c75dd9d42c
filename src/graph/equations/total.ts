import type { Node } from '../node.ts'
import { isBatched } from '../shape.ts'
import type { Visible } from './names.ts'

/**
 * Whether a node is a sum over the samples as a whole, as a gradient is: its equation is written for one sample. What is summed must
 * differ from sample to sample, as its names tell.
 */
export function isTotal(node: Node, names: Visible): boolean {
  const summands = node.op === 'sum' && sumsSamples(node) ? [node] : productsIn(node)
  return summands?.some(({ inputs }) => inputs.some((input) => readsSamples(input, names))) ?? false

  /** The sums over the samples that a node adds up, if it adds up nothing else. */
  function productsIn(whole: Node): readonly Node[] | undefined {
    const products: Node[] = []
    const pending = [whole]
    for (let next = pending.pop(); next; next = pending.pop()) {
      const terms = termsOf(next)
      const isNamed = next !== whole && names.get(next) !== undefined
      if (isNamed || (!terms && (next.op === 'sum' || !sumsSamples(next)))) return undefined
      if (terms) pending.push(...terms)
      else products.push(next)
    }
    return products
  }
}

/** What a node is a sum of, up to sign and a number. */
function termsOf(node: Node): readonly Node[] | undefined {
  switch (node.op) {
    case 'add':
    case 'subtract':
    case 'negate':
    case 'detach':
    case 'branch':
      return node.inputs
    case 'multiply':
      return node.inputs[0].op === 'constant' ? [node.inputs[1]] : undefined
    default:
      return undefined
  }
}

/** Whether an op adds up samples. */
export function sumsSamples(node: Node): boolean {
  if (node.op === 'sum') return node.attributes.axes.some((axis) => node.inputs[0].shape[axis] === 'batch')
  return (
    (node.op === 'contract' || node.op === 'scatter') &&
    !isBatched(node.shape) &&
    node.inputs.some(({ shape }) => isBatched(shape))
  )
}

/** Whether an expression's names tell that it differs from sample to sample. */
function readsSamples(node: Node, names: Visible): boolean {
  const seen = new Set<Node>()
  const pending = [node]
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const isNamed = names.get(next) !== undefined || next.kind === 'given'
    if (isNamed && isBatched(next.shape)) return true
    if (!isNamed && !sumsSamples(next)) pending.push(...next.inputs)
  }
  return false
}
