import type { Mathematics } from '../base/mathematics.ts'
import type { Precision } from '../base/precision.ts'
import type { PointwiseOp } from '../graph/op.ts'
import type { Kernel } from '../loops/notation/kernel.ts'
import type { TargetCosts } from '../loops/schedule/costs.ts'
import type { CalledProgram } from './program.ts'
import type { Announcement, NamedRoutine } from './share.ts'

/** A language that kernels are printed in: a row of `targets`. */
export interface Target {
  /** What the schedules of its kernels are chosen by. */
  costs(precision: Precision): TargetCosts
  print(programs: readonly CalledProgram[], options: PrintOptions): Printed
  /** The files of its kernels, where they are no part of the module's text. */
  readonly beside?: Beside
}

/** Files beside a module, whose names are its stem and a suffix. */
export interface Beside {
  /** The kernels' text. It is written only on request where a binary of it serves the module. */
  readonly text: { readonly suffix: string; readonly comment: string; readonly onRequest?: true }
  /** A WebAssembly module of it, which the emitted one runs. */
  readonly binary?: {
    readonly suffix: string
    /** Of the file that says what is imported from the binary. */
    readonly types: string
    /**
     * Makes the bytes.
     * @throws MissingPackageError without the package that does it; Fault, with the place in the text, where that isn't valid.
     */
    assemble(text: string, options: AssembleOptions): Promise<Uint8Array>
  }
}

export interface PrintOptions {
  readonly precision: Precision
  readonly math: Mathematics
  /** Whether a binary has a function besides, `areFinite`, that looks at what callers give. */
  readonly looks?: boolean
  readonly announce: (kernel: Kernel) => Announcement
}

export interface AssembleOptions {
  /** Whether the code is rewritten for speed; without, it stays as it is written. */
  readonly optimize?: boolean
}

/** Kernels as text. */
export interface Printed {
  /** The statements of the emitted module that run each program, by its name: over `arena` and the program's uniforms. */
  readonly statements: ReadonlyMap<string, readonly string[]>
  /** The module's functions or comments, in order of first use, each with the kernel under whose section it stands. */
  readonly texts: readonly { readonly kernel: Kernel; readonly text: string }[]
  /** The routines by the names that they got, in order of first use. */
  readonly routines: readonly NamedRoutine[]
  /** The ops that the statements and texts apply. */
  readonly ops: ReadonlySet<PointwiseOp>
  /** The text of the kernels, where the target keeps that beside the module, and the functions of the runtime that they call. */
  readonly beside?: { readonly text: string; readonly imports: readonly string[] }
}
