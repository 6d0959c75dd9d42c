import { addresses, visit } from '../../../../src/graph/indices.ts'
import { isPointwise, pointwiseRow } from '../../../../src/graph/op.ts'
import { rowMajorStrides } from '../../../../src/graph/shape.ts'
import type { Call, Item, Read, ReadEquation } from './parse.ts'

/** What a reader knows of a name: the shape of one sample, and the values of all samples, or those that all samples share. */
export interface Known {
  readonly shape: readonly number[]
  readonly isBatched: boolean
  readonly values: ArrayLike<number>
}

export interface Knowledge {
  readonly batch: number
  readonly names: ReadonlyMap<string, Known>
}

interface Evaluated {
  readonly values: Float64Array
  readonly largest: number
}

interface Tensor {
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
  /** Whether it is a transposed vector. */
  readonly isRow?: boolean
}

type Shape = readonly number[]

/** The values of an equation's left side, as its right side tells them, and the largest number on the way there. */
export function evaluateEquation({ left, right }: ReadEquation, knowledge: Knowledge): Evaluated {
  const { shape, isBatched } = knowledge.names.get(left)!
  const samples = Array.from({ length: knowledge.batch }, (_, sample) => sample)
  const way = { largest: 0 }
  const ofSample = (sample: number) => new Reader(knowledge, sample, way).elementwise(right, shape).values
  const values = Float64Array.from(valuesOf())
  return { values, largest: way.largest }

  function valuesOf(): ArrayLike<number> {
    if (isBatched) return samples.flatMap((sample) => [...Array.from(ofSample(sample))])
    if (!differs(right, knowledge)) return ofSample(0)
    return samples
      .map(ofSample)
      .reduce<Float64Array>((sum, values) => sum.map((x, k) => x + values[k]!), new Float64Array(size(shape)))
  }
}

/** Whether an expression is another for each sample. */
function differs(read: Read, knowledge: Knowledge): boolean {
  if (read.kind === 'name') return knowledge.names.get(read.name)!.isBatched
  if (read.kind === 'index') return read.axis === 'samples'
  if (read.kind === 'call' && read.axes?.[0] === 'samples') return false
  return partsOf(read).some((part) => differs(part, knowledge))
}

function partsOf(read: Read): Read[] {
  return Object.values(read)
    .flat()
    .filter((part): part is Read => typeof part === 'object' && part !== null && 'kind' in part)
}

const size = (shape: Shape) => shape.reduce((product, length) => product * length, 1)
const long = (shape: Shape) => shape.flatMap((length, axis) => (length === 1 ? [] : [axis]))

class Reader {
  readonly #knowledge: Knowledge
  readonly #sample: number
  readonly #way: { largest: number }

  constructor(knowledge: Knowledge, sample: number, way: { largest: number }) {
    this.#knowledge = knowledge
    this.#sample = sample
    this.#way = way
  }

  /** @param given the expression's shape, where that is known: else it has that of its largest operand. */
  elementwise(read: Read, given?: Shape): Tensor {
    const leaves = new Map<Read, Tensor>()
    const placed = (one: Read) => (isElementwise(one) ? [...partsOf(one)] : [])
    const collect = (one: Read): void => {
      if (!isElementwise(one)) {
        const leaf = this.#leaf(one)
        leaves.set(one, leaf)
        for (let k = 0; k < leaf.values.length; k++) this.#meet(leaf.values[k]!)
      } else if (one.kind === 'number') this.#meet(one.value)
      placed(one).forEach(collect)
    }
    collect(read)
    const own = [...leaves.values()]
    const frame = given ?? largest(own.map(({ shape }) => shape))
    if (!given && leaves.size === 1 && leaves.has(read) && !this.#isPlaced(read)) return leaves.get(read)!
    const at = this.#compile(read, frame, leaves)
    const values = new Float64Array(size(frame))
    visit(frame, (index, k) => (values[k] = at(index)))
    return { shape: frame, values }
  }

  #meet(x: number): void {
    if (Number.isFinite(x)) this.#way.largest = Math.max(this.#way.largest, Math.abs(x))
  }

