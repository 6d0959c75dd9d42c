import type { TargetCosts } from '../../loops/schedule.ts'

/** Measured with V8 11.3 (Node 20) on x86-64, which keeps two of 16 vector registers for itself. */
export function wasmCosts(precision: 'f32' | 'f64'): TargetCosts {
  const lanes = precision === 'f32' ? 4 : 2
  return { registers: 14, load: 0.5, turn: 1, far: { cost: 1, distance: 64 * lanes, turns: 32 }, unrolled: 32, lanes }
}
