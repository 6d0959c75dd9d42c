import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cosine, linear, milestones, oneCycle, polynomial, step } from '../../src/runtime/schedules.ts'

test('step multiplies by its factor after every so many epochs', () => {
  expect([0, 9, 10, 19, 20, 35].map((epoch) => step(epoch, 10, 0.5))).toEqual([1, 1, 0.5, 0.5, 0.25, 0.125])
})

/** By schedule, PyTorch's learning rate in each epoch, 0.1 at its base: emitted trainers are held against the same rows. */
const { rows } = JSON.parse(readFileSync(new URL('../emit/pytorch.json', import.meta.url), 'utf8')).schedules as {
  readonly rows: Readonly<Record<string, readonly number[]>>
}

describe('a factor times the base rate is PyTorch’s learning rate', () => {
  test.each<[schedule: string, factor: (epoch: number) => number]>([
    ['{ step: 5 }', (epoch) => step(epoch, 5, 0.1)],
    ['{ milestones: [2, 7, 7, 20] }', (epoch) => milestones(epoch, 0.1, 2, 7, 7, 20)],
    ['{ milestones: { epochs: [20, 3], factor: 0.7 } }', (epoch) => milestones(epoch, 0.7, 20, 3)],
    ['{ cosine: { epochs: 7, minimum: 0.02 } }', (epoch) => cosine(epoch, 7, 0.2)],
    ['{ linear: { epochs: 6, start: 0.5, end: 0.1 } }', (epoch) => linear(epoch, 6, 0.5, 0.1)],
    ['{ polynomial: { epochs: 9, power: 2.5 } }', (epoch) => polynomial(epoch, 9, 2.5)],
    ['{ oneCycle: 2 }', (epoch) => oneCycle(epoch, 2)],
    ['{ oneCycle: 3 }', (epoch) => oneCycle(epoch, 3)],
    ['{ oneCycle: 7 }', (epoch) => oneCycle(epoch, 7)],
    ['{ oneCycle: 10 }', (epoch) => oneCycle(epoch, 10)],
  ])('%s', (schedule, factor) => {
    const expected = rows[schedule]!
    expect(expected.length).toBeGreaterThan(0)
    expected.forEach((rate, epoch) => expect(0.1 * factor(epoch), `epoch ${epoch}`).toBeCloseTo(rate, 13))
  })
})

test('one cycle rises from 1/25 of its peak, and stays where it ended', () => {
  expect(oneCycle(0, 10)).toBeCloseTo(1 / 25, 13)
  expect([9, 10, 99].map((epoch) => oneCycle(epoch, 10))).toEqual(Array(3).fill(1 / 25e4))
})
