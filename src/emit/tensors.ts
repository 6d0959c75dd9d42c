import type { ModuleDescription, ParameterDescription, TensorDescription } from './description.ts'
import { Fault } from '../base/fault.ts'
import { data, literal } from './literal.ts'

/** The same tensors, if they fill a zone: by offset, each begins where the one before it ends. Fault: they don't. */
export function dense<T extends TensorDescription>(tensors: readonly T[]): readonly T[] {
  let end = 0
  for (const { name, offset, size, shape } of [...tensors].sort((a, b) => a.offset - b.offset)) {
    if (offset !== end || size !== shape.reduce((product, extent) => product * extent, 1)) {
      throw new Fault(
        `${name} lies at ${offset} with ${size} elements of shape [${shape}], but the one before ends at ${end}.`,
      )
    }
    end += size
  }
  return tensors
}

/** The start of a zone of the arena. Fault: there is none of that name. */
export function zoneStart({ arena: { zones } }: ModuleDescription, name: string): number {
  const start = zones[name]
  if (start === undefined) throw new Fault(`The arena has no zone ${name}.`)
  return start
}

type List = 'parameters' | 'buffers'

/**
 * The expression for tensors of the network's list, all or some, in its order: the tensors of a zone that starts at `start`. The
 * runtime takes each to begin where the one before it ends, so one call serves each run of tensors for which that is so.
 */
export function tensorsAt(
  list: List,
  all: readonly TensorDescription[],
  start: number,
  some = all,
  prefix?: string,
): string {
  return joined(
    runsOf(list, all, some).map(({ tensors, offset }) =>
      optionally(prefix, `tensorsAt(arena, ${literal(start + offset)}, ${tensors})`),
    ),
  )
}

/** The expression for new numbers, in doubles, one for each tensor in `some` of the network's list. */
export function numbersFor(
  list: List,
  all: readonly TensorDescription[],
  some: readonly TensorDescription[],
  prefix: string,
): string {
  return joined(
    runsOf(list, all, some).map(({ tensors, count }) =>
      optionally(
        prefix,
        `tensorsAt(new Float64Array(${count}), 0, ${tensors}.map(({ name }) => ({ name, shape: [] })))`,
      ),
    ),
  )
}

/** Runs of adjacent tensors: the expression for their list, how many they are, and where the first lies. */
function runsOf(
  list: List,
  all: readonly TensorDescription[],
  some: readonly TensorDescription[],
): readonly { readonly tensors: string; readonly count: number; readonly offset: number }[] {
  const isOurs = new Set(some)
  const runs: { first: number; count: number; offset: number; end: number }[] = []
  all.forEach((tensor, index) => {
    if (!isOurs.has(tensor)) return
    const end = tensor.offset + tensor.size
    const run = runs.at(-1)
    if (run && run.first + run.count === index && run.end === tensor.offset)
      Object.assign(run, { count: run.count + 1, end })
    else runs.push({ first: index, count: 1, offset: tensor.offset, end })
  })
  if (all.length === 0) return [{ tensors: `network.${list}`, count: 0, offset: 0 }]
  const isWhole = runs.length === 1 && some.length === all.length
  return runs.map(({ first, count, offset }) => ({
    ...{ count, offset },
    tensors: `network.${list}${isWhole ? '' : `.slice(${first}, ${first + count})`}`,
  }))
}

/** The expression for tensors that a file may lack, if they have a prefix to their names. */
export function optionally(prefix: string | undefined, tensors: string): string {
  return prefix === undefined ? tensors : `optionally(${data(prefix)}, ${tensors})`
}

function joined(lists: readonly string[]): string {
  return lists.length === 1 ? lists[0]! : `[${lists.map((list) => `...${list}`).join(', ')}]`
}

export function trainedOf({ parameters }: ModuleDescription): readonly ParameterDescription[] {
  return parameters.filter(({ frozen }) => !frozen)
}

/** The type of the names of those parameters that are trained. */
export function trainedName(parameters: readonly ParameterDescription[]): string {
  const frozen = parameters.filter(({ frozen }) => frozen).map(({ name }) => data(name))
  return frozen.length === 0 ? 'ParameterName' : `Exclude<ParameterName, ${frozen.join(' | ')}>`
}

/** The array type of the module's precision. */
export function vectorOf({ precision }: ModuleDescription): string {
  return precision === 'f32' ? 'Float32Array' : 'Float64Array'
}
