import { specFile } from './paths.ts'

export interface Workload {
  id: string
  title: string
  spec: URL
  /** How many steps a fresh process is timed for: a whole training of a small network, or some seconds' worth. */
  firstSteps: number
  /** How many times as long a peer's step must take as tapeless's. */
  goals: Record<string, number>
}

export const workloads: readonly Workload[] = [
  {
    id: 'notebook',
    title: '10-40-40-5 relu, mse, batch 10',
    spec: specFile('notebook'),
    firstSteps: 1000,
    goals: { 'TF.js': 30, 'jax-js': 15, PyTorch: 6 },
  },
  {
    id: 'xor',
    title: '2-8-1 relu, mse, batch 4',
    spec: specFile('xor'),
    firstSteps: 1000,
    goals: { 'TF.js': 500 },
  },
  {
    id: 'digits',
    title: '784-128-10 relu, crossEntropy, batch 32',
    spec: specFile('digits'),
    firstSteps: 100,
    goals: { naive: 2.3 },
  },
  {
    id: 'online',
    title: '2-8-1 tanh twice, mse, batch 1, no momentum',
    spec: specFile('online'),
    firstSteps: 1000,
    goals: {},
  },
]