  #compile(read: Read, frame: Shape, leaves: ReadonlyMap<Read, Tensor>): (index: readonly number[]) => number {
    const leaf = leaves.get(read)
    if (leaf) return reading(leaf, this.#placesOf(read, leaf.shape, frame))
    const inner = (part: Read) => this.#compile(part, frame, leaves)
    switch (read.kind) {
      case 'number':
        return () => read.value
      case 'extent':
        return () => this.#knowledge.batch
      case 'index': {
        const { axis } = read
        if (axis !== 'samples' && axis >= frame.length) throw new Error(`no axis ${axis} in [${frame.join()}]`)
        return axis === 'samples' ? () => this.#sample : (index) => index[axis]!
      }
      case 'indicator': {
        const condition = inner(read.condition)
        return (index) => (condition(index) ? 1 : 0)
      }
      case 'first': {
        const condition = inner(read.condition)
        const axes = read.axes as readonly number[]
        return (index) => {
          const before = [...index]
          let first: readonly number[] | undefined
          visit(
            axes.map((axis) => frame[axis]!),
            (place) => {
              axes.forEach((axis, k) => (before[axis] = place[k]!))
              if (!first && condition(before)) first = [...place]
            },
          )
          return Number(first !== undefined && axes.every((axis, k) => index[axis] === first![k]))
        }
      }
      case 'apply':
      case 'call':
        return apply(read.kind === 'apply' ? read.op : functionOf(read), read.operands, inner)
      default:
        throw new Error(`${read.kind} isn't elementwise`)
    }
  }

  /** Where a leaf's axes are in the frame, null for those that are nowhere. */
  #placesOf(read: Read, shape: Shape, frame: Shape): readonly (number | null)[] {
    if (this.#isPlaced(read))
      return (read as Read & { kind: 'brackets' }).items.map((item) =>
        typeof item === 'object' && 'kind' in item && item.kind === 'index' ? (item.axis as number) : null,
      )
    const [axes, all] = [long(shape), long(frame)]
    const fits = (chosen: readonly number[]) => chosen.every((axis, k) => frame[axis] === shape[axes[k]!])
    const ways = choose(all, axes.length).filter(fits)
    const last = all.slice(all.length - axes.length)
    const way = axes.length <= all.length && fits(last) ? last : ways.length === 1 ? ways[0] : undefined
    if (!way) throw new Error(`[${shape.join()}] may be ${ways.length} places in [${frame.join()}]`)
    return shape.map((_, axis) => (axes.includes(axis) ? way[axes.indexOf(axis)]! : null))
  }

