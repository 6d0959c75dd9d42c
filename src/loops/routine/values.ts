import { pointwiseRow, type PointwiseOp } from '../../graph/op.ts'
import type { Buffer } from '../notation/kernel.ts'
import type { Uniform } from '../notation/uniforms.ts'
import {
  callersBounds,
  operandsOf,
  type Address,
  type Local,
  type Range,
  type Statement,
  type Value,
  type Variable,
} from './statement.ts'

type ValueContent = Value extends infer V ? (V extends Value ? Omit<V, 'id' | 'depth' | 'lanes'> : never) : never
type Terms = readonly (readonly [Variable, number])[]

/** The statements of one loop body (or of the whole function), and the values that they have computed so far. */
interface Block {
  readonly statements: Statement[]
  readonly locals: Map<number, Value>
  readonly pointers: Map<string, Local>
  readonly lookups: Map<string, Local>
}

function emptyBlock(): Block {
  return { statements: [], locals: new Map(), pointers: new Map(), lookups: new Map() }
}

/**
 * Writes statements into nested blocks. Equal values are one value; one that is used several times, or that doesn't change in the
 * innermost loop, is computed once, in the outermost block that knows all it depends on.
 */
export class BlockWriter {
  readonly buffers = new Map<Buffer, number>()
  readonly uniforms = new Set<Uniform>()
  readonly #values = new Map<string, Value>()
  readonly #versions = new Map<Buffer, number>()
  /** How many ops a value is, one within another. */
  readonly #heights = new Map<Value, number>()
  readonly #blocks: Block[] = [emptyBlock()]
  readonly #written: ReadonlySet<Buffer>

  /** @param written the buffers that the routine stores to: their elements aren't kept across a store, nor read before a loop. */
  constructor(written: ReadonlySet<Buffer>) {
    this.#written = written
  }

  get depth(): number {
    return this.#blocks.length - 1
  }

  get statements(): readonly Statement[] {
    return this.#blocks[0]!.statements
  }

  // Values

  literal(value: number): Value {
    return this.#value(`literal ${Object.is(value, -0) ? '-0' : value}`, { kind: 'literal', value }, 0)
  }

  uniform(name: Uniform): Value {
    this.uniforms.add(name)
    return this.parameter(name)
  }

  /** A parameter of the function that is written, such as the x of a formula. */
  parameter(name: string): Value {
    return this.#value(`uniform ${name}`, { kind: 'uniform', name }, 0)
  }

  index(offset: number, terms: Terms): Value {
    return terms.length === 0
      ? this.literal(offset)
      : this.#value(`index ${offset} ${formatTerms(terms)}`, { kind: 'index', offset, terms }, deepest(terms))
  }

  /** The element there, or `lanes` of them from there on. */
  load(buffer: Buffer, offset: number, terms: Terms, lanes = 1): Value {
    this.#touch(buffer)
    const changes = this.#written.has(buffer)
    const version = changes ? `${this.#versions.get(buffer) ?? 0} in ${this.depth}` : ''
    const key = `load ${this.buffers.get(buffer)} ${offset} ${formatTerms(terms)} ${version} by ${lanes}`
    const depth = changes ? this.depth : deepest(terms)
    return this.#value(key, { kind: 'load', address: { base: buffer, offset, terms } }, depth, lanes)
  }

  /** A number for each lane; all lanes of one number are a splat. */
  lanes(operands: readonly Value[]): Value {
    const [first] = operands as [Value]
    if (operands.every((operand) => operand === first)) return this.widen(first, operands.length)
    const key = `lanes ${operands.map(({ id }) => id).join()}`
    return this.#value(key, { kind: 'lanes', operands }, deepestOf(operands), operands.length)
  }

  /** The vectors that hold the first, second, … lanes of as many vectors as each has lanes: log2(lanes) rounds of interleaving. */
  transposed(rows: readonly Value[]): readonly Value[] {
    const half = rows.length / 2
    let current = rows
    for (let round = 1; round < rows.length; round *= 2)
      current = current.slice(0, half).flatMap((row, k) => {
        const other = current[k + half]!
        return [this.#interleave(row, other, 0), this.#interleave(row, other, 1)]
      })
    return current
  }

  #interleave(a: Value, b: Value, half: 0 | 1): Value {
    const content = { kind: 'interleave', operands: [a, b], half } as const
    return this.#value(`interleave ${half} ${a.id} ${b.id}`, content, deepestOf([a, b]), a.lanes)
  }

