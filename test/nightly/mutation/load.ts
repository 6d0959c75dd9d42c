import { inject } from 'vitest'
import { writeMutants } from './whileLoading.ts'

declare global {
  interface ImportMeta {
    /** Vite's: functions that load the modules with such names. */
    glob(pattern: string): Readonly<Record<string, () => Promise<unknown>>>
  }
}

// Before the tests of the run without mutants, which counts what each of them reaches.
if (inject('mode' as never) === 'dry-run') {
  const modules = import.meta.glob(
    '../../../src/{base,calculus,describe,emit,graph,language,loops,programs,runtime,targets}/**/*.ts',
  )
  for (const load of Object.values(modules)) await load()
  const { __stryker__: stryker } = globalThis as unknown as {
    readonly __stryker__: { readonly mutantCoverage?: { readonly static: Readonly<Record<string, number>> } }
  }
  writeMutants(Object.keys(stryker.mutantCoverage?.static ?? {}))
}