  /** Whether letters in brackets say where a tensor's axes are. */
  #isPlaced(read: Read): boolean {
    return (
      read.kind === 'brackets' &&
      read.items.every(
        (item) => isRead(item) && (item.kind === 'index' || (item.kind === 'number' && item.value === 0)),
      ) &&
      read.items.some((item) => isRead(item) && item.kind === 'index') &&
      this.elementwise(read.of).shape.length === read.items.length
    )
  }

  #leaf(read: Read): Tensor {
    switch (read.kind) {
      case 'name': {
        const { shape, isBatched, values } = this.#knowledge.names.get(read.name)!
        const length = size(shape)
        const own = isBatched ? Array.from(values).slice(this.#sample * length, (this.#sample + 1) * length) : values
        return { shape, values: own }
      }
      case 'product':
        return product(this.elementwise(read.left), this.elementwise(read.right))
      case 'transpose':
        return transpose(this.elementwise(read.of))
      case 'brackets':
        return this.#isPlaced(read) ? this.elementwise(read.of) : this.#bracketed(read.of, read.items)
      case 'list': {
        const parts = read.parts
          .map((part) => this.elementwise(part))
          .map((part) => (part.shape.length === 0 ? { ...part, shape: [1] } : part))
        return concatenated(parts, read.axis)
      }
      case 'call':
        return this.#call(read)
      default:
        throw new Error(`${read.kind} is elementwise`)
    }
  }

  #bracketed(of: Read, items: readonly Item[]): Tensor {
    const whole = this.elementwise(of)
    const [item] = items
    if (items.length === 1 && isRead(item!)) {
      const rows = this.elementwise(item)
      const rest = whole.shape.slice(1)
      const length = size(rest)
      const values = Array.from(rows.values).flatMap((row) =>
        Array.from(whole.values).slice(row * length, (row + 1) * length),
      )
      return { shape: [...rows.shape, ...rest], values }
    }
    return items.reduce<Tensor>((part, one, axis) => {
      if (one === 'all' || isRead(one)) return part
      const shape = part.shape.with(axis, one.to - one.from)
      return moved(part, shape, (index) => index.map((i, k) => (k === axis ? i + one.from : i)))
    }, whole)
  }

  #call(call: Call): Tensor {
    const { called, axes, operands, settings } = call
    const [first, second] = operands as [Read, Read]
    if (axes?.[0] === 'samples') {
      const each = Array.from({ length: this.#knowledge.batch }, (_, sample) =>
        new Reader(this.#knowledge, sample, this.#way).elementwise(first),
      )
      const combine = called === 'sum' ? (a: number, b: number) => a + b : Math.max
      return each.reduce((a, b) => ({
        shape: a.shape,
        values: Array.from(a.values, (x, k) => combine(x, b.values[k]!)),
      }))
    }
    if (called === 'repeat') return this.elementwise(first, lengthsIn(second))
    const x = this.elementwise(first)
    if (called === 'reshape') return { shape: lengthsIn(second), values: x.values }
    const along = (axes ?? x.shape.map((_, axis) => axis)) as readonly number[]
    const each = (name: string, count: number, otherwise = 1): readonly number[] => {
      const given = settings[name] ?? [otherwise]
      return given.length === 1 ? Array.from({ length: count }, () => given[0]!) : given
    }
    switch (called) {
      case 'sum':
      case 'max':
        return reduced(x, along, called === 'sum' ? (a, b) => a + b : Math.max)
      case 'permute':
        return moved(
          x,
          along.map((axis) => x.shape[axis]!),
          (index) => x.shape.map((_, axis) => index[along.indexOf(axis)]!),
        )
      case 'pad': {
        const [value] = settings['value'] ?? [0]
        const before = x.shape.map((_, axis) => call.margins[along.indexOf(axis)]?.[0] ?? 0)
        const shape = x.shape.map(
          (length, axis) => length + before[axis]! + (call.margins[along.indexOf(axis)]?.[1] ?? 0),
        )
        return moved(x, shape, (index) => index.map((i, axis) => i - before[axis]!), value)
      }
      case 'windows':
        return windows(
          x,
          along,
          each('size', along.length),
          each('stride', along.length),
          each('dilation', along.length),
        )
      case 'fold': {
        const over = axes ? along : x.shape.slice(0, x.shape.length / 2).map((_, axis) => axis)
        const rank = x.shape.length - over.length
        const [to, sizes] = [each('to', over.length), x.shape.slice(rank)]
        const shape = x.shape
          .slice(0, rank)
          .map((length, axis) => (over.includes(axis) ? to[over.indexOf(axis)]! : length))
        const address = windowAddress(shape, over, sizes, each('stride', over.length), each('dilation', over.length))
        const values = new Float64Array(size(shape))
        visit(x.shape, (index, k) => (values[address(index)]! += x.values[k]!))
        return { shape, values }
      }
      case 'scatter': {
        const rows = this.elementwise(second)
        const rest = x.shape.slice(rows.shape.length)
        const shape = [settings['rows']![0]!, ...rest]
        const values = new Float64Array(size(shape))
        Array.from(rows.values).forEach((row, k) => {
          for (let j = 0; j < size(rest); j++) values[row * size(rest) + j]! += x.values[k * size(rest) + j]!
        })
        return { shape, values }
      }
      case 'conv':
      case 'convᵀ':
        return convolution(x, this.elementwise(second), called === 'convᵀ', settings)
    }
    const [, left, right, out] = /^contract\[(.*),(.*)→(.*)\]$/.exec(called) ?? []
    if (out === undefined) throw new Error(`what is ${called}?`)
    return contraction(x, left!, this.elementwise(second), right!, out)
  }
}

const isRead = (item: Item): item is Read => typeof item === 'object' && 'kind' in item

function lengthsIn(read: Read): readonly number[] {
  if (read.kind !== 'list') throw new Error('no shape')
  return read.parts.map((part) => (part as Read & { kind: 'number' }).value)
}

function isElementwise(read: Read): boolean {
  if (read.kind === 'call')
    return isPointwise(functionOf(read)) && !(read.called === 'max' && read.operands.length === 1)
  return ['number', 'index', 'extent', 'apply', 'indicator', 'first'].includes(read.kind)
}

function functionOf({ called, operands }: Call): string {
  return operands.length === 2 && (called === 'max' || called === 'min') ? `${called}imum` : called
}

