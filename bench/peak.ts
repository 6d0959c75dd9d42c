import { assemble } from '../src/targets/wasm/assemble.ts'

/** Multiplications and additions that wait for nothing but themselves: enough to fill both units of today's processors. */
const accumulators = 13
const lanes = 4
const repetitions = 4
const turns = 20_000

const lines = (count: number, line: (k: number) => string) =>
  Array.from({ length: count }, (_, k) => line(k)).join('\n')

/** Node.js has it; its types here don't. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: { readonly run: Run } }
}

type Run = (turns: number, factor: number, term: number) => number

/** Each a ← a × factor + term, in registers; `turns` of the loop, and the sum so that nothing can be left out. */
const text = `(module (func (export "run") (param $turns i32) (param $factor f32) (param $term f32) (result f32)
  (local $f v128) (local $t v128)
  ${lines(accumulators, (k) => `(local $a${k} v128)`)}
  (local.set $f (f32x4.splat (local.get $factor)))
  (local.set $t (f32x4.splat (local.get $term)))
  ${lines(accumulators, (k) => `(local.set $a${k} (f32x4.splat (f32.const ${k})))`)}
  (loop $again
    ${lines(repetitions * accumulators, (k) => {
      const a = `$a${k % accumulators}`
      return `(local.set ${a} (f32x4.add (f32x4.mul (local.get ${a}) (local.get $f)) (local.get $t)))`
    })}
    (br_if $again (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
  ${lines(accumulators - 1, (k) => `(local.set $a0 (f32x4.add (local.get $a0) (local.get $a${k + 1})))`)}
  (f32x4.extract_lane 0 (local.get $a0))))`

/**
 * Returns what measures, over about so many milliseconds, how many floating-point operations this machine does in a
 * nanosecond (so GFLOP/s): multiplications and additions of 128-bit vectors of f32 on one core, without loads or stores.
 */
export async function peakMeter(): Promise<(milliseconds: number) => number> {
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(await assemble(text))).exports
  const operations = turns * repetitions * accumulators * 2 * lanes
  const measure = (milliseconds: number) => {
    const start = performance.now()
    let [done, elapsed] = [0, 0]
    while (elapsed < milliseconds) {
      run(turns, 0.5, 1)
      done += operations
      elapsed = performance.now() - start
    }
    return done / elapsed / 1e6
  }
  // Until the engine has optimised it.
  measure(500)
  return measure
}
