import type { Buffer } from '../../src/loops/notation/kernel.ts'
import { pointwiseRow } from '../../src/graph/op.ts'
import {
  isVariable,
  type Address,
  type Bound,
  type Local,
  type Routine,
  type Statement,
  type Value,
  type Variable,
} from '../../src/loops/routine/statement.ts'

export interface Machine {
  readonly arena: Float64Array
  /** Where a buffer starts. */
  readonly startOf: (buffer: Buffer) => number
  /** Host numbers, the time and `n` among them. */
  readonly uniforms: Readonly<Record<string, number>>
}

/** Runs a routine as its statements say, in any number of lanes: slow and obvious. A read or write outside the arena is an error. */
export function runRoutine({ body }: Routine, { arena, startOf, uniforms }: Machine): void {
  const lanes = new Map<Local, readonly number[]>()
  const whole = new Map<Local | Variable, number>()
  const wholeOf = (variable: Local | Variable) =>
    variable.label === 'time' ? uniforms.time! : expectDefined(whole.get(variable), variable.label)

  const place = ({ base, offset, terms }: Address): number =>
    terms.reduce(
      (at, [variable, coefficient]) => at + coefficient * wholeOf(variable),
      offset + ('role' in base ? startOf(base) : wholeOf(base)),
    )
  const read = (at: number) => expectDefined(arena[at], `the element ${at}`)
  const bound = (value: Bound): number => {
    if (typeof value === 'number') return value
    if (typeof value === 'string') return uniforms[value]!
    const [from, below] = [bound(value.range.from), bound(value.range.below)]
    return below - ((below - from) % value.wholeSteps)
  }

  const evaluate = (value: Value): readonly number[] => {
    const result = numbersOf(value)
    if (result.length !== value.lanes) throw new Error(`${value.kind} of ${value.lanes} lanes has ${result.length}`)
    return result
  }
  const numbersOf = (value: Value): readonly number[] => {
    switch (value.kind) {
      case 'literal':
        return [value.value]
      case 'uniform':
        return [expectDefined(uniforms[value.name], value.name)]
      case 'local':
        return expectDefined(lanes.get(value.local), value.local.label)
      case 'load': {
        const at = place(value.address)
        return Array.from({ length: value.lanes }, (_, lane) => read(at + lane))
      }
      case 'splat':
        return Array.from({ length: value.lanes }, () => evaluate(value.operand)[0]!)
      case 'lanes':
        return value.operands.map((operand) => evaluate(operand)[0]!)
      case 'interleave': {
        const [a, b] = value.operands.map(evaluate) as [readonly number[], readonly number[]]
        const half = a.length / 2
        return Array.from({ length: half }, (_, k) => [a[value.half * half + k]!, b[value.half * half + k]!]).flat()
      }
      case 'index':
        return [
          value.terms.reduce((sum, [variable, coefficient]) => sum + coefficient * wholeOf(variable), value.offset),
        ]
      case 'apply': {
        const operands = value.operands.map(evaluate)
        const { evaluate: apply } = pointwiseRow(value.op)
        return Array.from({ length: value.lanes }, (_, lane) => apply(...operands.map((operand) => operand[lane]!)))
      }
    }
  }

  const run = (statement: Statement): void => {
    switch (statement.kind) {
      case 'for': {
        const { variable, from, below, span = Infinity, step } = statement
        const start = isVariable(from) ? wholeOf(from) : bound(from)
        for (let at = start; at < Math.min(start + span, bound(below)); at += step) {
          whole.set(variable, at)
          statement.body.forEach(run)
        }
        return
      }
      case 'let':
      case 'assign':
        return void lanes.set(statement.local, evaluate(statement.value))
      case 'pointer':
        return void whole.set(statement.local, place(statement.address))
      case 'lookup':
        return void whole.set(statement.local, Math.trunc(read(place(statement.address))))
      case 'store': {
        const at = place(statement.address)
        const values = evaluate(statement.value)
        const stored = statement.lane === undefined ? values : [values[statement.lane]!]
        read(at + stored.length - 1)
        arena.set(stored, at)
      }
    }
  }
  body.forEach(run)
}

function expectDefined<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} isn't there`)
  return value
}
