import type { Precision } from '../base/precision.ts'
import { topologicalOrder, type Node, type NodeOf, type NodeOfKind, type Windows } from './node.ts'
import { pointwiseRow, type PointwiseOp } from './op.ts'
import { loopOf, scanLength } from './scan.ts'
import { addresses, dot, filled, visit } from './indices.ts'
import { concreteShape, elementCount, elementsPerSample, rowMajorStrides } from './shape.ts'
import { isCompensated, summation } from './summation.ts'
import { windowsOf, windowStart } from './windows.ts'

/** The values of the leaves. Tensors are row-major and flat. */
export interface Bindings {
  /** The number of samples. */
  readonly batch: number
  readonly inputs?: Readonly<Record<string, ArrayLike<number>>>
  readonly parameters?: Readonly<Record<string, ArrayLike<number>>>
  readonly states?: Readonly<Record<string, ArrayLike<number>>>
  readonly uniforms?: Readonly<Record<string, number>>
  /** Functions to use in place of ops' own meanings, for each precision: others for the same mathematics. */
  readonly functions?: Readonly<Record<Precision, Functions>>
  /**
   * The type that every operation on tensors rounds to, f64 if absent. Values that depend on nothing but uniforms, constants and indices
   * are f64.
   */
  readonly precision?: Precision
  /** Whose values are rounded to f32 besides, as where what is computed in f64 is stored. */
  readonly isStored?: (node: Node) => boolean
  /** The values of a region's arguments, where it is evaluated. */
  readonly arguments?: ReadonlyMap<Node, Tensor>
  /** The most numbers that sums add up one after another, where it isn't the modules' own. */
  readonly longestRun?: number
}

type Functions = Partial<Readonly<Record<PointwiseOp, (...operands: readonly number[]) => number>>>

type Tensor = Float32Array | Float64Array

/**
 * The slow reference: evaluates nodes one op at a time, exactly as each op is defined.
 * @returns for each of `outputs` its elements, row-major.
 * @throws RangeError when a leaf has no binding or one of another size.
 */
export function evaluate(outputs: readonly Node[], bindings: Bindings): Float64Array[] {
  const { isStored = () => false } = bindings
  const values = new Map<Node, Tensor>()
  const keep = (node: Node, value: Tensor) => values.set(node, isStored(node) ? value.map(Math.fround) : value)
  const order = topologicalOrder(outputs)
  const scans = order.filter((node) => node.kind === 'loop')
  for (const node of order) {
    if (values.has(node)) continue
    if (node.kind !== 'loop') keep(node, evaluateNode(node, bindings, values))
    else {
      // One run of a loop gives all that is read of it.
      const together = scans.filter((other) => loopOf(node) === loopOf(other))
      scan(together, values, bindings).forEach((value, k) => keep(together[k]!, value))
    }
  }
  return outputs.map((node) => new Float64Array(values.get(node)!))
}

