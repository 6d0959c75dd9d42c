import { specFile } from './paths.ts'

export interface Workload {
  id: string
  title: string
  spec: URL
  /** How many steps a process takes first, whose losses must agree between all contenders. */
  checkedSteps: number
  /** How many steps a fresh process is timed for after them: a whole training of a small network, or some seconds' worth. */
  firstSteps: number
  /** How many times as long a peer's step must take as tapeless's. */
  goals: Record<string, number>
}

export const workloads: readonly Workload[] = [
  {
    id: 'notebook',
    title: '10-40-40-5 relu, mse, batch 10',
    spec: specFile('notebook'),
    checkedSteps: 10,
    firstSteps: 1000,
    goals: { 'TF.js': 30, 'jax-js': 15, PyTorch: 6 },
  },
  {
    id: 'xor',
    title: '2-8-1 relu, mse, batch 4',
    spec: specFile('xor'),
    checkedSteps: 10,
    firstSteps: 1000,
    goals: { 'TF.js': 500 },
  },
  {
    id: 'digits',
    title: '784-128-10 relu, crossEntropy, batch 32',
    spec: specFile('digits'),
    checkedSteps: 10,
    firstSteps: 100,
    goals: { naive: 2.3 },
  },
  {
    id: 'online',
    title: '2-8-1 tanh twice, mse, batch 1, no momentum',
    spec: specFile('online'),
    checkedSteps: 10,
    firstSteps: 1000,
    goals: {},
  },
  {
    id: 'conv',
    title: 'conv8-pool-conv16-pool-10 relu, crossEntropy, batch 32',
    spec: specFile('conv'),
    // TF.js takes more than a second a step.
    checkedSteps: 3,
    firstSteps: 5,
    goals: { 'TF.js': 100, 'jax-js': 8 },
  },
  {
    id: 'attention',
    title: 'attention 4 over 16 × 32, layerNorm, 10, crossEntropy, batch 16',
    spec: specFile('attention'),
    checkedSteps: 10,
    firstSteps: 100,
    goals: { 'TF.js': 10, 'jax-js': 10 },
  },
  {
    id: 'lstm',
    title: 'lstm 32 over 16 × 32, 10, crossEntropy, batch 16',
    spec: specFile('lstm'),
    checkedSteps: 10,
    firstSteps: 100,
    goals: { 'TF.js': 10, 'jax-js': 10 },
  },
]
