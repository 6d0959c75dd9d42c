import type { ByPrecision, Precision } from '../../src/base/precision.ts'
import { noise } from '../../src/runtime/noise.ts'
import { round } from '../support/exact.ts'

const formats: ByPrecision<{ exponents: readonly [number, number]; decay: number; digits: number }> = {
  f32: { exponents: [-149, 127], decay: 106, digits: 24 },
  f64: { exponents: [-1074, 1023], decay: 750, digits: 53 },
}

let draws = 0
/** Drawn from [least, most], the same in every run. */
export const draw = (least: number, most: number): number => least + (most - least) * noise(5, draws++)

const spread = (count: number, least: number, most: number): number[] =>
  Array.from({ length: count }, (_, k) =>
    draw(least + (k * (most - least)) / count, least + ((k + 1) * (most - least)) / count),
  )

/**
 * Numbers of both signs and of all magnitudes, subnormal ones among them; more of them to where exponentials of both precisions end; and
 * around some points, nearer and nearer.
 * @param share one in so many.
 */
export function pointsOf(precision: Precision, near: readonly number[], share = 1): number[] {
  const { exponents, decay, digits } = formats[precision]
  const count = (most: number) => Math.ceil(most / share)
  const magnitudes = spread(count(50), ...exponents).map((exponent) => 2 ** Math.floor(exponent) * draw(1, 2))
  const around = near.flatMap((point) =>
    spread(count(12), 0, digits).flatMap((bits) => {
      const distance = Math.max(Math.abs(point), 1) * 2 ** -bits
      return [point - distance, point + distance]
    }),
  )
  return [
    ...[0, ...near],
    ...magnitudes.flatMap((x) => [x, -x]),
    ...spread(count(60), -decay, decay),
    ...spread(count(60), -24, 24),
    ...spread(count(40), -3, 3),
    ...around,
  ]
    .map(round[precision])
    .filter(Number.isFinite)
}
