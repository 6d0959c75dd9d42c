import type { KernelDescription } from '../emit/description.ts'
import { asciiSymbol } from '../graph/equations/ascii.ts'

/** The kernels of a module by what they compute. */
export interface Kernels {
  /** The names of those that compute what is called so. */
  of(name: string): readonly string[]
}

/** Kernels say in ASCII what they compute. */
export function kernelsBy(descriptions: readonly KernelDescription[]): Kernels {
  const found = new Map<string, string[]>()
  for (const { name, equations } of descriptions)
    for (const equation of equations) {
      const [left] = equation.split(/ (?:=|<-) /)
      if (left !== undefined && left !== equation) found.set(left, [...(found.get(left) ?? []), name])
    }
  return { of: (name) => found.get(asciiSymbol(name)) ?? [] }
}
