import type { ModuleDescription, WasmDescription } from '../../src/emit/description.ts'
import { regression } from './regression.ts'

/** At the bytes of element `element` and, `stride` elements apart, of sample $i. */
const at = (element: number, stride = 1) =>
  `(i32.add ${byte(8 * element)} (i32.mul (local.get $i) (i32.const ${8 * stride})))`
const byte = (offset: number) => `(i32.add (local.get $arena) (i32.const ${offset}))`
const load = (element: number) => `(f64.load ${byte(8 * element)})`
const loadAt = (element: number, stride = 1) => `(f64.load ${at(element, stride)})`
const add = (...terms: string[]) => terms.reduce((sum, term) => `(f64.add ${sum} ${term})`)
const times = (a: string, b: string) => `(f64.mul ${a} ${b})`

/** For $i from 0 to below $n. */
const samples = (body: string) => `
    (local.set $i (i32.const 0))
    (block $end
      (loop $next
        (br_if $end (i32.ge_s (local.get $i) (local.get $n)))
        ${body}
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))`

const locals = '(local $i i32) (local $a f64)'

/** The regression's kernels by hand; its update takes two elements at once. */
const wat = `(module
  (import "tapeless" "memory" (memory 1))

  ;; f0 = beta0 + Omega0 x
  (func $predict (export "predict") (param $arena i32) (param $n i32) ${locals}${samples(
    `(f64.store ${at(12)} ${add(times(load(0), loadAt(4, 2)), times(load(1), loadAt(5, 2)), load(2), load(3))})`,
  )})

  ;; l = (f0 - y)^2
  (func $loss (export "loss") (param $arena i32) (param $n i32) ${locals}
    (call $predict (local.get $arena) (local.get $n))${samples(`
        (local.set $a ${`(f64.sub ${loadAt(12)} ${loadAt(16)})`})
        (f64.store ${byte(208)} (f64.add (select (f64.const 0) ${load(26)} (i32.eqz (local.get $i))) (f64.mul (local.get $a) (local.get $a))))`)})

  (func (export "gradient") (param $arena i32) (param $n i32) ${locals}
    (call $loss (local.get $arena) (local.get $n))
    (memory.fill ${byte(160)} (i32.const 0) (i32.const 24))${samples(`
        (local.set $a (f64.mul (f64.div (f64.const 2) (f64.convert_i32_s (local.get $n))) (f64.sub ${loadAt(12)} ${loadAt(16)})))
        (f64.store ${byte(160)} ${add(load(20), times('(local.get $a)', loadAt(4, 2)))})
        (f64.store ${byte(168)} ${add(load(21), times('(local.get $a)', loadAt(5, 2)))})
        (f64.store ${byte(176)} ${add(load(22), '(local.get $a)')})`)})

  ;; v = 0.9 v + g, p = p - learningRate v
  (func (export "update") (param $arena i32) (param $rate f64) (local $v v128) (local $w f64)
    (local.set $v (f64x2.add (f64x2.mul (f64x2.splat (f64.const 0.9)) (v128.load ${byte(184)})) (v128.load ${byte(160)})))
    (v128.store ${byte(184)} (local.get $v))
    (v128.store ${byte(0)}
      (f64x2.sub (v128.load ${byte(0)}) (f64x2.mul (f64x2.splat (local.get $rate)) (local.get $v))))
    (local.set $w ${add(times('(f64.const 0.9)', load(25)), load(22))})
    (f64.store ${byte(200)} (local.get $w))
    (f64.store ${byte(16)} (f64.sub ${load(2)} (f64.mul (local.get $rate) (local.get $w))))))
`

/** The same network as the regression, its kernels in WebAssembly. */
export function wasmRegression(
  placement: WasmDescription['placement'] = 'inline',
  { text = wat, imports = [] }: { readonly text?: string; readonly imports?: readonly string[] } = {},
): ModuleDescription {
  const program = (call: string) => ({ calls: [`kernelsIn(arena).${call}`], uniforms: [] })
  return {
    ...regression,
    programs: {
      ...regression.programs,
      predict: program('predict(arena.byteOffset, n)'),
      loss: program('loss(arena.byteOffset, n)'),
      gradient: program('gradient(arena.byteOffset, n)'),
      update: { ...program('update(arena.byteOffset, state.learningRate)'), uniforms: ['learningRate'] },
    },
    sections: regression.sections.map((section) => ({ ...section, functions: [] })),
    beside: { target: 'wasm', text },
    wasm: { placement, imports, programs: ['predict', 'loss', 'gradient', 'update'] },
  }
}
