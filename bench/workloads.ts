import type { Task } from './contenders/contract.ts'
import type { Target } from './emitted.ts'

export interface Workload {
  id: string
  title: string
  /** Of the spec in specs/, which bears it too. */
  spec: string
  task: Task
  /** Of standard normal noise that a step draws, by name: a sample's shapes. */
  drawn?: Record<string, number[]>
  /** How many steps a process takes first, whose results must agree between all contenders. */
  checkedSteps: number
  /** What these results may differ by, relatively, where it isn't 1e-5. */
  tolerance?: number
  /** How many steps a fresh process is timed for after them: a whole training of a small network, or some seconds' worth. */
  firstSteps: number
  /** How many times as long a peer's step must take as that of each target of tapeless. */
  goals: Partial<Record<Target, Record<string, number>>>
  /** The part of the machine's peak that WebAssembly must reach. */
  share?: number
}

/** What a WebAssembly module may take: seconds to generate, and bytes gzipped, by the spec. */
export const emissionGoals: { readonly seconds: number; readonly gzipped: Readonly<Record<string, number>> } = {
  seconds: 3,
  gzipped: { notebook: 12_000 },
}

export const workloads: readonly Workload[] = [
  {
    id: 'notebook',
    title: '10-40-40-5 relu, mse, batch 10',
    spec: 'notebook',
    task: 'train',
    checkedSteps: 10,
    firstSteps: 1000,
    goals: {
      typescript: { 'TF.js': 30, 'jax-js': 15, PyTorch: 6 },
      wasm: { 'TF.js': 200, 'jax-js': 100, PyTorch: 45 },
    },
  },
  {
    id: 'predict',
    title: '10-40-40-5 relu, predict one sample',
    spec: 'notebook',
    task: 'predict',
    checkedSteps: 10,
    firstSteps: 1000,
    goals: { wasm: { 'TF.js': 100, 'jax-js': 100, PyTorch: 20 } },
  },
  {
    id: 'xor',
    title: '2-8-1 relu, mse, batch 4',
    spec: 'xor',
    task: 'train',
    checkedSteps: 10,
    firstSteps: 1000,
    goals: { typescript: { 'TF.js': 500 } },
  },
  {
    id: 'online',
    title: '2-8-1 tanh twice, mse, batch 1, no momentum',
    spec: 'online',
    task: 'train',
    checkedSteps: 10,
    firstSteps: 1000,
    goals: {},
  },
  {
    id: 'digits',
    title: '784-128-10 relu, crossEntropy, batch 32',
    spec: 'digits',
    task: 'train',
    checkedSteps: 10,
    firstSteps: 100,
    goals: { typescript: { naive: 2.3 }, wasm: { 'TF.js': 18, 'jax-js': 2.8, PyTorch: 1.2 } },
    share: 0.7,
  },
  {
    id: 'square',
    title: '256-256-256-256 relu, mse, batch 64',
    spec: 'square',
    task: 'train',
    checkedSteps: 5,
    firstSteps: 20,
    goals: { wasm: { 'TF.js': 15, 'jax-js': 2.2, PyTorch: 0.65 } },
    share: 0.7,
  },
  {
    id: 'wide',
    title: '1024-1024-1024 relu, mse, batch 128',
    spec: 'wide',
    task: 'train',
    // TF.js and the naive loops take more than a second a step.
    checkedSteps: 2,
    // A mean of 131,072 squares, which jax-js and TF.js on WebAssembly add up one after another in f32.
    tolerance: 5e-5,
    firstSteps: 3,
    goals: { wasm: { 'TF.js': 30, 'jax-js': 1.8, PyTorch: 0.5 } },
    share: 0.7,
  },
  {
    id: 'conv',
    title: 'conv8-pool-conv16-pool-10 relu, crossEntropy, batch 32',
    spec: 'conv',
    task: 'train',
    // TF.js takes more than a second a step.
    checkedSteps: 3,
    firstSteps: 5,
    goals: { typescript: { 'TF.js': 100, 'jax-js': 8 }, wasm: { 'TF.js': 400, 'jax-js': 40, PyTorch: 1.1 } },
  },
  {
    id: 'attention',
    title: 'attention 4 over 16 × 32, layerNorm, 10, crossEntropy, batch 16',
    spec: 'attention',
    task: 'train',
    checkedSteps: 10,
    firstSteps: 50,
    goals: { typescript: { 'TF.js': 10, 'jax-js': 10 } },
  },
  {
    id: 'lstm',
    title: 'lstm 32 over 16 × 32, 10, crossEntropy, batch 16',
    spec: 'lstm',
    task: 'train',
    checkedSteps: 10,
    firstSteps: 50,
    goals: { typescript: { 'TF.js': 10, 'jax-js': 10 } },
  },
  {
    id: 'burgers',
    title: "Burgers' residual for 2-20-20-20-1 tanh, batch 256",
    spec: 'burgers',
    task: 'train',
    checkedSteps: 10,
    firstSteps: 50,
    goals: { wasm: { 'jax-js': 20, PyTorch: 10 } },
  },
  {
    id: 'vae',
    title: 'VAE 64-32-4-32-64 relu, batch 32',
    spec: 'vae',
    task: 'train',
    drawn: { noise: [4] },
    checkedSteps: 10,
    // Each draws noise of its own; vae-noise-given holds all against the same.
    tolerance: 0.15,
    firstSteps: 500,
    goals: { wasm: { PyTorch: 15 } },
  },
  {
    id: 'vae-noise-given',
    title: 'VAE 64-32-4-32-64 relu, batch 32, noise given',
    spec: 'vae-noise-given',
    task: 'train',
    checkedSteps: 10,
    firstSteps: 500,
    goals: {},
  },
]
