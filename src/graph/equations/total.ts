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
  function productsIn(node: Node): readonly Node[] | undefined {
    switch (node.op) {
      case 'add':
      case 'subtract': {
        const [left, right] = node.inputs.map(unnamedProductsIn)
        return left && right && [...left, ...right]
      }
      case 'negate':
      case 'detach':
      case 'branch':
        return unnamedProductsIn(node.inputs[0])
      case 'multiply':
        return node.inputs[0].op === 'constant' ? unnamedProductsIn(node.inputs[1]) : undefined
      default:
        return node.op !== 'sum' && sumsSamples(node) ? [node] : undefined
    }
  }

  function unnamedProductsIn(input: Node): readonly Node[] | undefined {
    return names.get(input) === undefined ? productsIn(input) : undefined
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
