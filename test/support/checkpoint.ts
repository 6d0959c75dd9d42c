import { decode, encode } from '../../src/runtime/safetensors.ts'
import { sizeOf } from '../../src/runtime/tensors.ts'

/** What a safetensors file of F32 and F64 tensors holds. */
export interface Content {
  /** What tapeless wrote beside the tensors. */
  readonly numbers: Readonly<Record<string, unknown>>
  readonly tensors: Readonly<Record<string, Float64Array>>
}

export function contentOf(file: Uint8Array): Content {
  const { numbers = {}, entries } = decode(file)
  const values = Object.entries(entries).map(([name, { shape, read }]) => [
    name,
    new Float64Array(sizeOf(shape)).map((_, i) => read!(i)),
  ])
  return { numbers, tensors: Object.fromEntries(values) as Content['tensors'] }
}

/** The same file with other numbers, without the tensors that are dropped. */
export function edited(
  file: Uint8Array,
  change: (numbers: Content['numbers']) => object | undefined,
  drop: (name: string) => boolean = () => false,
): Uint8Array {
  const { entries } = decode(file)
  const { numbers, tensors } = contentOf(file)
  const kept = Object.entries(tensors).filter(([name]) => !drop(name))
  return encode(
    kept.map(([name, view]) => ({ name, shape: entries[name]!.shape, view, optional: false })),
    change(numbers),
  )
}