function evaluateNode(
  node: Exclude<Node, NodeOf<'scan'>>,
  bindings: Bindings,
  values: ReadonlyMap<Node, Tensor>,
): Tensor {
  const { batch } = bindings
  const size = elementCount(node.shape, batch)
  const unrounded = node.inputs.map((input) => values.get(input)!)
  const isSingle = bindings.precision === 'f32' && !isHosted(node, unrounded)
  const Elements = isSingle ? Float32Array : Float64Array
  const round = isSingle ? Math.fround : Number
  // Keys and counters of noise have more digits than single precision.
  const operands = unrounded.map((operand) =>
    isSingle && node.op !== 'noise' && !(operand instanceof Float32Array) ? new Float32Array(operand) : operand,
  )
  const bound = (source: Readonly<Record<string, ArrayLike<number>>> | undefined, name: string): Tensor => {
    const given = source?.[name]
    if (given?.length !== size)
      throw new RangeError(`${node.op} '${name}' needs ${size} values, and has ${given?.length ?? 'none'}`)
    return new Elements(given)
  }
  const fill = (shape: readonly number[], element: (index: readonly number[]) => number): Tensor =>
    filled(new Elements(size), shape, element)
  /** Fills the result by reading, for each of its indices, one element of the first operand. */
  const gather = (address: (index: readonly number[]) => number, outside = 0): Tensor =>
    fill(concreteShape(node.shape, batch), (index) => {
      const at = address(index)
      return at < 0 ? outside : operands[0]![at]!
    })
  const strides = (input: Node) => rowMajorStrides(input.shape)
  const source = node.inputs[0]

  if (node.kind === 'pointwise') {
    const meaning = bindings.functions?.[isSingle ? 'f32' : 'f64'][node.op] ?? pointwiseRow(node.op).evaluate
    const [a, b, c] = operands as [Tensor, Tensor?, Tensor?]
    const result = new Elements(size)
    if (c) return result.map((_, at) => meaning(a[at]!, b![at]!, c[at]!))
    return b ? result.map((_, at) => meaning(a[at]!, b[at]!)) : result.map((_, at) => meaning(a[at]!))
  }
  switch (node.op) {
    case 'input':
      return bound(bindings.inputs, node.attributes.name)
    case 'parameter':
      return bound(bindings.parameters, node.attributes.name)
    case 'state':
      return bound(bindings.states, node.attributes.name)
    case 'uniform': {
      const value = bindings.uniforms?.[node.attributes.name]
      if (value === undefined) throw new RangeError(`uniform '${node.attributes.name}' has no value`)
      return Float64Array.of(value)
    }
    case 'constant':
      return new Elements(size).fill(node.attributes.value)
    case 'extent':
      return Float64Array.of(batch)
    case 'iota': {
      const { axis } = node.attributes
      return fill(concreteShape(node.shape, batch), (index) => index[axis]!)
    }
    case 'sum':
    case 'max': {
      const { axes } = node.attributes
      const from = strides(source!)
      const lengths = concreteShape(source!.shape, batch)
      const kept = lengths.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
      const along = (of: readonly number[], chosen: readonly number[]) => chosen.map((axis) => of[axis]!)
      const [starts, offsets] = [kept, axes].map((chosen) =>
        addresses(along(lengths, chosen), along(from, chosen)),
      ) as [Int32Array, Int32Array]
      const x = operands[0]!
      if (node.op === 'sum') {
        const total = summation(along(lengths, axes), round, bindings.longestRun)
        return new Elements(size).map((_, out) => total((at) => x[starts[out]! + offsets[at]!]!))
      }
      return new Elements(size).map((_, out) =>
        offsets.reduce((largest, offset) => Math.max(largest, x[starts[out]! + offset]!), -Infinity),
      )
    }
    case 'contract':
      return contract(node, operands, bindings, new Elements(size), round)
    case 'reshape':
    case 'detach':
    case 'branch':
      return operands[0]!
    case 'permute': {
      const from = strides(source!)
      const { axes } = node.attributes
      return gather((index) => axes.reduce((at, axis, k) => at + index[k]! * from[axis]!, 0))
    }
    case 'broadcast': {
      const from = strides(source!)
      const { axes } = node.attributes
      return gather((index) => axes.reduce((at, axis, k) => at + index[axis]! * from[k]!, 0))
    }
    case 'slice': {
      const from = strides(source!)
      const { axis, from: start } = node.attributes
      return gather((index) => index.reduce((at, i, k) => at + (k === axis ? i + start : i) * from[k]!, 0))
    }
    case 'pad': {
      const from = strides(source!)
      const shape = concreteShape(source!.shape, batch)
      const { axes, before, value } = node.attributes
      return gather((index) => {
        const inner = index.map((i, axis) => i - (before[axes.indexOf(axis)] ?? 0))
        return inner.every((i, axis) => 0 <= i && i < shape[axis]!) ? dot(inner, from) : -1
      }, value)
    }
    case 'unfold':
      return gather(windowAddress(node.attributes, node.shape, strides(source!)))
    case 'argument':
      return bindings.arguments!.get(node)!
    case 'gather':
    case 'scatter': {
      const [rows, indices] = operands as [Tensor, Tensor]
      const length = size / (node.op === 'gather' ? indices.length : node.attributes.length)
      const result = new Elements(size)
      const addTo = node.op === 'scatter' ? adding(node, result, round) : undefined
      indices.forEach((row, k) => {
        for (let j = 0; j < length; j++) {
          if (addTo) addTo(row * length + j, rows[k * length + j]!)
          else result[k * length + j] = rows[row * length + j]!
        }
      })
      return result
    }
    case 'fold': {
      const address = windowAddress(node.attributes, source!.shape, strides(node))
      const result = new Elements(size)
      const addTo = adding(node, result, round)
      visit(concreteShape(source!.shape, batch), (index, at) => addTo(address(index), operands[0]![at]!))
      return result
    }
    case 'concat': {
      const { axis } = node.attributes
      const starts = node.inputs.map((_, part) =>
        node.inputs.slice(0, part).reduce((sum, input) => sum + (input.shape[axis] as number), 0),
      )
      return fill(concreteShape(node.shape, batch), (index) => {
        const part = starts.findLastIndex((start) => start <= index[axis]!)
        const from = strides(node.inputs[part]!)
        return operands[part]![index.reduce((at, i, k) => at + (k === axis ? i - starts[part]! : i) * from[k]!, 0)]!
      })
    }
  }
}

