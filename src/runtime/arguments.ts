import { expected } from './expected.ts'
import type { Vector } from './module.ts'

/** An input or a target: the elements of one sample, and where a batch of them lies in the arena. */
export interface Port {
  readonly name: string
  readonly size: number
  readonly offset: number
  /** Set where every element must be a whole number from 0 to below this. */
  readonly below?: number
}

/** What the caller gave for one port: the data itself where there is one port, else its entry of the port's name. */
function arrayFor(ports: readonly Port[], port: Port, data: unknown): ArrayLike<number> {
  return (ports.length > 1 ? (data as Record<string, unknown>)?.[port.name] : data) as ArrayLike<number>
}

function hasName(ports: readonly Port[], name: string): boolean {
  for (let p = 0; p < ports.length; p++) if (ports[p]!.name === name) return true
  return false
}

/**
 * The number of samples in `data`, after checking it whole: flat arrays of numbers, by name where there are several
 * ports, of equally many whole samples, with class numbers and indices in range. TypeError or RangeError otherwise.
 */
export function countSamples(ports: readonly Port[], data: unknown): number {
  if (ports.length > 1) {
    for (const name in data as object) {
      if (!hasName(ports, name)) expected('the name of an array', name, TypeError)
    }
  }
  let samples = -1
  for (let p = 0; p < ports.length; p++) {
    const port = ports[p]!
    const { name, size, below } = port
    const values = arrayFor(ports, port, data)
    if (typeof values !== 'object' || !(values?.length >= 0)) {
      expected(`${name}: a flat array of numbers`, values && typeof values, TypeError)
    }
    const { length } = values
    // The elements of a typed array are all of one type.
    const checked = ArrayBuffer.isView(values) && !below ? Math.min(length, 1) : length
    for (let i = 0; i < checked; i++) {
      const value = values[i]!
      if (typeof value !== 'number') expected(`${name}[${i}]: a number`, value && typeof value, TypeError)
      if (below && !(Number.isInteger(value) && value >= 0 && value < below)) {
        expected(`${name}[${i}]: a whole number from 0 to ${below - 1}`, value)
      }
    }
    if (length % size) expected(`${name}: a multiple of ${size} numbers`, length)
    if (p && length / size !== samples) expected(`${name}: ${samples} samples`, length / size)
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
