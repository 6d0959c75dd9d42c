/** Who computes transcendental functions: the engine, or functions that a module brings, in the same way everywhere. */
export type Mathematics = 'engine' | 'portable'
