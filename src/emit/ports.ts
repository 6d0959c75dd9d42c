import type { PortDescription } from './description.ts'
import { data, literal } from './literal.ts'
import { heldText, shapedText } from './samples.ts'

/** The only port's shape, or the shapes by name. */
export function shapes(all: readonly PortDescription[]): unknown {
  return all.length === 1 ? all[0]!.shape : Object.fromEntries(all.map(({ name, shape }) => [name, shape]))
}

/** The type of what a caller gives. @param needed those that must be given. */
export function dataType(all: readonly PortDescription[], needed = all): string {
  if (all.length === 0) return 'Readonly<Record<string, never>>'
  if (all.length === 1) return 'ArrayLike<number>'
  const members = all.map((port) => {
    const sign = needed.includes(port) ? '' : '?'
    return `/** ${sentence(shapedText(port))} */\nreadonly ${data(port.name)}${sign}: ArrayLike<number>${sign && ' | undefined'}`
  })
  return `{\n${members.join('\n')}\n}`
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`
}

/** Which ports of a record are read. */
interface Selection {
  /** Those that must be given; all unless told. */
  readonly needed?: readonly PortDescription[]
  /** Whether that depends on the objective. */
  readonly isChosen?: boolean
  /** Whether samples may be copied in the order of an epoch. */
  readonly isOrdered?: boolean
}

/**
 * The statements that check what was given for some ports, each against the number of samples in the one before.
 * @param known the expression for the ports' shapes, by name where they are several.
 */
export function countSamples(
  all: readonly PortDescription[],
  given: string,
  known: string,
  { needed = all, isChosen = false }: Selection = {},
): string[] {
  const calls = needed.map((port) => {
    const array = `${arrayOf(all, port, given)}${isChosen ? '!' : ''}`
    const own = [data(port.name), array, literal(port.size), 'samples', data(heldText(port))]
    return port.below === undefined
      ? `countSamples(${own.join(', ')})`
      : `countWhole(${[...own, literal(port.below)].join(', ')})`
  })
  const others = refuseOthers(all, given, known)
  if (isChosen)
    return [
      ...others,
      ...ifRead(
        needed,
        calls.map((call) => `samples = ${call}`),
      ),
      'return samples ?? 0',
    ]
  return [
    ...others,
    ...calls.slice(0, -1).map((call) => `samples = ${call}`),
    `return ${calls.at(-1) ?? 'samples ?? 0'}`,
  ]
}

/** Statements for ports, of which those run whose ports are read. */
function ifRead(ports: readonly PortDescription[], statements: readonly string[]): string[] {
  return ports.map(({ name }, k) => `if (isRead(${data(name)})) ${statements[k]!}`)
}

/** The statement that refuses a record's other names, where there is a record. */
function refuseOthers(all: readonly PortDescription[], given: string, known: string): string[] {
  return all.length === 1 ? [] : [`refuseUnknown(${data(given)}, ${given}, ${known})`]
}

/** The statements that copy a batch of it into the arena. */
export function copySamples(
  all: readonly PortDescription[],
  given: string,
  { needed = all, isChosen = false, isOrdered = false }: Selection = {},
): string[] {
  const calls = needed.map((port) => {
    const array = `${arrayOf(all, port, given)}${isChosen ? '!' : ''}`
    const order = isOrdered ? ', order' : ''
    return `copySamples(arena, ${literal(port.offset)}, ${array}, ${literal(port.size)}, start, count${order})`
  })
  return isChosen ? ifRead(all, calls) : calls
}

/** The type of the gradients by some of the inputs, formed as what a caller gives; none where there are none. */
export function gradientType(all: readonly PortDescription[], some: readonly PortDescription[]): string {
  if (some.length === 0) return ''
  return all.length === 1 ? 'Vector' : `Readonly<Record<${some.map(({ name }) => data(name)).join(' | ')}, Vector>>`
}

/** The expression for their live views, of `batch` samples. */
export function gradientViews(
  all: readonly PortDescription[],
  some: readonly PortDescription[],
  batch: number,
): string {
  const views = some.map(({ name, offset, size }) => {
    const view = `arena.subarray(${literal(offset)}, ${literal(offset + batch * size)})`
    return all.length === 1 ? view : `${data(name)}: ${view}`
  })
  return all.length === 1 ? views.join('') : `{ ${views.join(', ')} }`
}

function arrayOf(all: readonly PortDescription[], { name }: PortDescription, given: string): string {
  return all.length === 1 ? given : `${given}[${data(name)}]`
}