/** Whether a node is computed in doubles: no tensor's element is in it, and no noise, which has one for each. */
function isHosted(node: Node, operands: readonly Tensor[]): boolean {
  switch (node.kind) {
    case 'host':
    case 'index':
      return true
    case 'pointwise':
      return node.op !== 'noise' && operands.every((operand) => operand instanceof Float64Array)
    case 'view':
      return operands.every((operand) => operand instanceof Float64Array)
    case 'given':
    case 'reduction':
    case 'product':
    case 'join':
    case 'scatter':
    case 'loop':
      return false
  }
}

/** What a scatter does to its result for each element of its operand. */
function adding(
  node: NodeOfKind<'scatter'>,
  result: Tensor,
  round: (x: number) => number,
): (at: number, x: number) => void {
  if (!isCompensated(node)) return (at, x) => (result[at]! += x)
  const lost = result.slice()
  return (at, x) => {
    const before = result[at]!
    const y = round(x - lost[at]!)
    const after = round(before + y)
    result[at] = after
    lost[at] = round(after - before) - y
  }
}

/** Where the factors of an operand lie: those of each element of the product, and from there those of each term. */
interface Side {
  readonly out: Int32Array
  readonly summed: Int32Array
}

function contract(
  node: NodeOf<'contract'>,
  [left, right]: readonly Tensor[],
  { batch, longestRun }: Bindings,
  result: Tensor,
  round: (x: number) => number,
): Tensor {
  const labels = node.attributes
  const summed = [...labels.left].filter((label) => !labels.out.includes(label))
  const shapes = node.inputs.map(({ shape }) => concreteShape(shape, batch))
  const summedShape = summed.map((label) => shapes[0]![labels.left.indexOf(label)]!)
  const [l, r] = [labels.left, labels.right].map((operand, side) => {
    const strides = rowMajorStrides(node.inputs[side]!.shape)
    const at = (label: string) => strides[operand.indexOf(label)] ?? 0
    return {
      out: addresses(concreteShape(node.shape, batch), [...labels.out].map(at)),
      summed: addresses(summedShape, summed.map(at)),
    }
  }) as [Side, Side]
  const total = summation(summedShape, round, longestRun)
  return result.map((_, out) => {
    const [left0, right0] = [l.out[out]!, r.out[out]!]
    return total((at) => round(left![left0 + l.summed[at]!]! * right![right0 + r.summed[at]!]!))
  })
}

/** The values of some scans of one loop. */
function scan(
  nodes: readonly NodeOf<'scan'>[],
  known: ReadonlyMap<Node, Tensor>,
  bindings: Bindings,
): readonly Tensor[] {
  const [node] = nodes as [NodeOf<'scan'>]
  const { batch, precision } = bindings
  const { carries, elements, captured, next, reverse } = node.attributes
  const length = scanLength(node)
  const Elements = precision === 'f32' ? Float32Array : Float64Array
  const results = nodes.map(({ shape }) => new Elements(elementCount(shape, batch)))
  const values = new Map<Node, Tensor>(
    [...carries, ...elements, ...captured].map((one, k) => [one, new Elements(known.get(node.inputs[k]!)!)]),
  )
  const sequences = elements.map((element) => values.get(element)!)
  const outputs = nodes.map(({ attributes: { output } }) => output)
  for (let step = 0; step < length; step++) {
    const time = reverse ? length - 1 - step : step
    elements.forEach((element, k) => {
      const width = elementsPerSample(element.shape)
      const at = (sample: number) => (sample * length + time) * width
      const rows = Array.from({ length: batch }, (_, b) => [...sequences[k]!.subarray(at(b), at(b) + width)])
      values.set(element, new Elements(rows.flat()))
    })
    const after = evaluate([...outputs, ...next], { ...bindings, arguments: values })
    outputs.forEach((output, k) => {
      const size = elementsPerSample(output.shape)
      for (let b = 0; b < batch; b++)
        results[k]!.set(after[k]!.subarray(b * size, (b + 1) * size), (b * length + time) * size)
    })
    carries.forEach((carry, k) => values.set(carry, new Elements(after[outputs.length + k]!)))
  }
  return results
}

/** A function from an index into all windows over a tensor, `unfolded` in shape, to the address in the tensor. */
function windowAddress(
  windows: Windows,
  unfolded: Node['shape'],
  strides: readonly number[],
): (index: readonly number[]) => number {
  const rank = unfolded.length - windows.axes.length
  return (index) => {
    const read = index.slice(0, rank)
    windowsOf(windows).forEach((window, k) => {
      const { axis, stride, dilation } = window
      read[axis] = windowStart(window) + stride * index[axis]! + dilation * index[rank + k]!
    })
    return dot(read, strides)
  }
}
