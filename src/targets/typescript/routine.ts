import type { Address, Bound, Local, Routine, Statement, Value, Variable } from '../../loops/routine/statement.ts'
import { printApplication, printAtom, printNumber, type Mathematics, type Printed } from './expression.ts'

/** Where the buffers of a routine start: an offset, or the name of the argument that holds it. */
export type Base = number | string

/**
 * Prints the body of a routine as TypeScript over `arena`, `n` and the routine's uniforms.
 * @param result what the function returns, if it does.
 */
export function printBody(
  routine: Pick<Routine, 'body' | 'buffers'>,
  bases: readonly Base[],
  math: Mathematics = 'engine',
  result?: Value,
): string {
  const names = new Map<Local | Variable, string>()
  const counts = new Map<string, number>()
  const nameOf = (local: Local | Variable): string => {
    // The one variable that is no loop's: an argument.
    if (local.label === 'time') return local.label
    let name = names.get(local)
    if (name === undefined) {
      const count = counts.get(local.label) ?? 0
      counts.set(local.label, count + 1)
      name = `${local.label}${count}`
      names.set(local, name)
    }
    return name
  }

  const sum = (terms: Address['terms'], start: readonly (string | number)[]): string => {
    const constant = start.reduce<number>((total, part) => (typeof part === 'number' ? total + part : total), 0)
    const parts = [
      ...start.filter((part) => typeof part === 'string'),
      ...terms.map(([variable, coefficient]) =>
        coefficient === 1 ? nameOf(variable) : `${coefficient} * ${nameOf(variable)}`,
      ),
    ]
    if (constant !== 0 || parts.length === 0) parts.push(String(constant))
    return parts.join(' + ').replaceAll('+ -', '- ')
  }
  const position = ({ base, offset, terms }: Address): string =>
    sum(terms, ['role' in base ? bases[routine.buffers.indexOf(base)]! : nameOf(base), offset])
  const element = (address: Address): string => `arena[${position(address)}]`

  const expression = (value: Value): Printed => {
    switch (value.kind) {
      case 'literal':
        return printNumber(value.value)
      case 'uniform':
        return printAtom(value.name)
      case 'local':
        return printAtom(nameOf(value.local))
      case 'load':
        return printAtom(element(value.address))
      case 'index':
        return { text: sum(value.terms, [value.offset]), precedence: 12 }
      case 'apply':
        return printApplication(value.op, value.operands.map(expression), math)
      case 'splat':
      case 'lanes':
      case 'interleave':
        throw new Error('TypeScript has no vector lanes, and its schedules use none')
    }
  }
  const bound = (value: Bound): string => (typeof value === 'object' ? `n - n % ${value.wholeSteps}` : String(value))

  const print = (statement: Statement): string => {
    switch (statement.kind) {
      case 'for': {
        const variable = nameOf(statement.variable)
        const advance = statement.step === 1 ? `${variable}++` : `${variable} += ${statement.step}`
        const below = bound(statement.below)
        return `for (let ${variable} = ${bound(statement.from)}; ${variable} < ${below}; ${advance}) {\n${statement.body.map(print).join('\n')}\n}`
      }
      case 'let':
        return `${statement.mutable ? 'let' : 'const'} ${nameOf(statement.local)} = ${expression(statement.value).text}`
      case 'pointer':
        return `const ${nameOf(statement.local)} = ${position(statement.address)}`
      case 'lookup':
        return `const ${nameOf(statement.local)} = ${element(statement.address)} | 0`
      case 'assign':
        return assignment(nameOf(statement.local), statement.value, expression)
      case 'store':
        return `${element(statement.address)} = ${expression(statement.value).text}`
    }
  }
  const lines = routine.body.map(print)
  if (result) lines.push(`return ${expression(result).text}`)
  return lines.join('\n')
}

/** s = s + a is written s += a. */
function assignment(name: string, value: Value, expression: (value: Value) => Printed): string {
  const own = (operand: Value) => operand.kind === 'local' && expression(operand).text === name
  if (value.kind === 'apply' && value.op === 'add' && own(value.operands[0]!))
    return `${name} += ${expression(value.operands[1]!).text}`
  return `${name} = ${expression(value).text}`
}
