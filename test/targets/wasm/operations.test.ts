import { expect, test } from 'vitest'
import { Functions } from '../../../src/targets/wasm/functions.ts'
import { simd, type Instructions } from '../../../src/targets/wasm/operations.ts'
import { get, printWat } from '../../../src/targets/wasm/wat.ts'

test("a feature's rows stand in place of others, and see the instructions that are their operands", () => {
  const fused: Instructions = {
    add: (kind, a, b) =>
      typeof a === 'object' && a[0] === `${kind}.mul`
        ? [`${kind}.relaxed_madd`, ...a.slice(1), b]
        : [`${kind}.add`, a, b],
  }
  const { apply } = new Functions({ ...simd, ...fused })
  const [x, y, z] = [get('x'), get('y'), get('z')]
  const product = apply('multiply', 'f32x4', [x, y])
  expect(printWat(apply('add', 'f32x4', [product, z]))).toBe(
    '(f32x4.relaxed_madd (local.get $x) (local.get $y) (local.get $z))',
  )
  expect(printWat(apply('add', 'f32x4', [z, product]))).toBe(
    '(f32x4.add (local.get $z) (f32x4.mul (local.get $x) (local.get $y)))',
  )
})
