import { onlyNames, type Only } from '../base/only.ts'
import { bytesOf, type Precision } from '../base/precision.ts'
import { targetNames, type TargetName } from '../base/target.ts'

/** What the plugin is told. */
export interface Options {
  /** In place of the specs' `emit.target`. */
  readonly target?: TargetName
  /** In place of the specs' `emit.precision`. */
  readonly precision?: Precision
  /** In place of the specs' `emit.only`, by the names of their networks: `{ digits: 'model' }` leaves out what trains digits. */
  readonly only?: Readonly<Record<string, Only>>
  /** Whether the types of each spec's module are written beside the spec, for TypeScript; true unless given. */
  readonly types?: boolean
}

/** What an option may be, and whether a value is that. */
const options: Readonly<
  Record<keyof Options, { readonly expected: string; readonly is: (value: unknown) => boolean }>
> = {
  target: oneOf(targetNames),
  precision: oneOf(Object.keys(bytesOf)),
  only: {
    expected: `{ name of a network: ${onlyNames.join(' or ')} }`,
    is: (value) => typeof value === 'object' && value !== null && Object.values(value).every(oneOf(onlyNames).is),
  },
  types: { expected: 'true or false', is: (value) => typeof value === 'boolean' },
}

function oneOf(words: readonly string[]) {
  return { expected: words.join(' or '), is: (value: unknown) => words.includes(value as string) }
}

/** TypeError: there is no such option, or it can't be that. */
export function checkOptions(given: object): void {
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(options, name) ? options[name as keyof Options] : undefined
    if (!option) throw new TypeError(`tapeless: expected the options ${Object.keys(options).join(', ')}, got ${name}`)
    if (value !== undefined && !option.is(value))
      throw new TypeError(`tapeless: expected ${name}: ${option.expected}, got ${JSON.stringify(value)}`)
  }
}
