import { expected } from './expected.ts'
import { wasmBase64, hostFunctions, wasmIdentity, network, Elements } from './module.ts'
import type { Vector } from './types.ts'

/*
 * Modules whose kernels are WebAssembly: each model's arena is the memory of its own instance. All of it is optional.
 */

/** The part of the platform's WebAssembly that is used here: the language's own library has no types of it. */
declare const WebAssembly: {
  readonly Module: {
    new (bytes: Uint8Array): object
    customSections(module: object, name: string): ArrayBuffer[]
  }
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
  validate(bytes: Uint8Array): boolean
}

/** Decodes base64. */
declare const atob: (text: string) => string

/** The WebAssembly module's exports: a function for each program that isn't empty. */
export interface Kernels {
  predict(...numbers: number[]): void
  loss(...numbers: number[]): void
  gradient(...numbers: number[]): void
  commit(...numbers: number[]): void
  initialize(...numbers: number[]): void
  norm(...numbers: number[]): void
  update(...numbers: number[]): void
}

/** The kernels of each arena, which live as long as it does. */
const kernels = new WeakMap<Vector, Kernels>()

/** The kernels that work in this arena. */
export function kernelsIn(arena: Vector): Kernels {
  return kernels.get(arena)!
}

/** Makes an arena of `length` zeros in a memory of its own, and kernels that work there. */
export function arenaFor(module: object, length: number): Vector {
  const pages = Math.ceil((length * Elements.BYTES_PER_ELEMENT) / 65536)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const arena = new Elements(memory.buffer, 0, length)
  kernels.set(arena, new WebAssembly.Instance(module, { tapeless: { memory, ...hostFunctions } }).exports as Kernels)
  return arena
}

let compiled: object | undefined

/** The WebAssembly module in this text, compiled when it is first needed. Error: the engine can't or mustn't compile it. */
export function compiledOnce(): object {
  if (compiled) return compiled
  const bytes = Uint8Array.from(atob(wasmBase64), (character) => character.charCodeAt(0))
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(bytes)) refuseEngine()
  try {
    return (compiled = new WebAssembly.Module(bytes))
  } catch (cause) {
    throw new Error(
      `${network.name}: no WebAssembly can be compiled from bytes here. Allow it, in a content security policy by ` +
        "'wasm-unsafe-eval', or generate with emit: { wasm: file } or --target typescript",
      { cause },
    )
  }
}

/** The WebAssembly module in the options. TypeError: there is none. RangeError: it wasn't generated with this text. */
export function givenModule({ wasm }: { readonly wasm?: object } = {}): object {
  if (typeof WebAssembly === 'undefined') refuseEngine()
  let sections: ArrayBuffer[]
  try {
    sections = WebAssembly.Module.customSections(wasm!, 'tapeless')
  } catch {
    return expected(`wasm: ${network.name}.wasm as a WebAssembly.Module`, typeof wasm, TypeError)
  }
  const found = sections.map((section) => String.fromCharCode(...new Uint8Array(section))).join()
  return found === wasmIdentity
    ? wasm!
    : expected(`wasm: ${wasmIdentity}, the file generated with this one`, found || 'another')
}

function refuseEngine(): never {
  throw new Error(
    `${network.name} needs WebAssembly with SIMD, which this engine lacks: use tapeless generate --target typescript`,
  )
}