  /** The value in as many lanes, if it isn't. */
  widen(operand: Value, lanes: number): Value {
    if (operand.lanes === lanes) return operand
    return this.#value(`splat ${operand.id} ${lanes}`, { kind: 'splat', operand }, operand.depth, lanes)
  }

  /** The whole number at an address, as a variable of addresses. */
  lookup(buffer: Buffer, offset: number, terms: Terms): Variable {
    this.#touch(buffer)
    const block = this.#blocks[deepest(terms)]!
    const key = `${this.buffers.get(buffer)} ${offset} ${formatTerms(terms)}`
    const known = block.lookups.get(key)
    if (known) return known
    const local: Local = { label: 'row', depth: deepest(terms), lanes: 1 }
    block.lookups.set(key, local)
    const address = this.#addressed({ base: buffer, offset, terms })
    block.statements.push({ kind: 'lookup', local, address })
    return local
  }

  apply(op: PointwiseOp, operands: readonly Value[]): Value {
    const lanes = Math.max(...operands.map((operand) => operand.lanes))
    const alike = operands.map((operand) => this.widen(operand, lanes))
    const key = `${op} ${alike.map((operand) => operand.id).join()}`
    return this.#value(key, { kind: 'apply', op, operands: alike }, deepestOf(alike), lanes)
  }

  local(local: Local): Value {
    return this.#fresh({ kind: 'local', local }, local.depth, local.lanes)
  }

  // Statements

  /** Declares a mutable local in the current block. */
  declare(label: string, initial: Value, lanes = 1): Local {
    const local = { label, depth: this.depth, lanes }
    this.#push({ kind: 'let', local, value: this.widen(initial, lanes), mutable: true })
    return local
  }

  assign(local: Local, value: Value): void {
    this.#push({ kind: 'assign', local, value: this.widen(value, local.lanes) })
  }

  /** @param lane the one that is stored; all of them side by side if absent. */
  store(buffer: Buffer, offset: number, terms: Terms, value: Value, lane?: number): void {
    this.#touch(buffer)
    const address = this.#addressed({ base: buffer, offset, terms })
    this.#push({ kind: 'store', address, value, ...(lane === undefined ? {} : { lane }) })
    this.#versions.set(buffer, (this.#versions.get(buffer) ?? 0) + 1)
  }

  /** Writes a loop whose body `write` fills. Values that don't depend on its variable are written before it. */
  loop(label: string, range: Range, step: number, write: (variable: Variable) => void): void {
    for (const bound of [range.from, range.below]) for (const name of callersBounds(bound)) this.uniforms.add(name)
    const variable = { label, depth: this.depth + 1 }
    const block = emptyBlock()
    this.#blocks.push(block)
    write(variable)
    this.#blocks.pop()
    this.#push({ kind: 'for', variable, ...range, step, body: block.statements })
  }

  /** Makes values ready for the current block: the result's nodes are locals where they are shared or loop-invariant. */
  realise(values: readonly Value[]): Value[] {
    const uses = new Map<Value, number>()
    const count = (value: Value): void => {
      const seen = uses.get(value) ?? 0
      uses.set(value, seen + 1)
      if (seen === 0) operandsOf(value).forEach(count)
    }
    values.forEach(count)
    return values.map((value) => this.#realise(value, uses))
  }

  #realise(value: Value, uses: ReadonlyMap<Value, number>): Value {
    if (value.kind === 'literal' || value.kind === 'uniform' || value.kind === 'local') return value
    for (let depth = value.depth; depth <= this.depth; depth++) {
      const known = this.#blocks[depth]!.locals.get(value.id)
      if (known) return known
    }
    const invariant = value.depth < this.depth
    const shared = uses.get(value)! > 1
    const ready = this.#ready(value, uses)
    // Cheap truth values and indices are written where they are used.
    const named = !isSpelled(value) && (invariant || shared || this.#heights.get(ready)! > tallest)
    if (!named) return ready
    const depth = value.depth
    const local: Local = { label: labelOf(value), depth, lanes: value.lanes }
    this.#blocks[depth]!.statements.push({ kind: 'let', local, value: ready, mutable: false })
    const result = this.local(local)
    this.#blocks[depth]!.locals.set(value.id, result)
    return result
  }

  #ready(value: Value, uses: ReadonlyMap<Value, number>): Value {
    const { depth, lanes } = value
    const ready = (operand: Value) => this.#realise(operand, uses)
    switch (value.kind) {
      case 'load':
        return this.#fresh({ kind: 'load', address: this.#addressed(value.address) }, depth, lanes)
      case 'splat':
        return this.#fresh({ kind: 'splat', operand: ready(value.operand) }, depth, lanes)
      case 'lanes':
        return this.#fresh({ kind: 'lanes', operands: value.operands.map(ready) }, depth, lanes)
      case 'interleave': {
        const [a, b] = value.operands
        return this.#fresh({ kind: 'interleave', operands: [ready(a), ready(b)], half: value.half }, depth, lanes)
      }
      case 'apply':
        return this.#fresh({ kind: 'apply', op: value.op, operands: value.operands.map(ready) }, depth, lanes)
      default:
        return value
    }
  }

