import type { Node } from '../node.ts'
import { isBatched } from '../shape.ts'
import type { Form } from './form.ts'

type Contraction = Extract<Node, { op: 'contract' }>

/** Ω h, Ωᵀ δ, δ hᵀ, aᵀ b, A B: products of vectors and matrices, seen for one sample. Others are written with their letters. */
export function productForm(node: Contraction, [a, b]: readonly [Form, Form]): Form {
  const convolution = convolutionForm(node, [a, b])
  if (convolution) return convolution
  const batch = batchLetter(node)
  const [left, right, out] = [node.attributes.left, node.attributes.right, node.attributes.out].map((labels) =>
    labels.replace(batch, ''),
  ) as [string, string, string]
  switch (`${left.length}${right.length}${out.length}`) {
    case '211':
      return product(a, left[0] !== out, b, false)
    case '121':
      return product(b, right[0] !== out, a, false)
    case '112':
      return out === left + right ? product(a, false, b, true) : product(b, false, a, true)
    case '110':
      return product(a, true, b, false)
    case '000':
      return { kind: 'scalarProduct', left: a, right: b }
    case '222':
      return left.includes(out[0]!)
        ? product(a, left[0] !== out[0], b, right[1] !== out[1])
        : product(b, right[0] !== out[0], a, left[1] !== out[1])
    default:
      return { kind: 'contraction', letters: { left, right, out }, left: a, right: b }
  }
}

function product(left: Form, leftTransposed: boolean, right: Form, rightTransposed: boolean): Form {
  const factor = (form: Form, transposed: boolean): Form => (transposed ? { kind: 'transpose', of: form } : form)
  return { kind: 'product', left: factor(left, leftTransposed), right: factor(right, rightTransposed) }
}

/** A product with windows over x is a convolution of x, or, where they are read backwards, the adjoint of one. */
function convolutionForm({ inputs }: Contraction, [a, b]: readonly [Form, Form]): Form | null {
  const k = inputs.findIndex(({ op }) => op === 'unfold')
  const [windows, kernel] = k === 0 ? [a, b] : [b, a]
  const unfold = inputs[k]
  if (unfold?.op !== 'unfold' || windows.kind !== 'windows') return null
  const adjoint = unfold.attributes.dilations.some((dilation) => dilation < 0)
  return { kind: 'convolution', left: kernel, right: windows.of, adjoint }
}

/** The letter of the batch axis: the first of an operand that has one. */
function batchLetter({ inputs, attributes }: Contraction): string {
  if (isBatched(inputs[0]!.shape)) return attributes.left[0]!
  return isBatched(inputs[1]!.shape) ? attributes.right[0]! : ''
}
