import { expect, test } from 'vitest'
import { axisIndex, combine, constantIndex } from '../../src/loops/notation/affine.ts'
import { checkPrograms } from '../../src/loops/memory/check.ts'
import type { Affine, Axis, Buffer, Kernel, Scalar } from '../../src/loops/notation/kernel.ts'
import type { MemoryPlan } from '../../src/loops/memory/plan.ts'

const b: Axis = { label: 'b', extent: 'batch' }
const i: Axis = { label: 'i', extent: 3 }
const row = (step = 3): Affine => combine(0, [axisIndex(b), axisIndex(i)], [step, 1])

const buffer = (name: string): Buffer => ({ name, role: 'activation', batched: true, size: 3 })
const source: Buffer = { ...buffer('source'), role: 'input' }
const target = buffer('target')

const read = (from: Buffer, address: Affine): Scalar => ({ kind: 'read', access: { buffer: from, address } })
const one: Scalar = { kind: 'literal', value: 1 }
const kernel = (value: Scalar, address: Affine, parallel: readonly Axis[] = [b, i]): Kernel => ({
  parallel,
  stages: [{ kind: 'write', over: [], target: { buffer: target, address }, value, mode: 'store' }],
  sequential: [],
  purpose: { kind: 'compute', nodes: [] },
})

function plan(targetOffset: number): MemoryPlan {
  const offsets = new Map([
    [source, 0],
    [target, targetOffset],
  ])
  return { capacity: 4, offsets, firstLength: 24, length: 24 }
}

const check = (kernels: readonly Kernel[], memory = plan(12), results = [target]) =>
  checkPrograms([{ steps: kernels, results }], memory)

test('kernels that keep the rules pass', () => {
  check([kernel(read(source, row()), row())])
  check([kernel(one, row()), kernel(read(target, row()), row())]) // in place, at the same index
})

test('an access outside its buffer is found, on either side, in padding too', () => {
  const shifted = (by: number) => combine(by, [row()], [1])
  expect(() => check([kernel(read(source, shifted(1)), row())])).toThrow('reaches 1 to 12 of source')
  expect(() => check([kernel(read(source, shifted(-1)), row())])).toThrow('reaches -1 to 10 of source')
  expect(() => check([kernel(read(source, row()), row(4))])).toThrow('reaches 0 to 14 of target')
})

test('an axis that no loop runs over is found', () => {
  expect(() => check([kernel(read(source, row()), combine(0, [axisIndex(b)], [3]), [b])])).toThrow(
    'uses i outside its loop',
  )
})

test('two indices that write the same element are found', () => {
  expect(() => check([kernel(one, row(2))])).toThrow('writes an element twice')
  expect(() => check([kernel(one, combine(0, [axisIndex(b)], [3]))])).toThrow('writes an element twice')
  expect(() => check([kernel(one, constantIndex(0))])).toThrow('writes an element twice')
})

test('an update in place that reads another element is found', () => {
  const reversed = combine(2, [axisIndex(b), axisIndex(i)], [3, -1])
  expect(() => check([kernel(read(target, reversed), row())])).toThrow('overwrites target while reading it')
})

test('an activation that is read before it is written is found', () => {
  expect(() => check([kernel(read(target, row()), row())])).toThrow('reads target before it is written')
})

test('buffers that overlap while both are needed are found', () => {
  const copy = kernel(read(source, row()), row())
  expect(() => check([copy], plan(11))).toThrow('source and target overlap in memory while both are needed')
  expect(() => check([copy], plan(0))).toThrow('overlap in memory')
})
