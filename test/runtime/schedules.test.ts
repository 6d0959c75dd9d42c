import { expect, test } from 'vitest'
import { step } from '../../src/runtime/schedules.ts'

test('step multiplies by its factor after every so many epochs', () => {
  expect([0, 9, 10, 19, 20, 35].map((epoch) => step(epoch, 10, 0.5))).toEqual([1, 1, 0.5, 0.5, 0.25, 0.125])
})
