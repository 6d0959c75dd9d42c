import type { TargetCosts } from '../../loops/schedule/costs.ts'

/** Measured with V8 11.3 (Node 20) on x86-64: 2×5 accumulators did best (2.5 multiplications and additions a nanosecond). */
export const typescriptCosts: TargetCosts = {
  registers: 14,
  load: 1.2,
  turn: 2,
  far: { cost: 0, distance: Infinity, turns: Infinity },
  negligible: 0,
  unrolled: 32,
  lanes: 1,
  // About what V8 11 emits for typed array reads and register arithmetic. It never optimises a function of more than 61,440 bytes of
  // bytecode; half of that is the most that a routine may be estimated at.
  sizes: {
    routine: 20,
    loop: 20,
    assignment: 8,
    lookup: 12,
    term: 8,
    op: 6,
    load: 10,
    index: 8,
    name: 2,
    largest: 30_000,
  },
}
