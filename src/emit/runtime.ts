/** A top-level declaration of the runtime, as modules have it. */
export interface Declaration {
  readonly name: string
  /** The source file's name, e.g. `random.ts`. */
  readonly file: string
  /** With the line end after it; empty where there is none. */
  readonly docstring: string
  /** Its text without docstring and `export`, formatted. */
  readonly text: string
  /** As a declaration alone: `declare function …`; types are their whole text. */
  readonly signature: string
  /** The runtime's names that it uses, in order. */
  readonly references: readonly Reference[]
  /** In order, none within another. */
  readonly parts: readonly OptionalPart[]
}

/** A statement or property that a module is without where it has no use for the function that the part calls. */
export interface OptionalPart {
  readonly calls: readonly string[]
  /** Whether it is for modules without these functions: what follows `return` and a call of one. */
  readonly isElse?: true
  /** Where it lies in the declaration's text, with the space before it. */
  readonly start: number
  readonly end: number
}

export interface Reference {
  readonly name: string
  /** The optional part that it stands in, by its index. */
  readonly part?: number
}

/** What `scripts/runtime.ts` reads once, so that compiling reads no folder. */
export interface Built {
  /** A hash of all that it was made from. */
  readonly sources: string
  /** This package's, which every module's header has. */
  readonly version: string
  readonly runtime: readonly Declaration[]
  /** Declarations that take the place of others in modules with portable mathematics. */
  readonly portable: readonly Declaration[]
  /** The docstrings of what each module declares for itself: of `module.ts` and `types.ts` in `src/runtime`. */
  readonly docstrings: Readonly<Record<string, string>>
  /** As Handlebars compiles them. */
  readonly templates: Readonly<Record<'module' | 'host' | 'prepare' | 'report', object>>
  /** The language's library as far as emitted code uses it: declarations in TypeScript, and their names. */
  readonly library: string
  readonly vocabulary: readonly string[]
}
