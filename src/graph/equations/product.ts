import type { Node } from '../node.ts'
import { isBatched } from '../shape.ts'
import { stepSettings, type Form } from './form.ts'
import type { Writer } from './writer.ts'

type Contraction = Extract<Node, { op: 'contract' }>

/** Ω h, Ωᵀ δ, δ hᵀ, aᵀ b, A B: products of vectors and matrices, seen for one sample. Others are written with their letters. */
export function productForm(node: Contraction, { operand, names }: Writer): Form {
  const convolution = convolutionForm(node, { operand, names })
  if (convolution) return convolution
  const { left, right, out } = lettersOfSample(node)
  const [a, b] = [left, right].map((letters, k) =>
    operand(node.inputs[k]!, letters.length === 1 ? 'vector' : 'exact'),
  ) as [Form, Form]
  if ((left === '' || right === '') && out === left + right) return { kind: 'scalarProduct', left: a, right: b }
  switch (`${left.length}${right.length}${out.length}`) {
    case '211':
      return product(a, left[0] !== out, b, false)
    case '121':
      return product(b, right[0] !== out, a, false)
    case '112':
      return out === left + right ? product(a, false, b, true) : product(b, false, a, true)
    case '110':
      return product(a, true, b, false)
    case '222':
      return left.includes(out[0]!)
        ? product(a, left[0] !== out[0], b, right[1] !== out[1])
        : product(b, right[0] !== out[0], a, left[1] !== out[1])
    default:
      return {
        kind: 'contraction',
        letters: { left, right, out },
        left: operand(node.inputs[0]),
        right: operand(node.inputs[1]),
      }
  }
}

function product(left: Form, leftTransposed: boolean, right: Form, rightTransposed: boolean): Form {
  const factor = (form: Form, transposed: boolean): Form => (transposed ? { kind: 'transpose', of: form } : form)
  return { kind: 'product', left: factor(left, leftTransposed), right: factor(right, rightTransposed) }
}

interface Letters {
  readonly left: string
  readonly right: string
  readonly out: string
}

/**
 * A product with windows over the places of x [channels, …places] is a convolution of x with a kernel [out, in, …places], the same with
 * windows that are read backwards is its adjoint, and one with δ [out, …places] is the kernel's.
 */
function convolutionForm(node: Contraction, { operand, names }: Pick<Writer, 'operand' | 'names'>): Form | null {
  const k = node.inputs.findIndex(({ op }) => op === 'unfold')
  const unfold = node.inputs[k]
  if (unfold?.op !== 'unfold' || names.get(unfold) !== undefined) return null
  const { axes, sizes, strides, dilations } = unfold.attributes
  const [x] = unfold.inputs
  const letters = lettersOfSample(node)
  const [windows, other] = k === 0 ? [letters.left, letters.right] : [letters.right, letters.left]
  const rank = x.shape.length - Number(isBatched(x.shape))
  const [channel, positions, places] = [windows.slice(0, 1), windows.slice(1, rank), windows.slice(rank)]
  if (axes.length !== rank - 1 || axes.some((axis) => axis === x.shape.length - rank)) return null
  const adjoint = dilations.some((dilation) => dilation < 0)
  const [first] = other
  const isKernel = adjoint
    ? other === `${channel}${other[1]!}${places}` && letters.out === `${other[1]!}${positions}`
    : other === `${first!}${channel}${places}` && letters.out === `${first!}${positions}`
  const isKernelsAdjoint =
    !adjoint && other === `${first!}${positions}` && letters.out === `${first!}${channel}${places}`
  if (!isKernel && !isKernelsAdjoint) return null
  const steps = stepSettings(strides, dilations.map(Math.abs))
  const settings = isKernelsAdjoint && steps?.['stride'] ? { size: sizes, ...steps } : steps
  return { kind: 'convolution', left: operand(node.inputs[1 - k]!), right: operand(x), adjoint, settings }
}

/** Without that of the batch axis: the first of an operand that has one. */
function lettersOfSample({ inputs, attributes: { left, right, out } }: Contraction): Letters {
  const batch = isBatched(inputs[0].shape) ? left[0]! : isBatched(inputs[1].shape) ? right[0]! : ''
  return { left: left.replace(batch, ''), right: right.replace(batch, ''), out: out.replace(batch, '') }
}
