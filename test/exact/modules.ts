import type { Precision } from '../../src/base/precision.ts'
import { emitted } from '../support/emitted.ts'
import type { Row, Sample } from './row.ts'

/** Who computes, and what is stored. */
export interface Kind {
  readonly name: string
  readonly precision: Precision
  readonly emit: string
  /** Whether operations round to the precision that is stored. */
  readonly rounds: boolean
}

export const kinds: readonly Kind[] = [
  { name: 'TypeScript, f64', precision: 'f64', emit: 'precision: f64', rounds: true },
  { name: 'TypeScript, f64, portable', precision: 'f64', emit: 'precision: f64, math: portable', rounds: true },
  { name: 'WebAssembly, f64', precision: 'f64', emit: 'precision: f64, target: wasm', rounds: true },
  { name: 'TypeScript, f32', precision: 'f32', emit: 'precision: f32', rounds: false },
  { name: 'WebAssembly, f32', precision: 'f32', emit: 'precision: f32, target: wasm', rounds: true },
]

export interface Result {
  readonly values: ArrayLike<number>
  readonly slopes: ArrayLike<number>
}

/** What a module of a kind makes of samples, one at a time: in a mean over several the least would be lost. */
export async function computed(
  { spec, isLoss, scale }: Row,
  kind: Kind,
  samples: readonly Sample[],
): Promise<Result[]> {
  const module = await emitted(`${spec}\nemit: { ${kind.emit}, inputGradient: true }`)
  const trainer = module.createTrainer()
  return samples.map(({ x, y }) => {
    const lost = trainer.gradient(x, y)
    const slopes = Array.from(trainer.inputGradient as ArrayLike<number>, (slope) => slope * scale)
    return { values: isLoss ? [lost] : trainer.predict(x), slopes }
  })
}
