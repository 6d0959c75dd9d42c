import type { Node, NodeOfKind, Windows } from '../../graph/node.ts'
import { rowMajorStrides } from '../../graph/shape.ts'
import { windowsOf, windowStart } from '../../graph/windows.ts'
import { combine, constantIndex } from './affine.ts'
import { onlyUnitAxesDiffer } from './anchors.ts'
import { applied } from './arithmetic.ts'
import type { Access, Affine, Axis, Buffer, Scalar } from './kernel.ts'
import { uniformNamed } from './uniforms.ts'

export type Index = readonly Affine[]

/** How a tensor that has a stage or a buffer of its own is read, at an index. */
export type ReadTensor = (tensor: Node, index: Index) => Scalar

/**
 * Writes nodes out in index notation: the element of `node` at `index`, as a scalar expression over reads of leaves and anchors.
 * Views only transform indices. One function serves one index space; equal subexpressions in it are one object.
 */
export function indexNotation(
  anchors: ReadonlySet<Node>,
  read: ReadTensor,
): { at: ReadTensor; definition: ReadTensor } {
  const known = new Map<Index, Map<Node, Scalar>>()

  const at: ReadTensor = (node, index) => {
    const here = known.get(index) ?? new Map<Node, Scalar>()
    known.set(index, here)
    const seen = here.get(node)
    if (seen) return seen
    const scalar = anchors.has(node) || node.kind === 'given' ? read(node, index) : definition(node, index)
    here.set(node, scalar)
    return scalar
  }

  const definition: ReadTensor = (node, index) => {
    switch (node.kind) {
      case 'pointwise':
        return applied(
          node.op,
          node.inputs.map((input) => at(input, index)),
        )
      case 'host':
        return hostScalar(node)
      case 'index':
        return { kind: 'index', value: index[node.attributes.axis]! }
      case 'view':
        return at(node.inputs[0], indexSeen(node, index, at))
      case 'given':
      case 'reduction':
      case 'product':
      case 'join':
      case 'scatter':
      case 'loop':
        throw new Error(`${node.op} has no index notation of its own`)
    }
  }
  return { at, definition }
}

function hostScalar(node: NodeOfKind<'host'>): Scalar {
  switch (node.op) {
    case 'constant':
      return { kind: 'literal', value: node.attributes.value }
    case 'uniform':
      return { kind: 'uniform', name: uniformNamed(node.attributes.name) }
    case 'extent':
      return { kind: 'uniform', name: 'n' }
  }
}

/** The index in a view's operand of the element that the view shows at `index`. */
function indexSeen(view: NodeOfKind<'view'>, index: Index, at: ReadTensor): Index {
  const [x] = view.inputs
  switch (view.op) {
    case 'detach':
    case 'branch':
      return index
    case 'permute': {
      const { axes } = view.attributes
      return axes.map((_, axis) => index[axes.indexOf(axis)]!)
    }
    case 'broadcast':
      return view.attributes.axes.map((axis) => index[axis]!)
    case 'slice': {
      const { axis, from } = view.attributes
      return index.with(axis, combine(from, [index[axis]!], [1]))
    }
    case 'unfold':
      return windowIndex(view.attributes, x.shape.length, index)
    case 'gather':
      return rowIndex(view.inputs[1], x.shape[0] as number, index, at)
    case 'reshape': {
      if (!onlyUnitAxesDiffer(view)) return sameAddress(view, index, x)
      const long = index.filter((_, axis) => view.shape[axis] !== 1)
      let next = 0
      return x.shape.map((extent) => (extent === 1 ? constantIndex(0) : long[next++]!))
    }
  }
}

/** The index in a tensor of this rank of the element that windows over it show at `index`. */
export function windowIndex(windows: Windows, rank: number, index: Index): Index {
  const inner = index.slice(0, rank)
  windowsOf(windows).forEach((window, k) => {
    const { axis, stride, dilation } = window
    inner[axis] = combine(windowStart(window), [index[axis]!, index[rank + k]!], [stride, dilation])
  })
  return inner
}

/** The index in a table of `length` rows of the element at `index` of gathered rows: its row is a number of the tensor `indices`. */
export function rowIndex(indices: Node, length: number, index: Index, at: ReadTensor): Index {
  const rank = indices.shape.length
  const row = at(indices, index.slice(0, rank))
  if (row.kind !== 'read') throw new Error('rows are chosen by numbers that are computed')
  return [{ constant: 0, terms: new Map([[{ access: row.access, below: length }, 1]]) }, ...index.slice(rank)]
}

/**
 * The index in `x` of the element at `index` of its reshaped form. Only the address matters, since `x` is row-major in memory: the last
 * axis (of stride 1) has the address within a sample, the other axes are 0.
 */
function sameAddress(reshaped: Node, index: Index, x: Node): Index {
  const first = x.shape[0] === 'batch' ? 1 : 0
  const strides = rowMajorStrides(reshaped.shape)
  const address = combine(0, index.slice(first), strides.slice(first))
  const last = x.shape.length - 1
  return x.shape.map((_, axis) => (axis < first ? index[axis]! : axis === last ? address : constantIndex(0)))
}

/** The access to the element at `index` of a tensor that fills a buffer in row-major order. */
export function accessOf(buffer: Buffer, tensor: Node, index: Index): Access {
  return { buffer, address: combine(0, index, rowMajorStrides(tensor.shape)) }
}

/** Fresh axes for a shape. Labels: `b` for the batch, then `i`, `j` …; `k` … for the axes of a reduction. */
export function axesOf(shape: Node['shape'], letters = 'ijlmpq'): Axis[] {
  let next = 0
  return shape.map((extent) => {
    const label =
      extent === 'batch' ? 'b' : letters[next % letters.length]! + (next >= letters.length ? String(next) : '')
    if (extent !== 'batch') next++
    return { label, extent }
  })
}
