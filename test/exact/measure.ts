import type { Precision } from '../../src/base/precision.ts'
import { exact, lastPlace, leastOf, round, type Big } from '../support/exact.ts'
import { computed, type Kind } from './modules.ts'
import { bigs, type Allowance, type Answer, type Row, type Sample } from './row.ts'

export interface Worst {
  /** As a share of what is allowed. */
  readonly share: number
  /** For people. */
  readonly at: string
}

interface Answered {
  readonly sample: Sample
  readonly answer: Answer
}

/** The samples of a row, with what is right. */
export function answered({ samples, answer }: Row, precision: Precision): readonly Answered[] {
  return samples(precision).map((sample) => ({ sample, answer: answer(bigs(sample.x), bigs(sample.y)) }))
}

/** Where a module of a kind is farthest from what is right, in values and in derivatives. */
export async function farthest(row: Row, kind: Kind, cases: readonly Answered[]): Promise<readonly [Worst, Worst]> {
  const results = await computed(
    row,
    kind,
    cases.map(({ sample }) => sample),
  )
  const worst = (part: 'values' | 'slopes', allowance?: Allowance): Worst =>
    cases
      .flatMap(({ sample, answer }, i) =>
        answer[part].map((value, k) => {
          const result = results[i]![part][k]!
          const share = shareOf(result, value, sample, k, kind, allowance)
          return { share, at: `at ${sample.x.join(', ')} and ${sample.y.join(', ')}: ${result}, not ${String(value)}` }
        }),
      )
      .reduce((a, b) => (b.share <= a.share ? a : b))
  return [worst('values', row.allowed.value), worst('slopes', row.allowed.slope)]
}

function shareOf(
  result: number,
  value: Big,
  { x, y }: Sample,
  k: number,
  { precision, rounds }: Kind,
  allowance?: Allowance,
): number {
  const nearest = round[precision](Number(value.toString()))
  if (!Number.isFinite(nearest) || !Number.isFinite(result)) return result === nearest ? 0 : Infinity
  const term = allowance?.of?.(bigs(x), bigs(y), k).abs()
  const size = term?.gt(value.abs()) ? round[precision](Number(term.toString())) : nearest
  const isSpared = allowance?.spared === 'f32 in TypeScript' && !rounds
  const units = (!isSpared && allowance?.units?.(x)) || 4
  const allowed = lastPlace(size, precision)
    .times(units)
    .plus(leastOf(precision).times(allowance?.least?.(x) ?? 0))
  return Number(exact(result).minus(value).abs().div(allowed).toString())
}
