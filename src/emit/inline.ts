import { Fault } from '../base/fault.ts'
import type { Mathematics } from '../base/mathematics.ts'
import { built } from './built.ts'
import type { Declaration, OptionalPart } from './runtime.ts'

/** A declaration as one module has it. */
export type Inlined = Pick<Declaration, 'name' | 'file' | 'docstring' | 'text' | 'signature'>

/**
 * The runtime's declarations that `roots` name and all that these refer to, callers before what they call.
 * Fault: the runtime has no such name.
 * @param absent functions that the module doesn't have: the statements and properties that call one are left out.
 * @param math whether functions like exp are the runtime's own too.
 */
export function inlineRuntime(
  roots: readonly string[],
  absent: ReadonlySet<string>,
  math: Mathematics = 'engine',
): Inlined[] {
  const runtime = runtimes[math]
  const found = new Set<Declaration>()
  for (const name of roots) {
    const root = runtime.get(name)
    if (root === undefined) throw new Fault(`The runtime has no ${name}.`)
    found.add(root)
  }
  // A set iterates over what is added meanwhile: breadth first.
  for (const { parts, references } of found) {
    for (const { name, part } of references) {
      const referred = runtime.get(name)
      if (referred !== undefined && !(part !== undefined && isAbsent(parts[part]!, absent))) found.add(referred)
    }
  }
  return Array.from(found, ({ parts, text, ...rest }) => ({
    ...rest,
    text: without(
      text,
      parts.filter((part) => isAbsent(part, absent)),
    ),
  }))
}

function isAbsent({ calls, isElse }: OptionalPart, absent: ReadonlySet<string>): boolean {
  return calls.some((name) => absent.has(name)) !== !!isElse
}

const engine = new Map(built.runtime.map((declaration) => [declaration.name, declaration]))

/** The runtime by whose functions it calls. */
const runtimes = {
  engine,
  portable: new Map([...engine, ...built.portable.map((declaration) => [declaration.name, declaration] as const)]),
}

function without(text: string, parts: readonly OptionalPart[]): string {
  return parts.toReversed().reduce((kept, { start, end }) => kept.slice(0, start) + kept.slice(end), text)
}
