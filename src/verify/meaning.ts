import type { Mathematics } from '../base/mathematics.ts'
import type { Precision } from '../base/precision.ts'
import type { TargetName } from '../base/target.ts'
import { sum } from '../graph/build.ts'
import { evaluate, type Bindings } from '../graph/evaluate.ts'
import type { Network } from '../language/networks/network.ts'
import { targets } from '../targets/index.ts'
import { exact, largestMagnitude, type Tolerance } from './compare.ts'
import { randomFrom, type Random } from './data.ts'
import { Findings } from './findings.ts'
import type { Evaluate } from './interpret.ts'
import { portably } from './portable.ts'
import { storing } from './storing.ts'

/** What kernels are printed in, and how exact. */
export interface Build {
  readonly target: TargetName
  readonly precision: Precision
  readonly math: Mathematics
}

/** How a module's arithmetic is that of the interpreter. */
export interface Meaning {
  /** What kernels compute. */
  readonly kernels: typeof evaluate
  /** What the host computes, a number at a time. */
  readonly host: typeof evaluate
  /** Where a module rounds at other places than the interpreter: the same, rounded after each operation, so at more places. */
  readonly rounded?: typeof evaluate
  /** Magnitudes of optimizer states below it become 0. */
  readonly negligible: number
}

/**
 * Kernels of WebAssembly round each operation to the precision and bring their own functions; those in TypeScript compute in doubles
 * with the engine's, unless told, and round what they store: which of an expression's values those are, the schedules choose.
 */
export function meaningOf({ target, precision, math }: Build): Meaning {
  const { negligible } = targets[target].costs(precision)
  const host = math === 'portable' ? portably('f64') : evaluate
  if (target === 'wasm') return { kernels: portably(precision), host, negligible }
  return { kernels: host, host, negligible, ...(precision === 'f32' ? { rounded: portably('f32') } : {}) }
}

/** What a tensor must hold, and how far from that it may lie. */
export interface Expected {
  readonly values: ArrayLike<number>
  readonly tolerance: Tolerance
}

/** A multiple of how far single precision takes a tensor when every operation rounds; and a few roundings of what is stored. */
export const roundings = { spread: 32, stored: 2 ** -18 }

/** How often it is drawn what is stored. That terms cancel may show in one of four draws alone: all 32 miss that with 0.75³² = 1e-4. */
const draws = 32

/**
 * What kernels must leave: to the last bit, unless it is open where they round.
 * @param random draws what is stored, so that a value is as uncertain as that makes it too, and not only rounding everywhere.
 */
function expecting({ kernels, rounded }: Meaning, random?: Random): Evaluate<Expected> {
  return (outputs, bindings) => {
    const exactly = kernels(outputs, bindings)
    if (!rounded) return exactly.map((values) => ({ values, tolerance: exact }))
    const ways = [rounded, ...(random ? Array.from({ length: draws }, () => storing(random)) : [])]
    const roughly = ways.map((way) => way(outputs, bindings))
    return exactly.map((values, k) => {
      // What overflows in single precision may do so at any place.
      const apart = (value: number, other: number) => (Number.isFinite(other) ? Math.abs(value - other) : Infinity)
      const spread = values.reduce(
        (most, value, at) =>
          Number.isFinite(value) ? Math.max(most, ...roughly.map((tensors) => apart(value, tensors[k]![at]!))) : most,
        0,
      )
      return { values, tolerance: { relative: roundings.stored, absolute: roundings.spread * spread } }
    })
  }
}

/**
 * Compares with what kernels must leave; where something differs and it is open where they round, once more, with draws of what they store.
 * @param compare is given a way to evaluate, and findings; called twice, it must find the module as it was.
 */
export function compareOpenly<T>(
  meaning: Meaning,
  seed: number,
  findings: Findings,
  compare: (way: Evaluate<Expected>, findings: Findings) => T,
): T {
  const strictly = new Findings()
  const result = compare(expecting(meaning), strictly)
  if (!meaning.rounded || strictly.differences.length === 0) {
    findings.absorb(strictly)
    return result
  }
  return compare(expecting(meaning, randomFrom(seed)), findings)
}

/** The same where values may be sums of larger terms, which cancel: as large and as uncertain as these. */
export function amongTerms(expected: Expected, { rounded }: Meaning, terms: readonly Expected[]): Expected {
  if (!rounded) return expected
  const size = Math.max(...terms.map(({ values }) => largestMagnitude(values)))
  const spread = Math.max(...terms.map(({ tolerance }) => tolerance.absolute ?? 0))
  return { ...expected, tolerance: { ...expected.tolerance, absolute: spread + roundings.stored * size } }
}

/** How uncertain double precision leaves what single precision may leave so far apart. */
export function inDouble({ tolerance }: Expected): number {
  return (tolerance.absolute ?? 0) * 2 ** -29
}

/** What a sum of losses is divided by; by infinity, which gives 0, where the normalizers are 0. */
export function divisorOf(samples: number, normalizerSum: Expected | undefined): number {
  return normalizerSum ? normalizerSum.values[0]! || Infinity : samples
}

/** The same of a prediction's losses; 0 where the normalizers are. */
export function divisorIn(
  { normalizers }: Pick<Network, 'normalizers'>,
  bindings: Bindings,
  way: typeof evaluate = evaluate,
): number {
  return normalizers ? way([sum(normalizers, [0])], bindings)[0]![0]! : bindings.batch
}

/** A part of what is expected, such as a mean of a sum. */
export function scaled({ values, tolerance }: Expected, divisor: number): Expected {
  const absolute = (tolerance.absolute ?? 0) / Math.abs(divisor)
  return { values: Array.from(values, (value) => value / divisor), tolerance: { ...tolerance, absolute } }
}