function apply(op: string, operands: readonly Read[], inner: (part: Read) => (index: readonly number[]) => number) {
  const [a, b, c] = operands.map(inner) as [
    (index: readonly number[]) => number,
    typeof inner extends never ? never : (index: readonly number[]) => number,
    (index: readonly number[]) => number,
  ]
  if (op === 'greater') return (index: readonly number[]) => Number(a(index) > b(index))
  if (op === 'greaterEqual') return (index: readonly number[]) => Number(a(index) >= b(index))
  if (op === 'multiply' && operands[0]!.kind === 'indicator')
    return (index: readonly number[]) => (a(index) ? b(index) : 0)
  if (!isPointwise(op)) throw new Error(`what is ${op}?`)
  const { evaluate } = pointwiseRow(op)
  if (c) return (index: readonly number[]) => evaluate(a(index), b(index), c(index))
  return operands.length === 2
    ? (index: readonly number[]) => evaluate(a(index), b(index))
    : (index: readonly number[]) => evaluate(a(index))
}

function largest(shapes: readonly Shape[]): Shape {
  const rank = (shape: Shape) => [long(shape).length, shape.length] as const
  return shapes.reduce<Shape>((most, shape) => {
    const [[a, b], [c, d]] = [rank(shape), rank(most)]
    return a > c || (a === c && b > d) ? shape : most
  }, [])
}

/** All ways to choose so many, in order. */
function choose(from: readonly number[], count: number): number[][] {
  if (count === 0) return [[]]
  return from.flatMap((one, k) => choose(from.slice(k + 1), count - 1).map((rest) => [one, ...rest]))
}

function reading({ shape, values }: Tensor, places: readonly (number | null)[]): (index: readonly number[]) => number {
  const strides = rowMajorStrides(shape)
  const steps = places.flatMap((place, axis) => (place === null ? [] : [[place, strides[axis]!] as const]))
  return (index) => {
    let at = 0
    for (const [place, stride] of steps) at += index[place]! * stride
    return values[at]!
  }
}

/** Each element is that of another at another index, or a number where there is none. */
function moved(x: Tensor, shape: Shape, from: (index: readonly number[]) => readonly number[], outside = 0): Tensor {
  const strides = rowMajorStrides(x.shape)
  const values = new Float64Array(size(shape))
  visit(shape, (index, k) => {
    const source = from(index)
    const isIn = source.every((i, axis) => i >= 0 && i < x.shape[axis]!)
    values[k] = isIn ? x.values[source.reduce((at, i, axis) => at + i * strides[axis]!, 0)]! : outside
  })
  return { shape, values }
}

function reduced(x: Tensor, axes: readonly number[], combine: (a: number, b: number) => number): Tensor {
  const strides = rowMajorStrides(x.shape)
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
  const of = (some: readonly number[]) =>
    addresses(
      some.map((axis) => x.shape[axis]!),
      some.map((axis) => strides[axis]!),
    )
  const offsets = of(axes)
  const values = Array.from(of(kept), (start) => {
    let all = x.values[start + offsets[0]!]!
    for (let k = 1; k < offsets.length; k++) all = combine(all, x.values[start + offsets[k]!]!)
    return all
  })
  return { shape: kept.map((axis) => x.shape[axis]!), values }
}

function transpose(x: Tensor): Tensor {
  if (x.shape.length < 2) return { shape: [1, size(x.shape)], values: x.values, isRow: true }
  return moved(x, [x.shape[1]!, x.shape[0]!], ([i, j]) => [j!, i!])
}

/** Of vectors, which are columns, rows and matrices. */
function product(left: Tensor, right: Tensor): Tensor {
  const [a, b] = [left, right].map((x) => (x.shape.length < 2 ? { ...x, shape: [size(x.shape), 1] } : x)) as [
    Tensor,
    Tensor,
  ]
  const isVector = right.shape.length < 2
  if (a.shape.length !== 2 || b.shape.length !== 2)
    throw new Error(`a product of [${a.shape.join()}] and [${b.shape.join()}]`)
  const { shape, values } = contraction(a, 'ij', b, 'jk', 'ik')
  if (isVector && left.isRow) return { shape: [], values }
  return { shape: isVector ? shape.slice(0, 1) : shape, values }
}

