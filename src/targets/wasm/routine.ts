import type { PointwiseOp } from '../../graph/op.ts'
import type { Address, Bound, Local, Routine, Statement, Value, Variable } from '../../loops/routine/statement.ts'
import { expressionPrinter, lanePlace } from './expression.ts'
import { valueType, type Kind, type Numbers } from './types.ts'

/** Where the buffers of a routine start, in elements, or the name of the argument that holds it, in bytes. */
export type Base = number | string

/** What is printed as the body of a function. */
export interface Body extends Pick<Routine, 'body' | 'buffers'> {
  /** Where the buffers start. */
  readonly bases: readonly Base[]
  /** Arguments that are used as locals. */
  readonly parameters?: readonly Local[]
  readonly result?: Value
}

/**
 * Prints a function's locals, then its statements. Loop variables, and what memory holds of indices, count bytes, so that an address
 * is a sum. @param functionFor as in `Surroundings`.
 */
export function printBody(
  { body, buffers, bases, parameters = [], result }: Body,
  numbers: Numbers,
  functionFor: (op: PointwiseOp, kind: Kind) => string,
): string {
  const { bytes, shift, scalar, vector } = numbers
  const names = new Map<Local | Variable, string>()
  const kinds = new Map<Local, Kind>()
  const counts = new Map<string, number>()
  const locals: string[] = []
  /** Pointers that may lie before the arena until a constant is added, which an instruction's own offset would be too late for. */
  const early = new Set<Local | Variable>()
  /** What is left out of pointers, in bytes, for the offsets of the instructions that use them. */
  const deferred = new Map<Local, number>()

  const nameOf = (local: Local | Variable): string => {
    // The one variable that is no loop's: an argument.
    if (local.label === 'time') return '$time'
    return names.get(local)!
  }
  const declare = (local: Local | Variable, type: string): string => {
    const label = toAscii(local.label)
    const count = counts.get(label) ?? 0
    counts.set(label, count + 1)
    const name = `$${label}${count}`
    names.set(local, name)
    locals.push(`(local ${name} ${type})`)
    return name
  }

  /** The terms' sum in bytes, and `constant` bytes, as an i32. */
  const sum = (terms: Address['terms'], start: readonly string[], constant: number): string => {
    const parts = [
      ...start,
      ...terms.map(([variable, coefficient]) => {
        const value = `(local.get ${nameOf(variable)})`
        return coefficient === 1 ? value : `(i32.mul ${value} (i32.const ${coefficient}))`
      }),
    ]
    if (constant !== 0 || parts.length === 0) parts.push(`(i32.const ${constant})`)
    return parts.reduce((a, b) => `(i32.add ${a} ${b})`)
  }
  const startOf = ({ base, offset }: Address): { parts: string[]; constant: number } => {
    if (!('role' in base))
      return { parts: [`(local.get ${nameOf(base)})`], constant: offset * bytes + (deferred.get(base) ?? 0) }
    const start = bases[buffers.indexOf(base)]!
    return typeof start === 'number'
      ? { parts: [], constant: (start + offset) * bytes }
      : { parts: [`(local.get $${start})`], constant: offset * bytes }
  }
  const isEarly = ({ base, terms }: Address): boolean =>
    terms.some(([, coefficient]) => coefficient < 0) || (!('role' in base) && early.has(base))
  const place = (address: Address): string => {
    const { parts, constant } = startOf(address)
    if (constant < 0 || isEarly(address)) return sum(address.terms, parts, constant)
    return `${constant > 0 ? `offset=${constant} ` : ''}${sum(address.terms, parts, 0)}`
  }

  const { kindOf, print: expression } = expressionPrinter({
    numbers,
    nameOf,
    kindOf: (local) => kinds.get(local)!,
    place,
    index: (terms) => `(i32.shr_s ${sum(terms, [], 0)} (i32.const ${shift}))`,
    functionFor,
  })
  /** In bytes. */
  const bound = (value: Bound): string => {
    if (typeof value === 'number') return `(i32.const ${value * bytes})`
    const count =
      value === 'n'
        ? '(local.get $n)'
        : `(i32.sub (local.get $n) (i32.rem_u (local.get $n) (i32.const ${value.wholeSteps})))`
    return `(i32.shl ${count} (i32.const ${shift}))`
  }
  const define = (local: Local, value: Value): string => {
    const kind = local.lanes > 1 ? vector : kindOf(value)
    kinds.set(local, kind)
    const text = expression(value, kind)
    return `(local.set ${declare(local, valueType(kind))} ${text})`
  }

  const point = ({ local, address }: Pointer): string => {
    const { parts, constant } = startOf(address)
    if (isEarly(address)) early.add(local)
    else deferred.set(local, constant)
    const text = sum(address.terms, parts, early.has(local) ? constant : 0)
    return `(local.set ${declare(local, 'i32')} ${text})`
  }
  /** A pointer of a loop's body starts before it and moves on after each turn: V8 would multiply in each. */
  const walk = (pointer: Pointer, { variable, step }: Loop): { start: string; advance: string } => {
    const start = point(pointer)
    const name = nameOf(pointer.local)
    const stride = pointer.address.terms.find(([term]) => term === variable)![1] * step * bytes
    return { start, advance: `(local.set ${name} (i32.add (local.get ${name}) (i32.const ${stride})))` }
  }

  let loops = 0
  const print = (statement: Statement): string => {
    switch (statement.kind) {
      case 'for': {
        const { variable, from, below, step, body } = statement
        const name = declare(variable, 'i32')
        const label = `$loop${loops++}`
        const get = `(local.get ${name})`
        const isFixed = typeof below === 'number' && typeof from === 'number'
        const last = isFixed ? '' : declare({ label: 'end', depth: 0, lanes: 1 }, 'i32')
        const end = isFixed ? bound(below) : `(local.get ${last})`
        const pointers = body.filter((inner) => isWalking(inner, variable))
        const walking = pointers.map((pointer) => walk(pointer, statement))
        const loop = [
          `(loop ${label}`,
          ...body.filter((inner) => !isWalking(inner, variable)).map(print),
          ...walking.map(({ advance }) => advance),
          `(br_if ${label} (i32.lt_s (local.tee ${name} (i32.add ${get} (i32.const ${step * bytes}))) ${end})))`,
        ]
        return [
          `(local.set ${name} ${bound(from)})`,
          ...walking.map(({ start }) => start),
          ...(isFixed
            ? loop
            : [`(local.set ${last} ${bound(below)})`, `(if (i32.lt_s ${get} ${end}) (then`, ...loop, '))']),
        ].join('\n')
      }
      case 'let':
        return define(statement.local, statement.value)
      case 'pointer':
        return point(statement)
      case 'lookup': {
        const element = `(${scalar}.load ${place(statement.address)})`
        const text = `(i32.shl (i32.trunc_sat_${scalar}_s ${element}) (i32.const ${shift}))`
        return `(local.set ${declare(statement.local, 'i32')} ${text})`
      }
      case 'assign':
        return `(local.set ${nameOf(statement.local)} ${expression(statement.value, kinds.get(statement.local)!)})`
      case 'store': {
        const { address, value, lane } = statement
        const at = place(address)
        if (lane !== undefined)
          return `(v128.store${8 * bytes}_lane ${lanePlace(at, lane)} ${expression(value, vector)})`
        const kind = value.lanes > 1 ? vector : scalar
        return `(${valueType(kind)}.store ${at} ${expression(value, kind)})`
      }
    }
  }
  for (const parameter of parameters) {
    names.set(parameter, `$${parameter.label}`)
    kinds.set(parameter, parameter.lanes > 1 ? vector : scalar)
  }
  const statements = body.map(print)
  const value = result ? [expression(result, result.lanes > 1 ? vector : scalar)] : []
  return [...locals, ...statements, ...value].join('\n')
}

type Pointer = Extract<Statement, { kind: 'pointer' }>
type Loop = Extract<Statement, { kind: 'for' }>

/** Whether nothing but a loop's variable changes a pointer within the loop. */
function isWalking(statement: Statement, variable: Variable): statement is Pointer {
  return (
    statement.kind === 'pointer' &&
    statement.address.terms.every(([term]) => term === variable || term.depth < variable.depth)
  )
}

/** Labels may be Greek. */
function toAscii(label: string): string {
  return label.replaceAll(/[^A-Za-z0-9_]/g, '_')
}
