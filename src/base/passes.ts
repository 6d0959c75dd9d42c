/** One step of a compilation. */
export interface Pass<Known, Added extends object> {
  readonly name: string
  /** Finds something out from all that is known so far. */
  run(known: Known): Added | Promise<Added>
  /** Looks at what `run` has added. @throws Error when it breaks a rule of its language: a fault of the compiler. */
  check?(known: Known & Added): void | Promise<void>
}

/** The time that a pass took, its checker included. */
export interface Timing {
  readonly pass: string
  readonly milliseconds: number
}

/** A pass as the sequence holds it: its types were checked when it was added. */
interface ErasedPass {
  readonly name: string
  run(known: object): object | Promise<object>
  check?(known: object): void | Promise<void>
}

/** Passes that run one after another over one record, which each of them adds to. */
export class Passes<Start extends object, Known extends Start> {
  readonly #passes: readonly ErasedPass[]

  private constructor(passes: readonly ErasedPass[]) {
    this.#passes = passes
  }

  static from<Start extends object>(): Passes<Start, Start> {
    return new Passes<Start, Start>([])
  }

  add<Added extends object>(pass: Pass<Known, Added>): Passes<Start, Known & Added> {
    return new Passes<Start, Known & Added>([...this.#passes, pass])
  }

  get names(): string[] {
    return this.#passes.map(({ name }) => name)
  }

  /** @param onPass is called, and awaited, as each pass begins. */
  async run(
    start: Start,
    onPass: (name: string) => void | Promise<void> = () => undefined,
  ): Promise<Known & { readonly timings: readonly Timing[] }> {
    let known: object = start
    const timings: Timing[] = []
    for (const { name, run, check } of this.#passes) {
      await onPass(name)
      const begin = performance.now()
      known = { ...known, ...(await run(known)) }
      await check?.(known)
      timings.push({ pass: name, milliseconds: performance.now() - begin })
    }
    return { ...known, timings } as Known & { readonly timings: readonly Timing[] }
  }
}
