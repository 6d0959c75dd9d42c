import { expect, test } from 'vitest'
import { indent } from '../../../src/targets/wasm/indent.ts'

test('indents by open parentheses, those of comments apart, and sets functions apart', () => {
  const lines = [
    '(module',
    '(import "tapeless" "memory" (memory 1))',
    ';; f = (a',
    '(func $f (param $n i32)',
    '(loop $next',
    '(call $g (local.get $n)) ;; (b',
    '(br $next))',
    ')',
    ';; g',
    '(func $g (param $n i32))',
    '(func (export "h")',
    '(call $f',
    '(i32.const 1)))',
    ')',
  ]
  expect(indent(lines.join('\n'))).toBe(`(module
  (import "tapeless" "memory" (memory 1))
  ;; f = (a
  (func $f (param $n i32)
    (loop $next
      (call $g (local.get $n)) ;; (b
      (br $next))
  )

  ;; g
  (func $g (param $n i32))

  (func (export "h")
    (call $f
      (i32.const 1)))
)`)
})
