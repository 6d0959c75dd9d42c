import type { SizeCosts } from '../schedule/costs.ts'
import { operandsOf, type Routine, type Statement, type Value } from './statement.ts'

/** An estimate of a routine's code in a target's engine, in bytes. */
export function sizeOf({ body }: Pick<Routine, 'body'>, sizes: SizeCosts): number {
  return sizes.routine + sizeOfAll(body, sizes)
}

function sizeOfAll(statements: readonly Statement[], sizes: SizeCosts): number {
  return statements.reduce((sum, statement) => sum + sizeOfStatement(statement, sizes), 0)
}

function sizeOfStatement(statement: Statement, sizes: SizeCosts): number {
  switch (statement.kind) {
    case 'for':
      return sizes.loop + sizeOfAll(statement.body, sizes)
    case 'let':
      return sizeOfValue(statement.value, sizes) + (statement.mutable ? sizes.assignment : 0)
    case 'assign':
    case 'store':
      return sizeOfValue(statement.value, sizes) + sizes.assignment
    case 'pointer':
      return sizes.term * statement.address.terms.length
    case 'lookup':
      return sizes.lookup
  }
}

function sizeOfValue(value: Value, sizes: SizeCosts): number {
  switch (value.kind) {
    case 'apply':
    case 'splat':
    case 'lanes':
    case 'interleave':
      return operandsOf(value).reduce((sum, operand) => sum + sizeOfValue(operand, sizes), sizes.op)
    case 'load':
      return sizes.load
    case 'index':
      return sizes.index
    case 'literal':
    case 'uniform':
    case 'local':
      return sizes.name
  }
}
