import { expected } from './expected.ts'
import { wasmBase64, hostFunctions, wasmIdentity, largestBatch, network, Elements } from './module.ts'
import { shown } from './shown.ts'
import type { Vector } from './types.ts'

/*
 * Modules whose kernels are WebAssembly: models' arenas lie side by side in its memories. All of it is optional.
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

/** The WebAssembly module's exports: a function for each program that isn't empty. Each takes first where the arena begins. */
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

/** A memory with room for further arenas. */
interface Filling {
  readonly buffer: ArrayBuffer
  readonly exports: Kernels
  /** Where the next arena begins, in bytes. */
  end: number
}

let filling: Filling | undefined

/** How many arenas the next memory is for. */
let room = 1

/**
 * Makes an arena of `length` zeros, and kernels that work there. An engine has few memories, 125 in a page of Chromium, and one that grows
 * takes the views of it away: so a memory is for one arena first, and then for twice as many each time, up to 64 MiB. No room is used a
 * second time, as views of it may be held; a memory goes with the last of its arenas. Error: there is none left.
 */
export function arenaFor(module: object, length: number): Vector {
  const bytes = Math.ceil((length * Elements.BYTES_PER_ELEMENT) / 64) * 64
  if (!filling || filling.end + bytes > filling.buffer.byteLength) filling = memoryFor(module, bytes)
  const { buffer, exports } = filling
  const arena = new Elements(buffer, filling.end, length)
  kernels.set(arena, exports)
  filling.end += bytes
  if (filling.end + bytes > buffer.byteLength) filling = undefined
  return arena
}

/** A new memory for arenas of so many bytes: for one alone where there isn't room for more. */
function memoryFor(module: object, bytes: number): Filling {
  let cause: unknown
  for (const count of [room, 1]) {
    try {
      makeScratch(module)
      const { buffer, exports } = instanceIn(module, Math.max(bytes, Math.min(bytes * count, 2 ** 26)))
      room *= 2
      return { buffer, exports: exports as Kernels, end: 0 }
    } catch (error) {
      cause = error
    }
  }
  throw new Error(`${network.name}: no memory for another model: let go of models, and of their arrays`, { cause })
}

/** The kernels in a memory of at least so many bytes. */
function instanceIn(module: object, bytes: number): { readonly buffer: ArrayBuffer; readonly exports: object } {
  const pages = Math.ceil(bytes / 65536)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const { exports } = new WebAssembly.Instance(module, { tapeless: { memory, ...hostFunctions } })
  return { buffer: memory.buffer, exports }
}

/** A memory for numbers, and whether none of them is NaN or infinite in so many bytes; it looks at vectors, and so at a few more. */
interface Scratch {
  readonly numbers: Vector
  readonly exports: { areFinite(bytes: number): number }
}

let scratch: Scratch | undefined

/** Makes the memory where `areFinite` looks, once. It is none of the models', which would have to stay for it. Optional. */
export function makeScratch(module: object): void {
  if (scratch) return
  const { buffer, exports } = instanceIn(module, largestBatch * Elements.BYTES_PER_ELEMENT)
  scratch = { numbers: new Elements(buffer), exports: exports as Scratch['exports'] }
}

/**
 * Whether no number is NaN or infinite: a kernel looks at copies of them, in half the time of a sum. It may be false for finite ones, behind
 * which lies what was copied before. Optional.
 */
export function areFinite(values: Vector): boolean {
  const { numbers, exports } = scratch!
  const { length } = numbers
  for (let start = 0; start < values.length; start += length) {
    // A view would be an object: a step, which has no more than a batch, makes none.
    const part = values.length > length ? values.subarray(start, start + length) : values
    numbers.set(part)
    if (!exports.areFinite(part.byteLength)) return false
  }
  return true
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
    return expected(`wasm: ${network.name}.wasm as a WebAssembly.Module`, shown(wasm, 'wasm'), TypeError)
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
