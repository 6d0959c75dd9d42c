import type { ModuleDescription } from '../../src/emit/description.ts'

/**
 * Linear regression, p = w1 x1 + w2 x2 + b + s with a buffer s, mean squared error, sgd with momentum 0.9: what the
 * compiler would hand to the emitter, with kernels written by hand.
 */
export const regression: ModuleDescription = {
  name: 'regression',
  specFile: 'examples/regression.net.yaml',
  specHash: '0123456789abcdef',
  version: '0.1.0',
  precision: 'f64',
  batch: 4,
  epochs: 3,
  inputs: [{ name: 'x', shape: [2], size: 2, offset: 4 }],
  targets: [{ name: 'y', shape: [1], size: 1, offset: 16 }],
  outputs: [{ shape: [1], size: 1, offset: 12 }],
  parameters: [
    {
      name: 'linear0.weight',
      shape: [1, 2],
      size: 2,
      offset: 0,
      initial: { function: 'normal', arguments: [0.5] },
      frozen: false,
    },
    {
      name: 'linear0.bias',
      shape: [1],
      size: 1,
      offset: 2,
      initial: { function: 'uniform', arguments: [0.1] },
      frozen: false,
    },
  ],
  buffers: [
    { name: 'shift0.offset', shape: [1], size: 1, offset: 0, initial: { function: 'constant', arguments: [0.25] } },
  ],
  inputGradients: [],
  leastSamples: 1,
  startedByData: [],
  arena: {
    modelLength: 16,
    trainerLength: 27,
    zones: { parameters: 0, buffers: 3, gradients: 20, momentum: 23 },
    optimizer: ['momentum'],
    loss: 26,
  },
  programs: {
    predict: { calls: ['linear0(arena, n)'], uniforms: [] },
    loss: { calls: ['linear0(arena, n)', 'squaredError(arena, n)'], uniforms: [] },
    gradient: { calls: ['linear0(arena, n)', 'squaredError(arena, n)', 'linear0Gradient(arena, n)'], uniforms: [] },
    commit: { calls: [], uniforms: [] },
    initialize: { calls: [], uniforms: [] },
    update: { calls: ['sgd(arena, state.learningRate)'], uniforms: ['learningRate'] },
  },
  kernels: [],
  sections: [
    {
      title: 'linear0: 2 -> 1',
      equations: ['f0 = beta0 + Omega0 x', 'dl/dOmega0 = dl/df0 x^T'],
      functions: [
        `function linear0(arena: Vector, n: number): void {
  for (let i = 0; i < n; i++) {
    arena[12 + i] = arena[0]! * arena[4 + 2 * i]! + arena[1]! * arena[5 + 2 * i]! + arena[2]! + arena[3]!
  }
}`,
        `function linear0Gradient(arena: Vector, n: number): void {
  arena.fill(0, 20, 23)
  for (let i = 0; i < n; i++) {
    const delta = (2 / n) * (arena[12 + i]! - arena[16 + i]!)
    arena[20] += delta * arena[4 + 2 * i]!
    arena[21] += delta * arena[5 + 2 * i]!
    arena[22] += delta
  }
}`,
      ],
    },
    {
      title: 'mse',
      equations: ['l = (f0 - y)^2'],
      functions: [
        `function squaredError(arena: Vector, n: number): void {
  let sum = 0
  for (let i = 0; i < n; i++) sum += (arena[12 + i]! - arena[16 + i]!) ** 2
  arena[26] = sum
}`,
      ],
    },
    {
      title: 'sgd',
      equations: ['v = 0.9 v + g', 'p = p - learningRate v'],
      functions: [
        `function sgd(arena: Vector, learningRate: number): void {
  for (let i = 0; i < 3; i++) {
    const velocity = 0.9 * arena[23 + i]! + arena[20 + i]!
    arena[23 + i] = velocity
    arena[i] -= learningRate * velocity
  }
}`,
      ],
    },
  ],
  helpers: [],
  learningRate: 0.05,
  optimizer: 'sgd',
  scalars: [],
  carried: [],
  operations: 92,
}
