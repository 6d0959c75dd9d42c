import { transform } from 'esbuild'
import { compile, type CompileOptions } from '../../src/compile.ts'
import { loadNetwork } from '../../src/spec/network.ts'
import { readSpecText } from '../../src/spec/read.ts'

type Data = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>
type Views = Readonly<Record<string, Float32Array | Float64Array>>

export interface Model {
  readonly parameters: Views
  readonly buffers: Views
  predict(x: Data): Float32Array | Float64Array
  save(): Uint8Array
  load(bytes: Uint8Array): void
}

export interface Trainer extends Model {
  readonly gradients: Views
  readonly inputGradient?: Float32Array | Float64Array | Views
  readonly epoch: number
  learningRate: number
  loss(x: Data, y: Data): number
  gradient(x: Data, y: Data): number
  step(x: Data, y: Data): number
  nextEpoch(metric?: number): void
  fit(x: Data, y: Data, options?: object): Generator<{ readonly loss: number }, void, undefined>
}

export interface Emitted {
  readonly network: {
    readonly batch: number
    readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[]
  }
  createModel(options?: object): Model
  createTrainer(options?: object): Trainer
}

/** Compiles a spec, and imports its module. */
export async function emitted(spec: string, options?: CompileOptions): Promise<Emitted> {
  const network = await loadNetwork(readSpecText({ file: 'test.net.yaml', text: spec }))
  return importText((await compile(network, 'test.net.yaml', options)).text)
}

/** Imports a module from its TypeScript text. */
export async function importText(text: string): Promise<Emitted> {
  const { code } = await transform(text, { loader: 'ts', format: 'esm' })
  return (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as Emitted
}
