/** A package is needed that isn't installed. */
export class MissingPackageError extends Error {
  override name = 'MissingPackageError'
}

/**
 * A WebAssembly module that computes the same, rewritten for speed by binaryen.
 * @throws MissingPackageError without binaryen.
 */
export async function optimized(binary: Uint8Array): Promise<Uint8Array> {
  const binaryen = await load()
  const module = binaryen.readBinary(binary)
  try {
    const { SIMD128, BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SignExt } = binaryen.Features
    module.setFeatures(SIMD128 | BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SignExt)
    binaryen.setOptimizeLevel(3)
    binaryen.setShrinkLevel(0)
    module.optimize()
    return module.emitBinary()
  } finally {
    module.dispose()
  }
}

async function load(): Promise<typeof import('binaryen').default> {
  try {
    return (await import('binaryen')).default
  } catch (cause) {
    const isMissing = /MODULE_NOT_FOUND$/.test((cause as NodeJS.ErrnoException).code ?? '')
    if (!isMissing) throw cause
    const wanted = 'to optimise WebAssembly needs the package binaryen: npm install --save-dev binaryen'
    throw new MissingPackageError(wanted, { cause })
  }
}
