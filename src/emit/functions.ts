import type { ConstantDescription } from './description.ts'

/** A call, or a number that statements after it name. */
export type Statement = string | ConstantDescription

/**
 * The most statements of a procedure. The call of a kernel is some 40 bytes of bytecode: so this is below half of what V8 optimises. And
 * the type check looks at each statement before each use of a parameter.
 */
const mostStatements = 500

/** A function's text. @param signature its name, parameters and result. */
export function define(signature: string, body: readonly string[]): string {
  return body.length === 0 ? `function ${signature} {}` : `function ${signature} {\n${body.join('\n')}\n}`
}

/** What stands around a procedure's statements. */
interface Frame {
  readonly before: readonly Statement[]
  readonly after: readonly string[]
  /** The numbers that it defines and that the statements take. */
  readonly numbers: readonly string[]
}

/**
 * The text of a function that returns nothing. One of too many statements is a list of calls of others, each of which has a part of them.
 * @param parameters each with its type.
 */
export function procedure(
  name: string,
  parameters: readonly string[],
  statements: readonly Statement[],
  { before, after, numbers }: Frame = { before: [], after: [], numbers: [] },
): string {
  const parts: string[] = []
  let body = statements
  while (body.length > mostStatements) {
    const lists = inLists(body)
    const constants: string[] = []
    body = lists.map((list) => {
      if (!Array.isArray(list)) {
        constants.push(list.name)
        return list
      }
      const part = `${name}_${parts.length + 1}`
      const taken = [...parameters, ...[...numbers, ...constants].map((constant) => `${constant}: number`)]
      parts.push(define(`${part}(${taken.join(', ')}): void`, list))
      return `${part}(${taken.map((parameter) => /^\w+/.exec(parameter)![0]).join(', ')})`
    })
  }
  const written = [...before, ...body].map((one) =>
    typeof one === 'string' ? one : `const ${one.name} = ${one.value}`,
  )
  const whole = define(`${name}(${parameters.join(', ')}): void`, [...written, ...after])
  return [whole, ...parts].join('\n\n')
}

/** Calls in a row, as many as a procedure may have, and the constants between them. */
function inLists(statements: readonly Statement[]): (string[] | ConstantDescription)[] {
  const lists: (string[] | ConstantDescription)[] = []
  for (const one of statements) {
    const list = lists.at(-1)
    if (typeof one !== 'string') lists.push(one)
    else if (Array.isArray(list) && list.length < mostStatements) list.push(one)
    else lists.push([one])
  }
  return lists
}
