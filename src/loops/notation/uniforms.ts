/** A number that kernels take besides the arena. */
interface UniformRow {
  /** `count` and `index` are whole numbers that loops run to or addresses are made of. */
  readonly type: 'count' | 'index' | 'double'
  /**
   * Who gives it: the program's caller (`call`), the loop over time around the kernel (`loop`), the seed and the number of steps
   * (`seed`), the trainer's state (`state`), what the optimizer carries from step to step for each tensor (`tensor`), or a number that
   * the program's host computes before its kernels run (`host`).
   */
  readonly from: 'call' | 'loop' | 'seed' | 'state' | 'tensor' | 'host'
}

/** All of them, by name. */
export const uniforms = {
  /** The samples, or the elements of parameters, that a program runs over. */
  n: { type: 'count', from: 'call' },
  /** Of the trained elements, the first one that a program runs over, and the one after the last. */
  first: { type: 'count', from: 'call' },
  end: { type: 'count', from: 'call' },
  time: { type: 'index', from: 'loop' },
  /** Fixes all random numbers of a step. */
  key: { type: 'double', from: 'seed' },
  learningRate: { type: 'double', from: 'state' },
  /** The number of the tensor's step, from 1. */
  t: { type: 'double', from: 'tensor' },
  /** The product of NAdam's momenta up to this step. */
  momentumProduct: { type: 'double', from: 'tensor' },
  /** The factor that clips all gradients. */
  clip: { type: 'double', from: 'host' },
} as const satisfies Record<string, UniformRow>

export type Uniform = keyof typeof uniforms

/** @throws Error for a name that no row has. */
export function uniformNamed(name: string): Uniform {
  if (!Object.hasOwn(uniforms, name)) throw new Error(`kernels are given no ${name}`)
  return name as Uniform
}

export function uniformRow(name: Uniform): UniformRow {
  return uniforms[name]
}
