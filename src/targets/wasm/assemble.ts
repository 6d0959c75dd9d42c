import { Fault } from '../../base/fault.ts'
import type { AssembleOptions } from '../target.ts'

/** A package is needed that isn't installed. */
export class MissingPackageError extends Error {
  override name = 'MissingPackageError'
}

/**
 * The binary of a WebAssembly module given as text, for engines that have SIMD.
 * @throws MissingPackageError without binaryen; Fault, with the place in the text, where that isn't valid.
 */
export async function assemble(wat: string, { optimize = false }: AssembleOptions = {}): Promise<Uint8Array> {
  const { binaryen, said } = await (loaded ??= load())
  const module = parse(binaryen, wat)
  try {
    const { SIMD128, BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SignExt } = binaryen.Features
    // What every engine with SIMD has; what is newer would keep some from reading the file.
    module.setFeatures(SIMD128 | BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SignExt)
    const complaints = said(() => module.validate())
    if (complaints.length > 0) throw new Fault(`The kernels aren't valid WebAssembly.\n${complaints.join('\n')}`)
    if (optimize) {
      binaryen.setOptimizeLevel(3)
      binaryen.setShrinkLevel(0)
      module.optimize()
    }
    return module.emitBinary()
  } finally {
    module.dispose()
  }
}

type Binaryen = typeof import('binaryen').default

interface Assembler {
  readonly binaryen: Binaryen
  /** The lines on standard error of what runs meanwhile; never none if it gives 0. */
  readonly said: (action: () => number) => string[]
}

let loaded: Promise<Assembler> | undefined

/** Binaryen keeps the `console.error` that it finds when it is loaded: it gets one that we can listen to. */
async function load(): Promise<Assembler> {
  const { error } = console
  let lines: string[] | undefined
  const heard = (...words: unknown[]): void => void (lines ? lines.push(words.join(' ')) : error.apply(console, words))
  console.error = heard
  try {
    const { default: binaryen } = await import('binaryen')
    const said = (action: () => number): string[] => {
      const caught: string[] = (lines = [])
      try {
        return action() === 0 && caught.length === 0 ? ['No reason was given.'] : caught
      } finally {
        lines = undefined
      }
    }
    return { binaryen, said }
  } catch (cause) {
    loaded = undefined
    const wanted = 'the WebAssembly target needs the package binaryen: npm install --save-dev binaryen'
    const isMissing = /MODULE_NOT_FOUND$/.test((cause as NodeJS.ErrnoException).code ?? '')
    throw isMissing ? new MissingPackageError(wanted, { cause }) : cause
  } finally {
    if (console.error === heard) console.error = error
  }
}

/** Binaryen throws objects whose message starts with the line, from 1, and the column: `3:18: error: …`. */
function parse(binaryen: Binaryen, wat: string): ReturnType<Binaryen['parseText']> {
  try {
    return binaryen.parseText(wat)
  } catch (error) {
    const { message } = error as { readonly message: string }
    const line = wat.split('\n')[Number.parseInt(message) - 1]
    throw new Fault(`The kernels' text isn't WebAssembly: ${message}\n${line ?? ''}`)
  }
}
