import { expected } from './expected.ts'
import type { Port } from './layout.ts'
import type { Vector } from './module.ts'

/** What the caller gave for one port: the data itself where there is one port, else its entry of the port's name. */
function arrayFor(ports: readonly Port[], port: Port, data: unknown): ArrayLike<number> {
  return (ports.length > 1 ? (data as Record<string, unknown>)?.[port.name] : data) as ArrayLike<number>
}

function hasName(ports: readonly Port[], name: string): boolean {
  for (let p = 0; p < ports.length; p++) if (ports[p]!.name === name) return true
  return false
}

/** Throws what a port takes and what came. */
function refuse({ name, size, below }: Port, got: unknown, error?: ErrorConstructor): never {
  const elements = below ? `whole numbers from 0 to ${below - 1}` : 'numbers'
  return expected(`${name}: flat samples of ${size} ${elements}`, got, error)
}

/**
 * The number of samples in `data`, after checking it whole: flat arrays of numbers, by name where there are several
 * ports, of equally many whole samples (of `samples`, where told), with class numbers and indices in range. TypeError
 * or RangeError otherwise.
 */
export function countSamples(ports: readonly Port[], data: unknown, samples = -1): number {
  if (ports.length > 1) {
    for (const name in data as object) if (!hasName(ports, name)) expected('the name of an array', name, TypeError)
  }
  for (let p = 0; p < ports.length; p++) {
    const port = ports[p]!
    const { size, below } = port
    const values = arrayFor(ports, port, data)
    if (typeof values !== 'object' || !(values?.length >= 0)) refuse(port, typeof values, TypeError)
    const { length } = values
    for (let i = 0; i < length; i++) {
      const value = values[i]!
      if (typeof value !== 'number') refuse(port, `${typeof value} at ${i}`, TypeError)
      // The elements of a typed array are all of one type.
      if (!below && ArrayBuffer.isView(values)) break
      if (below && !(Number.isInteger(value) && value >= 0 && value < below)) refuse(port, `${value} at ${i}`)
    }
    if (length % size) refuse(port, `${length} numbers`)
    if (samples >= 0 && length / size !== samples) refuse(port, `${length / size} samples, not ${samples}`)
    samples = length / size
  }
  return samples
}

/**
 * Copies `count` samples of checked data into the arena: from sample `start` on, or those that `order` names from
 * there on.
 */
export function copySamples(
  arena: Vector,
  ports: readonly Port[],
  data: unknown,
  start: number,
  count: number,
  order?: Uint32Array,
): void {
  for (let p = 0; p < ports.length; p++) {
    const port = ports[p]!
    const { size } = port
    const values = arrayFor(ports, port, data)
    if (ArrayBuffer.isView(values) && count * size === values.length && !order) {
      arena.set(values, port.offset)
    } else {
      let to = port.offset
      for (let i = start; i < start + count; i++) {
        const from = (order ? order[i]! : i) * size
        for (let j = 0; j < size; j++) arena[to++] = values[from + j]!
      }
    }
  }
}
