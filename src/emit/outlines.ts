import { Recent } from '../base/recent.ts'
import { namesIn, unknownNames } from './names.ts'
import { ts } from './typescript.ts'

/** The first line of a kernel after the comments before it. */
const head = /^(?:\/\/.*\n)*(function (\w+)\(.*\): [^\n]*) \{$/m

/** A number; digits in a name are none. */
const number = /(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?/g

/**
 * Kernels that have passed the type check, so that others like them needn't, of which a spec that is being edited has many: those of the
 * same text but for its numbers. A number's value is of no concern to types but where two constants are compared, which kernels don't do.
 */
export class Outlines {
  readonly #library: ReadonlySet<string>
  /** What kernels name that isn't the library's, by their shapes. */
  readonly #named = new Recent<readonly string[]>()

  /** @param library names that mean the same in every module. */
  constructor(library: ReadonlySet<string>) {
    this.#library = library
  }

  /** A kernel's declaration alone, where its like has passed and what that named is declared here too; the kernel otherwise. */
  outline(kernel: string, declared: ReadonlySet<string>): string {
    const named = this.#named.get(shapeOf(kernel))
    return named?.every((name) => declared.has(name)) ? `declare ${head.exec(kernel)![1]}` : kernel
  }

  /** Remembers kernels of a file that has passed, as far as they name nothing but the library and what is shared. */
  add(kernels: readonly string[], file: ts.SourceFile, shared: ReadonlySet<string>): void {
    const functions = new Map(
      file.statements.filter(ts.isFunctionDeclaration).map((one) => [ts.idText(one.name!), one] as const),
    )
    for (const kernel of kernels) {
      const declaration = functions.get(head.exec(kernel)?.[2] ?? '')
      if (!declaration?.body) continue
      const named = unknownNames(namesIn(declaration), this.#library)
      if (named.every((name) => shared.has(name))) this.#named.set(shapeOf(kernel), named)
    }
  }
}

function shapeOf(kernel: string): string {
  return kernel.replace(number, '0')
}
