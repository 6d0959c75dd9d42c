import type { Precision } from '../../base/precision.ts'
import type { TargetCosts } from '../../loops/schedule/costs.ts'

/**
 * Measured with V8 11.3 (Node 20) on x86-64, which keeps two of 16 vector registers for itself. A momentum of 0.9 is subnormal in f32
 * after 830 steps without a gradient, which a unit of relu may well take; in f64 after 6,700, and there the bits are TypeScript's.
 */
export function wasmCosts(precision: Precision): TargetCosts {
  const lanes = precision === 'f32' ? 4 : 2
  return {
    ...{ registers: 14, load: 0.5, turn: 1, unrolled: 32, lanes },
    far: { cost: 1, distance: 64 * lanes, turns: 32 },
    negligible: precision === 'f32' ? 2 ** -100 : 0,
    // Instructions with their immediates and operands. V8 optimises functions of any size, but takes longer and longer.
    sizes: {
      ...{ routine: 20, loop: 20, assignment: 5, lookup: 8, term: 6 },
      ...{ op: 3, load: 8, index: 8, name: 2, largest: 20_000 },
    },
  }
}
