import type { Problem } from './contenders/contract.ts'
import type { Burst } from './runner.ts'

/**
 * How the measuring process talks to a contender's: one JSON value a line, an answer to each request, in any language.
 * The process ends when its standard input does.
 */
export type Request =
  /** Build the problem and take `check` steps. */
  | { prepare: Problem; check: number }
  /** Take just so many steps. */
  | { steps: number }
  /** Take steps for about so many milliseconds. */
  | { burst: number }

export type Answer = { losses: number[] } | Burst | { unsupported: string } | { error: string }

/** A request's arrays, as base64 of their little-endian bytes: millions of numbers are read in no time. */
interface EncodedArray {
  float32: string
}

export function encode(request: Request): string {
  return JSON.stringify(request, (_, value: unknown): unknown =>
    value instanceof Float32Array
      ? ({ float32: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') } as EncodedArray)
      : value,
  )
}

export function decode(line: string): Request {
  return JSON.parse(line, (_, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || !('float32' in value)) return value
    return new Float32Array(Uint8Array.from(Buffer.from((value as EncodedArray).float32, 'base64')).buffer)
  }) as Request
}
