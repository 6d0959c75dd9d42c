import { describe, expect, test } from 'vitest'
import { assemble } from '../../../src/targets/wasm/assemble.ts'
import { end, gap, get, i32, lines, memory, printWat, set, type Wat } from '../../../src/targets/wasm/wat.ts'

describe('printWat', () => {
  test('indents by open parentheses, and sets functions apart', () => {
    const loop: Wat = [
      'loop',
      '$next',
      ...lines([
        ['call', '$g', get('n')],
        ['br', '$next'],
      ]),
    ]
    const module: Wat = [
      'module',
      { line: ['import', '"tapeless"', '"memory"', ['memory', '1']] },
      { comment: 'f = (a' },
      { line: ['func', '$f', ['param', '$n', 'i32'], { line: loop }, end] },
      gap,
      { comment: 'g' },
      { line: ['func', '$g', ['param', '$n', 'i32']] },
      gap,
      { line: ['func', ['export', '"h"'], { line: ['call', '$f', { line: i32(1) }] }] },
      end,
    ]
    expect(printWat(module)).toBe(`(module
  (import "tapeless" "memory" (memory 1))
  ;; f = (a
  (func $f (param $n i32)
    (loop $next
      (call $g (local.get $n))
      (br $next))
  )

  ;; g
  (func $g (param $n i32))

  (func (export "h")
    (call $f
      (i32.const 1)))
)`)
  })

  test('sets parentheses that begin a line below the outermost list that they close', () => {
    const choice: Wat = ['if', get('n'), ['then', { line: ['call', '$g'] }, end]]
    expect(printWat(['func', ...lines([choice, choice])])).toBe(`(func
  (if (local.get $n) (then
      (call $g)
  ))
  (if (local.get $n) (then
      (call $g)
)))`)
  })

  test('leaves nothing on empty lines', () => {
    expect(printWat(['func', ...lines(['nop']), gap, ...lines(['return'])])).toBe('(func\n  nop\n\n  return)')
  })

  test('ends no list within a comment', () => {
    expect(printWat(['module', { line: ['func', { comment: 'nothing' }] }])).toBe(
      '(module\n  (func\n    ;; nothing\n))',
    )
  })
})

describe('an instruction on memory', () => {
  test.each<readonly [offset: number, lane: number | undefined, printed: string]>([
    [0, undefined, '(op (local.get $at) (local.get $x))'],
    [12, undefined, '(op offset=12 (local.get $at) (local.get $x))'],
    [0, 1, '(op 1 (local.get $at) (local.get $x))'],
    [12, 1, '(op offset=12 1 (local.get $at) (local.get $x))'],
  ])('with offset %i and lane %s', (offset, lane, printed) => {
    expect(printWat(memory('op', { offset, address: get('at') }, [get('x')], lane))).toBe(printed)
  })

  test('is one that the assembler takes, whatever the address is', async () => {
    const place = { offset: 8, address: ['i32.add', get('at'), i32(4)] }
    const load = memory('v128.load32_lane', place, [get('x')], 3)
    const store = memory('v128.store32_lane', place, [get('x')], 3)
    const parameters: Wat[] = [
      ['param', '$at', 'i32'],
      ['param', '$x', 'v128'],
    ]
    const code = lines([
      ['memory', '1'],
      ['func', ...parameters, ...lines([set('x', load), store])],
    ])
    expect((await assemble(printWat(['module', ...code]))).length).toBeGreaterThan(0)
  })
})
