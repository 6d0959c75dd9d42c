import type { ModuleDescription } from '../../src/emit/description.ts'
import { regression } from './regression.ts'

/**
 * Two inputs and two targets: p = w a1 + w b1 + w b2 and l = (p - y - c)^2, where c is a whole number below 3. The
 * gradient is left out, as nothing here trains.
 */
export const records: ModuleDescription = {
  ...regression,
  name: 'records',
  inputs: [
    { name: 'a', shape: [], size: 1, offset: 1 },
    { name: 'b', shape: [2], size: 2, offset: 5 },
  ],
  targets: [
    { name: 'y', shape: [], size: 1, offset: 17 },
    { name: 'c', shape: [], size: 1, offset: 21, below: 3 },
  ],
  outputs: [{ shape: [], size: 1, offset: 13 }],
  parameters: [
    { name: 'w', shape: [], size: 1, offset: 0, initial: { function: 'constant', arguments: [2] }, frozen: false },
  ],
  buffers: [],
  arena: {
    modelLength: 17,
    trainerLength: 27,
    zones: { parameters: 0, buffers: 0, gradients: 26 },
    optimizer: [],
    loss: 25,
  },
  programs: {
    predict: { calls: ['forward(arena, n)'], uniforms: [] },
    loss: { calls: ['forward(arena, n)', 'squaredError(arena, n)'], uniforms: [] },
    gradient: { calls: ['forward(arena, n)', 'squaredError(arena, n)'], uniforms: [] },
    commit: { calls: [], uniforms: [] },
    initialize: { calls: [], uniforms: [] },
    update: { calls: [], uniforms: [] },
  },
  sections: [
    {
      title: 'all',
      equations: ['p = w (a + b_1 + b_2)'],
      functions: [
        `function forward(arena: Vector, n: number): void {
  for (let i = 0; i < n; i++) arena[13 + i] = arena[0] * (arena[1 + i] + arena[5 + 2 * i] + arena[6 + 2 * i])
}`,
        `function squaredError(arena: Vector, n: number): void {
  arena[25] = 0
  for (let i = 0; i < n; i++) arena[25] += (arena[13 + i] - arena[17 + i] - arena[21 + i]) ** 2
}`,
      ],
    },
  ],
}