function contraction(x: Tensor, left: string, y: Tensor, right: string, out: string): Tensor {
  const lengths = new Map([...[...left].map((letter, axis) => [letter, x.shape[axis]!] as const)])
  ;[...right].forEach((letter, axis) => {
    if ((lengths.get(letter) ?? y.shape[axis]) !== y.shape[axis]) throw new Error(`${letter} has two lengths`)
    lengths.set(letter, y.shape[axis]!)
  })
  if (left.length !== x.shape.length || right.length !== y.shape.length)
    throw new Error(`${left}, ${right}: other ranks`)
  const summed = [...lengths.keys()].filter((letter) => !out.includes(letter))
  const addressesOf = (labels: string, of: Tensor, some: readonly string[]) => {
    const strides = rowMajorStrides(of.shape)
    return addresses(
      some.map((letter) => lengths.get(letter)!),
      some.map((letter) => strides[labels.indexOf(letter)] ?? 0),
    )
  }
  const [xOut, yOut] = [addressesOf(left, x, [...out]), addressesOf(right, y, [...out])]
  const [xIn, yIn] = [addressesOf(left, x, summed), addressesOf(right, y, summed)]
  const values = Float64Array.from(xOut, (start, k) => {
    let sum = 0
    for (let j = 0; j < xIn.length; j++) sum += x.values[start + xIn[j]!]! * y.values[yOut[k]! + yIn[j]!]!
    return sum
  })
  return { shape: [...out].map((letter) => lengths.get(letter)!), values }
}

function concatenated(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts as [Tensor]
  const starts = parts.map((_, k) => parts.slice(0, k).reduce((sum, { shape }) => sum + shape[axis]!, 0))
  const shape = first.shape.with(
    axis,
    parts.reduce((sum, part) => sum + part.shape[axis]!, 0),
  )
  const values = new Float64Array(size(shape))
  const readers = parts.map((part) =>
    reading(
      part,
      part.shape.map((_, k) => k),
    ),
  )
  visit(shape, (index, at) => {
    const k = starts.findLastIndex((start) => start <= index[axis]!)
    values[at] = readers[k]!(index.with(axis, index[axis]! - starts[k]!))
  })
  return { shape, values }
}

type Steps = readonly number[]

function windowAddress(whole: Shape, axes: readonly number[], sizes: Steps, strides: Steps, dilations: Steps) {
  const own = rowMajorStrides(whole)
  return (index: readonly number[]): number =>
    whole.reduce((at, _, axis) => {
      const k = axes.indexOf(axis)
      if (k < 0) return at + index[axis]! * own[axis]!
      const [size, dilation] = [sizes[k]!, dilations[k]!]
      const start = dilation < 0 ? -dilation * (size - 1) : 0
      return at + (start + strides[k]! * index[axis]! + dilation * index[whole.length + k]!) * own[axis]!
    }, 0)
}

function windows(x: Tensor, axes: readonly number[], sizes: Steps, strides: Steps, dilations: Steps): Tensor {
  const positions = x.shape.map((length, axis) => {
    const k = axes.indexOf(axis)
    return k < 0 ? length : Math.floor((length - Math.abs(dilations[k]!) * (sizes[k]! - 1) - 1) / strides[k]!) + 1
  })
  const shape = [...positions, ...sizes]
  const address = windowAddress(x.shape, axes, sizes, strides, dilations)
  const values = new Float64Array(size(shape))
  visit(shape, (index, k) => (values[k] = x.values[address(index)]!))
  return { shape, values }
}

/** Of x [in, …] with a kernel [out, in, …], or with its adjoint; with δ [out, …] in place of a kernel, the adjoint of that. */
function convolution(kernel: Tensor, x: Tensor, isAdjoint: boolean, settings: Call['settings']): Tensor {
  const rank = x.shape.length - 1
  const axes = Array.from({ length: rank }, (_, k) => k + 1)
  const each = (name: string) => axes.map((_, k) => settings[name]?.[settings[name].length > 1 ? k : 0] ?? 1)
  const [positions, places] = ['uvwxyz'.slice(0, rank), 'pqrstu'.slice(0, rank)].map((letters, k) =>
    k === 0 ? letters.toUpperCase() : letters,
  ) as [string, string]
  const dilations = each('dilation').map((dilation) => (isAdjoint ? -dilation : dilation))
  const isKernel = kernel.shape.length === x.shape.length + 1
  const span = (k: number) =>
    Math.floor((x.shape[k + 1]! - (kernel.shape[k + 1]! - 1) - 1) / Math.abs(dilations[k]!)) + 1
  const sizes = isKernel ? kernel.shape.slice(2) : settings['size'] ? each('size') : axes.map((_, k) => span(k))
  const all = windows(x, axes, sizes, each('stride'), dilations)
  if (!isKernel) return contraction(kernel, `o${positions}`, all, `c${positions}${places}`, `oc${places}`)
  const [from, to] = isAdjoint ? ['o', 'c'] : ['c', 'o']
  return contraction(kernel, `oc${places}`, all, `${from}${positions}${places}`, `${to}${positions}`)
}
