import type { Only } from '../base/only.ts'
import type { Precision } from '../base/precision.ts'
import type { TargetName } from '../base/target.ts'

/**
 * What the emitter is told about a module: plain data and already printed text, so that no template ever sees a graph.
 * Offsets and sizes are counted in elements of the arena (one Float32Array or Float64Array).
 */

/** What is told of a prediction, from scalars that a batch's programs leave in the arena: `Metric` in language/networks says what they are. */
export interface MetricDescription {
  readonly name: string
  readonly kind: 'ratio' | 'r2'
  /** The elements of a sample. */
  readonly size: number
  readonly offsets: readonly number[]
}

/** What numbers stand for, where not any of them serve. */
export type NumberKind = 'classes' | 'bits' | 'counts' | 'shares' | 'weights' | 'logits' | 'logarithms'

/** What is predicted of a batch, and where it lies. */
export interface OutputDescription {
  readonly name?: string
  readonly shape: readonly number[]
  readonly size: number
  readonly offset: number
  readonly values?: NumberKind
}

/** An input or a target of the network: where one batch of it lies in the arena. */
export interface PortDescription {
  readonly name: string
  /** The shape of one sample; `[]` for a scalar or a class number. */
  readonly shape: readonly number[]
  /** Elements of one sample: the product of `shape`. */
  readonly size: number
  readonly offset: number
  /** Set where every element must be a whole number in [0, below): class numbers, indices. */
  readonly below?: number
  /** Set for an input that no output depends on. */
  readonly isUnread?: true
  /** A number that its elements may be besides, which says that they don't count. */
  readonly ignored?: number
  readonly values?: NumberKind
}

/** How a tensor starts: the name of a function in `src/runtime/initializers.ts` and its numeric arguments. */
export interface InitialValue {
  readonly function: string
  readonly arguments: readonly number[]
}

export interface TensorDescription {
  /** The public name, ASCII: `linear0.weight`, `beta0`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly size: number
  /** Where it lies within its zone: trained parameters, gradients and each optimizer state have equal inner offsets. */
  readonly offset: number
  readonly initial: InitialValue
}

/** A frozen parameter has no gradient and no optimizer state, and lies after the trained ones. */
export interface ParameterDescription extends TensorDescription {
  readonly frozen: boolean
}

/** What a kernel computes, and how. */
export interface KernelDescription {
  readonly name: string
  readonly equations: readonly string[]
  /** Which run it. */
  readonly programs: readonly string[]
  /** Its axes with their extents, and what the schedule chose: `for b: batch, i: 40; sum over k: 10; 4 lanes of i`. */
  readonly loops: string
}

/** A number that is computed before a program's next calls, as a TypeScript expression. */
export interface ConstantDescription {
  readonly name: string
  readonly value: string
}

/** A run of kernels: the calls as TypeScript statements over `arena: Vector`, `n: number`, the program's uniforms and constants before. */
export interface ProgramDescription {
  readonly calls: readonly (string | ConstantDescription)[]
  /** The names of the uniforms in the calls, but for bounds and for numbers that the calls themselves define. */
  readonly uniforms: readonly string[]
}

/** A number that a trainer carries on from epoch to epoch, and saves. */
export interface CarriedDescription {
  readonly name: string
  readonly start: number
}

/** A number that the optimizer carries on from step to step for each trained tensor, and saves. */
export interface ScalarDescription {
  readonly name: string
  /** Where it is kept for the trained tensor number `k`, as TypeScript over `states`: those of `optimizerIn`. */
  readonly place: string
  /** Its value in a step, as TypeScript over its place before and over `t`, the number of the step, which is the first scalar. */
  readonly next: string
}

/** One of several losses. Its programs are called as a module's only ones are, and then by its name: `gradient_critic`. */
export interface ObjectiveDescription {
  readonly name: string
  /** The names of the inputs and targets that it reads, or its statistics, or what starts by data. */
  readonly reads: readonly string[]
  /** The names of the parameters that it trains. */
  readonly trained: readonly string[]
  /** Its learning rate is the trainer's times this. */
  readonly rate: number
  readonly optimizer: string
  /** As `arena.optimizer` and `scalars` have them where there is one loss. */
  readonly states: readonly string[]
  readonly scalars: readonly ScalarDescription[]
  /** The tensors that the objectives before it keep, in a trainer's list of all. */
  readonly before: number
}

/** Kernels of one layer (or of the update), under a heading. */
export interface SectionDescription {
  readonly title: string
  /** Comment lines, ASCII: the equations that the kernels compute. */
  readonly equations: readonly string[]
  /** Whole top-level functions, as TypeScript text. */
  readonly functions: readonly string[]
}

/** The learning rate by epoch; without one it is constant. */
export interface ScheduleDescription {
  /** A function in `src/runtime`, of the epoch or, if it `readsMetric`, of the state and the metric. */
  readonly function: string
  /** Its further arguments. */
  readonly arguments: readonly number[]
  readonly readsMetric?: boolean
  /** The epochs before its first, and the share of its first rate that they start from. */
  readonly warmup?: { readonly epochs: number; readonly start: number }
}

/** Kernels that are no part of the module's text, in the language of a target. */
export interface BesideDescription {
  readonly target: TargetName
  readonly text: string
}

