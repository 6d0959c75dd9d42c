import type * as Interface from '../runtime/interface.ts'
import type { Model } from '../runtime/interface.ts'
import type { Vector } from '../runtime/types.ts'

export type { Model, Vector }

/** A trainer, of a module that may have derivatives by inputs. */
export interface Trainer extends Interface.Trainer {
  readonly inputGradient?: Vector | Readonly<Record<string, Vector>>
}

/** Where the kernels' binary is a file of its own, it is among the options. */
export type Options = Interface.Options & { readonly wasm?: object | undefined }

/** An emitted module, of any network. */
export interface Emitted {
  readonly network: Readonly<Record<string, unknown>> & {
    readonly batch: number
    readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[]
  }
  createModel(options?: Options): Model
  createTrainer(options?: Options): Trainer
}

/** Runs the TypeScript text of an emitted module, as a host can. */
export type Instantiate = (text: string) => Promise<Emitted>
