import type { Prepare } from './contenders/contract.ts'
import type { Target } from './emitted.ts'

interface Row {
  id: string
  /** Contenders of one peer are configurations of it; goals are held against its fastest. */
  peer: string
  title: string
}

/** Runs in child.ts, a Node.js process of its own, started with `flags`. */
export interface JavaScriptContender extends Row {
  load: () => Promise<Prepare>
  flags?: string[]
}

/** Runs in a process that speaks protocol.ts itself; paths are relative to this folder. */
export interface ForeignContender extends Row {
  command: [string, ...string[]]
  environment: Record<string, string>
}

export type Contender = JavaScriptContender | ForeignContender

/** tapeless's own, which others are compared with. */
export const ours: Readonly<Record<Target, string>> = { typescript: 'tapeless', wasm: 'tapeless-wasm' }

export const contenders: readonly Contender[] = [
  {
    id: ours.typescript,
    peer: 'tapeless',
    title: 'tapeless, TypeScript, f32',
    load: async () => (await import('./contenders/tapeless.ts')).prepareFor('typescript'),
  },
  {
    id: ours.wasm,
    peer: 'tapeless',
    title: 'tapeless, WebAssembly, f32',
    load: async () => (await import('./contenders/tapeless.ts')).prepareFor('wasm'),
  },
  {
    id: 'naive',
    peer: 'naive',
    title: 'naive loops',
    load: async () => (await import('./contenders/naive.ts')).prepare,
  },
  {
    id: 'pytorch',
    peer: 'PyTorch',
    title: 'PyTorch, one thread',
    command: ['/usr/bin/python3', 'contenders/pytorch.py'],
    // torch.set_num_threads does not bind OpenBLAS.
    environment: { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
  },
  {
    id: 'jax',
    peer: 'jax-js',
    title: 'jax-js, jit, wasm',
    load: async () => (await import('./contenders/jax.ts')).prepare,
  },
  {
    id: 'jax-relaxed',
    peer: 'jax-js',
    title: 'jax-js, jit, wasm with relaxed SIMD',
    load: async () => (await import('./contenders/jax.ts')).prepare,
    flags: ['--experimental-wasm-relaxed-simd'],
  },
  {
    id: 'tfjs-cpu',
    peer: 'TF.js',
    title: 'TF.js, cpu',
    load: async () => (await import('./contenders/tfjs-cpu.ts')).prepare,
  },
  {
    id: 'tfjs-wasm',
    peer: 'TF.js',
    title: 'TF.js, wasm without SIMD',
    load: async () => (await import('./contenders/tfjs-wasm.ts')).prepareScalar(),
  },
  {
    id: 'tfjs-simd',
    peer: 'TF.js',
    title: 'TF.js, wasm with SIMD',
    load: async () => (await import('./contenders/tfjs-wasm.ts')).prepareSimd(),
  },
  {
    id: 'brain',
    peer: 'brain.js',
    title: 'brain.js',
    load: async () => (await import('./contenders/brain.ts')).prepare,
  },
]