/**
 * How a module runs its kernels as a WebAssembly module, whose binary the target makes of their text. That imports the memory
 * "tapeless" "memory", where the arena lies from byte 0 on, and `imports` by the same first name; it exports a function for each
 * program, of numbers, which returns nothing, and for `largestBatch` one more.
 */
export interface WasmDescription {
  /** Where the binary goes: into the module as base64, or into a file beside it that the module's caller compiles. */
  readonly placement: 'inline' | 'file'
  /** The programs that it exports: those that aren't empty. */
  readonly programs: readonly string[]
  /** Functions of `src/runtime` that the kernels call, e.g. `noise`. */
  readonly imports: readonly string[]
  /**
   * The most numbers in a batch of one input or target, where there is `areFinite`: whether no number from byte 0 of the memory to below
   * byte `end` is NaN or infinite, not 0 if so. It looks at whole vectors.
   */
  readonly largestBatch?: number
}

export interface ModuleDescription {
  readonly name: string
  /** What it is of alone. A model has none of what follows that is said of trainers: those are empty, 0, or as the spec has them. */
  readonly only?: Only
  /** As shown in the header: the spec's file, relative, with `/`. */
  readonly specFile: string
  readonly specHash: string
  readonly version: string
  readonly precision: Precision
  readonly batch: number
  readonly epochs: number
  readonly inputs: readonly PortDescription[]
  readonly targets: readonly PortDescription[]
  readonly metrics?: readonly MetricDescription[]
  /** Where there are several losses; `optimizer`, `scalars` and the arena's are then the first one's. */
  readonly objectives?: readonly ObjectiveDescription[]
  /** The names of the inputs and targets that metrics read, where there are several losses. */
  readonly metricReads?: readonly string[]
  /** With names where a prediction is a record; else there is one. */
  readonly outputs: readonly OutputDescription[]
  readonly parameters: readonly ParameterDescription[]
  /** Untrained state, e.g. running statistics. */
  readonly buffers: readonly TensorDescription[]
  /** Where `gradient` leaves the gradients by inputs, one batch each; empty unless the spec asks for them. */
  readonly inputGradients: readonly PortDescription[]
  /** The fewest samples of a training batch. */
  readonly leastSamples: number
  /** The names of the parameters whose start values depend on data. */
  readonly startedByData: readonly string[]
  readonly arena: {
    /** Elements that a model needs; everything that `predict` touches lies below. */
    readonly modelLength: number
    /** Elements that a trainer needs. */
    readonly trainerLength: number
    /** Where each zone of adjacent tensors starts, by its name: `parameters`, `buffers`, `gradients`, optimizer states. */
    readonly zones: Readonly<Record<string, number>>
    /** The names of the optimizer's states, e.g. `momentum`; each is a zone as large as the trained parameters. */
    readonly optimizer: readonly string[]
    /** One element: the sum over the batch's samples of their losses. */
    readonly loss: number
    /** The same of their normalizers, where they have some. */
    readonly normalizer?: number
  }
  /**
   * By name. `predict`; `loss`: evaluation-mode losses, their sum left in `arena[loss]`; `gradient`: training-mode losses, likewise, and
   * the gradients of the mean over the n samples; `commit`: the buffers' new values, from what `gradient` has left in the arena;
   * `initialize`: the start values that depend on data, from the inputs alone; `update`: one optimizer step from the gradients, without
   * `n`. The last three may have no calls.
   */
  readonly programs: Readonly<Record<string, ProgramDescription>>
  readonly sections: readonly SectionDescription[]
  /** The kernels, where they are WebAssembly: then the calls are calls of `kernelsIn(arena)`, and sections are comments alone. */
  readonly wasm?: WasmDescription
  readonly beside?: BesideDescription
  /** In order of first use, for people. */
  readonly kernels: readonly KernelDescription[]
  /** Where functions like exp are the module's own rather than the engine's. */
  readonly math?: 'portable'
  /** Functions of `src/runtime` that the kernels call, e.g. `erf`, and portable ones. */
  readonly helpers: readonly string[]
  /** The base learning rate, before any schedule. */
  readonly learningRate: number
  /** What the optimizer's states mean: those of a module with another one would mean something else. */
  readonly optimizer: string
  /** Where the update makes its steps by them, its calls run over the trained elements from `first` to below `end`. */
  readonly scalars: readonly ScalarDescription[]
  /** Besides the learning rate. */
  readonly carried: readonly CarriedDescription[]
  readonly schedule?: ScheduleDescription
  /** Whether there is a program `hessian`, from the zone `directions` to the zone `products`. */
  readonly hessianProduct?: true
  /** After how many epochs without an improvement by more than so much training ends. */
  readonly patience?: { readonly epochs: number; readonly minimumImprovement: number }
  /** Counted from the graph: floating-point operations of one training step on a full batch, or of a prediction where none is trained. */
  readonly operations: number
  /**
   * Where the gradient computes activations again rather than keep them: the elements that a trainer would need to keep all, and the
   * floating-point operations that a step takes beyond `operations`, counted from the kernels that run twice.
   */
  readonly recomputation?: { readonly storedLength: number; readonly operations: number }
}