  /** Splits off the part of an address that doesn't change in the innermost loop, as a pointer. */
  #addressed(address: Address): Address {
    const terms = [...address.terms].sort(([a], [b]) => a.depth - b.depth)
    const innermost = terms.at(-1)
    const walking = innermost && innermost[1] === 1 ? [innermost] : []
    const fixed = terms.slice(0, terms.length - walking.length)
    if (fixed.length === 0) return { ...address, terms }
    const depth = deepest(fixed)
    const key = `${this.buffers.get(address.base as Buffer)} ${formatTerms(fixed)}`
    const block = this.#blocks[depth]!
    let pointer = block.pointers.get(key)
    if (!pointer) {
      pointer = { label: 'at', depth, lanes: 1 }
      block.pointers.set(key, pointer)
      block.statements.push({
        kind: 'pointer',
        local: pointer,
        address: { base: address.base, offset: 0, terms: fixed },
      })
    }
    return { base: pointer, offset: address.offset, terms: walking }
  }

  #push(statement: Statement): void {
    this.#blocks.at(-1)!.statements.push(statement)
  }

  #touch(buffer: Buffer): void {
    if (!this.buffers.has(buffer)) this.buffers.set(buffer, this.buffers.size)
  }

  #value(key: string, content: ValueContent, depth: number, lanes = 1): Value {
    const known = this.#values.get(key)
    if (known) return known
    const value = this.#fresh(content, depth, lanes)
    this.#values.set(key, value)
    return value
  }

  #next = 0
  #fresh(content: ValueContent, depth: number, lanes: number): Value {
    const value: Value = { ...content, id: this.#next++, depth, lanes }
    const inner = operandsOf(value).map((operand) => this.#heights.get(operand)!)
    this.#heights.set(value, 1 + Math.max(0, ...inner))
    return value
  }
}

/** The most ops, one within another, of what is written as one expression: those who read it afterwards are recursive. */
const tallest = 48

/** Cheap truth values, indices and constants are written where they are used. */
function isSpelled(value: Value): boolean {
  if (value.kind === 'apply') return pointwiseRow(value.op).element === 'truth'
  return value.kind === 'index' || (value.kind === 'splat' && value.operand.kind === 'literal')
}

function deepestOf(values: readonly Value[]): number {
  return Math.max(...values.map(({ depth }) => depth))
}

function deepest(terms: Terms): number {
  return terms.reduce((depth, [variable]) => Math.max(depth, variable.depth), 0)
}

const variableIds = new WeakMap<Variable, number>()
let variableCount = 0

function formatTerms(terms: Terms): string {
  return terms
    .map(([variable, coefficient]) => {
      if (!variableIds.has(variable)) variableIds.set(variable, variableCount++)
      return `${coefficient}*${variableIds.get(variable)}`
    })
    .sort()
    .join()
}

function labelOf(value: Value): string {
  if (value.kind === 'splat') return labelOf(value.operand)
  if (value.kind !== 'load') return 't'
  return 'role' in value.address.base ? roleLabels[value.address.base.role] : 'v'
}

const roleLabels = {
  parameter: 'w',
  gradient: 'g',
  optimizer: 'm',
  state: 's',
  input: 'h',
  target: 'y',
  activation: 'h',
}
