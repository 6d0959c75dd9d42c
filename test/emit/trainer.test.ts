import { beforeAll, describe, expect, test } from 'vitest'
import type { Report, Trainer } from '../../src/runtime/interface.ts'
import { permutation } from '../../src/runtime/shuffle.ts'
import { importModule, type ImportedModule } from './import.ts'
import { regression } from './regression.ts'

let plain: ImportedModule
let scheduled: ImportedModule
beforeAll(async () => {
  plain = await importModule(regression)
  scheduled = await importModule({ ...regression, schedule: { function: 'step', arguments: [2, 0.5] } })
})

/** 10 samples: two whole batches and half a one. */
const x = Float64Array.from({ length: 20 }, (_, i) => Math.sin(7 * i))
const y = Float64Array.from({ length: 10 }, (_, i) => 3 * x[2 * i]! - x[2 * i + 1]! + 1)

/** Everything that a caller can see of a trainer, apart from its gradients. */
const visible = (trainer: Trainer) => Buffer.from(trainer.save()).toString('base64')

/** The same regression in plain arithmetic: w1, w2, b and their velocities. */
class Reference {
  readonly weights: number[]
  readonly velocities = [0, 0, 0]
  constructor(trainer: Trainer) {
    this.weights = [...trainer.parameters['linear0.weight']!, ...trainer.parameters['linear0.bias']!]
  }
  gradient(rows: readonly number[]): { loss: number; gradient: number[] } {
    const gradient = [0, 0, 0]
    let loss = 0
    for (const row of rows) {
      const features = [x[2 * row]!, x[2 * row + 1]!, 1]
      const error = features.reduce((sum, feature, i) => sum + feature * this.weights[i]!, 0.25) - y[row]!
      loss += error ** 2 / rows.length
      for (const i of [0, 1, 2]) gradient[i]! += (2 / rows.length) * error * features[i]!
    }
    return { loss, gradient }
  }
  step(rows: readonly number[], learningRate: number): number {
    const { loss, gradient } = this.gradient(rows)
    for (const i of [0, 1, 2]) {
      this.velocities[i] = 0.9 * this.velocities[i]! + gradient[i]!
      this.weights[i]! -= learningRate * this.velocities[i]!
    }
    return loss
  }
}
const rows = (from: number, below: number) => Array.from({ length: below - from }, (_, i) => from + i)
const expectClose = (got: Iterable<number>, expected: readonly number[]) => {
  for (const [i, value] of [...got].entries()) expect(value).toBeCloseTo(expected[i]!, 12)
}

describe('gradient', () => {
  test('returns the mean loss, fills the gradients and changes nothing else', () => {
    const trainer = plain.createTrainer()
    trainer.step(x.subarray(0, 8), y.subarray(0, 4))
    const reference = new Reference(trainer)
    const before = visible(trainer)
    for (const count of [1, 3, 4]) {
      const { loss, gradient } = reference.gradient(rows(0, count))
      expect(trainer.gradient(x.subarray(0, 2 * count), y.subarray(0, count))).toBeCloseTo(loss, 12)
      expectClose([...trainer.gradients['linear0.weight']!, ...trainer.gradients['linear0.bias']!], gradient)
    }
    expect(visible(trainer)).toBe(before)
    expect(Object.keys(trainer.gradients)).toEqual(['linear0.weight', 'linear0.bias'])
  })
})

describe('step', () => {
  test('updates once and returns the loss before', () => {
    const trainer = plain.createTrainer()
    const reference = new Reference(trainer)
    for (const [from, below] of [
      [0, 4],
      [4, 8],
      [8, 10],
      [3, 4],
    ] as const) {
      const loss = trainer.step([...x.subarray(2 * from, 2 * below)], y.subarray(from, below))
      expect(loss).toBeCloseTo(reference.step(rows(from, below), 0.05), 12)
    }
    expectClose([...trainer.parameters['linear0.weight']!, ...trainer.parameters['linear0.bias']!], reference.weights)
    expect(trainer.epoch).toBe(0)
  })

  test('works with the learning rate that was set', () => {
    const trainer = plain.createTrainer()
    const before = [...trainer.parameters['linear0.weight']!]
    trainer.learningRate = 0
    trainer.step(x.subarray(0, 8), y.subarray(0, 4))
    expect([...trainer.parameters['linear0.weight']!]).toEqual(before)
  })
})

describe('rejected calls', () => {
  const batch = [x.subarray(0, 8), y.subarray(0, 4)] as const
  test.each([
    ['no samples', [], [], RangeError, 'regression: expected 1 sample or more, got 0'],
    [
      'more samples than a batch',
      x.subarray(0, 10),
      y.subarray(0, 5),
      RangeError,
      'regression: expected at most 4 samples, the train.batch of its spec, got 5: fit takes any number',
    ],
    [
      'fewer targets',
      x.subarray(0, 8),
      y.subarray(0, 3),
      RangeError,
      'y: a flat array, a number a sample, 4 in all, got 3',
    ],
    ['parts of samples', x.subarray(0, 7), y.subarray(0, 4), RangeError, 'x: a flat array, 2 numbers a sample, got 7'],
    ['nested arrays', [[1, 2]], [1], TypeError, 'got an Array at x[0], place 0 of sample 0: write x.flat()'],
    ['nested targets', [1, 2], [[1]], TypeError, 'y: a flat array, a number a sample, 1 in all, got an Array at y[0]'],
    ['no targets', [1, 2], undefined, TypeError, 'y: a flat array, a number a sample, 1 in all, got undefined'],
    ['NaN in x', Float64Array.of(1, 2, 3, NaN), [1, 2], RangeError, 'got NaN at x[3], place 1 of sample 1'],
    ['what is infinite in y', [1, 2, 3, 4], [1, -Infinity], RangeError, 'got -Infinity at y[1], place 0 of sample 1'],
  ])('%s change nothing', (_, badX, badY, error, message) => {
    const trainer = plain.createTrainer()
    trainer.step(...batch)
    trainer.gradient(...batch)
    const before = visible(trainer)
    const gradients = [...trainer.gradients['linear0.weight']!]
    for (const call of [trainer.step, trainer.gradient]) {
      expect(() => call(badX as never, badY as never)).toThrow(error)
      expect(() => call(badX as never, badY as never)).toThrow(message)
    }
    expect(visible(trainer)).toBe(before)
    expect([...trainer.gradients['linear0.weight']!]).toEqual(gradients)
  })

  test.each([
    ['no samples', [], [], {}, RangeError],
    ['unequal samples', x, y.subarray(1), {}, RangeError],
    ['nested arrays', [[1, 2]], [1], {}, TypeError],
    ['a part of an epoch', x, y, { epochs: 1.5 }, RangeError],
    ['a number of epochs as text', x, y, { epochs: '3' }, TypeError],
    ['a negative number of epochs', x, y, { epochs: -1 }, RangeError],
    ['nested validation samples', x, y, { validation: { x: [[1, 2]], y: [1] } }, TypeError],
    ['no validation samples', x, y, { validation: { x: [], y: [] } }, RangeError],
    ['NaN in validation samples', x, y, { validation: { x: [1, NaN], y: [1] } }, RangeError],
    ['names of validation samples that there are not', x, y, { validation: { x, y, z: 1 } }, TypeError],
    ['NaN in the last sample', Float64Array.from(x).fill(NaN, 19), y, {}, RangeError],
  ])('fit and epochs with %s throw at once', (_, badX, badY, options, error) => {
    const trainer = plain.createTrainer()
    const before = visible(trainer)
    for (const call of [trainer.fit, trainer.epochs]) {
      expect(() => call(badX as never, badY as never, options as never)).toThrow(error)
    }
    expect(visible(trainer)).toBe(before)
  })

  test.each([
    ['epoch', { epoch: 3 }, 'epochs, '],
    ['shuffel', { epochs: 1, shuffel: false }, 'shuffle, '],
    ['vallidation', { vallidation: { x, y } }, 'validation, '],
    ['Epochs', { validation: { x, y }, Epochs: 1 }, ''],
  ])(
    'fit and epochs with an option %s throw when they are called, with the nearest first',
    (name, options, nearest) => {
      const trainer = plain.createTrainer()
      const before = visible(trainer)
      for (const call of [trainer.fit, trainer.epochs]) {
        expect(() => call(x, y, options as never)).toThrow(TypeError)
        expect(() => call(x, y, options as never)).toThrow(`regression: expected options: a record of ${nearest}`)
        expect(() => call(x, y, options as never)).toThrow(`, got ${name}`)
      }
      expect(visible(trainer)).toBe(before)
    },
  )

  test('epochs calls no onEpoch', () => {
    const trainer = plain.createTrainer()
    expect(() => trainer.epochs(x, y, { onEpoch: () => {} } as never)).toThrow(
      new TypeError('regression: expected options: a record of epochs, shuffle, validation, got onEpoch'),
    )
  })

  test('writing to a name of the views throws', () => {
    const trainer = plain.createTrainer()
    for (const views of [trainer.parameters, trainer.buffers, trainer.gradients] as Record<string, unknown>[])
      for (const name of [...Object.keys(views), 'other']) expect(() => (views[name] = [1, 2])).toThrow(TypeError)
  })

  test.each([3, 0, '', 'epochs', true, null, () => 3])('fit and epochs with %s for options throw', (options) => {
    const trainer = plain.createTrainer()
    const before = visible(trainer)
    for (const call of [trainer.fit, trainer.epochs]) expect(() => call(x, y, options as never)).toThrow(TypeError)
    expect(visible(trainer)).toBe(before)
  })

  test('options that are undefined are as if they were not there', () => {
    const options = { epochs: undefined, shuffle: undefined, validation: undefined, onEpoch: undefined }
    const [one, other] = [plain.createTrainer(), plain.createTrainer()]
    expect(one.fit(x, y, options as never)).toEqual(other.fit(x, y))
  })

  test.each([false, 3, 'log', null])('fit with %j as onEpoch throws before it trains', (onEpoch) => {
    const trainer = plain.createTrainer()
    expect(() => trainer.fit(x, y, { onEpoch: onEpoch as never })).toThrow(TypeError)
    expect(() => trainer.fit(x, y, { onEpoch: onEpoch as never })).toThrow(
      'regression: expected onEpoch: a function, got ',
    )
    expect(trainer.epoch).toBe(0)
  })

  test.each([-1, NaN, Infinity, '0.1', undefined])('a learning rate of %s is refused', (value) => {
    const trainer = plain.createTrainer()
    expect(() => (trainer.learningRate = value as never)).toThrow(typeof value === 'number' ? RangeError : TypeError)
    expect(trainer.learningRate).toBe(0.05)
  })
})

describe('nextEpoch', () => {
  test('counts epochs and advances the schedule, which sets the learning rate again', () => {
    const trainer = scheduled.createTrainer()
    const rates = Array.from({ length: 6 }, () => {
      const { learningRate } = trainer
      trainer.nextEpoch(1)
      return learningRate
    })
    expect(rates).toEqual([0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125])
    expect(trainer.epoch).toBe(6)
    trainer.learningRate = 1
    expect(trainer.learningRate).toBe(1)
    trainer.nextEpoch()
    expect(trainer.learningRate).toBe(0.05 / 8)
  })

  test('leaves the learning rate alone without a schedule', () => {
    const trainer = plain.createTrainer()
    trainer.learningRate = 0.01
    trainer.nextEpoch()
    expect(trainer.learningRate).toBe(0.01)
    expect(trainer.epoch).toBe(1)
  })
})

describe('epochs', () => {
  test('takes the batches of each epoch in the shuffled order, and reports after nextEpoch', () => {
    const trainer = scheduled.createTrainer({ seed: 5 })
    const reference = new Reference(trainer)
    let epochs = 0
    for (const report of trainer.epochs(x, [...y], { epochs: 4 })) {
      const order = [...permutation(10, 5, epochs)]
      const learningRate = 0.05 * 0.5 ** Math.floor(epochs / 2)
      const sum = [0, 4, 8].reduce((total, start) => {
        const batch = order.slice(start, start + 4)
        return total + batch.length * reference.step(batch, learningRate)
      }, 0)
      expect(report).toEqual({ epoch: epochs, loss: expect.closeTo(sum / 10, 12), learningRate })
      expect(trainer.epoch).toBe(++epochs)
    }
    expect(epochs).toBe(4)
    expectClose([...trainer.parameters['linear0.weight']!, ...trainer.parameters['linear0.bias']!], reference.weights)
  })

  test('without shuffling is the same as steps in turn', () => {
    const [fitted, stepped] = [plain.createTrainer(), plain.createTrainer()]
    for (const { loss } of fitted.epochs(x, y, { epochs: 2, shuffle: false })) {
      const sum = [0, 4, 8].reduce((total, from) => {
        const below = Math.min(from + 4, 10)
        return total + (below - from) * stepped.step(x.subarray(2 * from, 2 * below), y.subarray(from, below))
      }, 0)
      stepped.nextEpoch()
      expect(loss).toBe(sum / 10)
    }
    expect(visible(fitted)).toBe(visible(stepped))
  })

  test("trains the spec's number of epochs, and learns", () => {
    const reports = [...plain.createTrainer().epochs(x, y)]
    expect(reports.map(({ epoch }) => epoch)).toEqual([0, 1, 2])
    const trainer = plain.createTrainer()
    const losses = [...trainer.epochs(x, y, { epochs: 200 })].map(({ loss }) => loss)
    expect(losses.at(-1)).toBeLessThan(1e-6 * losses[0]!)
    expect(trainer.loss(x, y)).toBeLessThan(1e-6)
  })

  test('reports the loss of validation samples after the epoch', () => {
    const trainer = plain.createTrainer()
    for (const report of trainer.epochs(x, y, {
      epochs: 3,
      validation: { x: x.subarray(0, 10), y: y.subarray(0, 5) },
    })) {
      expect(report.validationLoss).toBe(trainer.loss(x.subarray(0, 10), y.subarray(0, 5)))
    }
    expect([...trainer.epochs(x, y, { epochs: 1 })][0]).not.toHaveProperty('validationLoss')
  })

  test('trains nothing before the first report is asked for, and nothing after a break', () => {
    const [broken, whole] = [scheduled.createTrainer(), scheduled.createTrainer()]
    const reports = broken.epochs(x, y, { epochs: 5 })
    expect(broken.epoch).toBe(0)
    for (const { epoch } of reports) if (epoch === 1) break
    expect(broken.epoch).toBe(2)
    expect([...broken.epochs(x, y, { epochs: 3 })]).toEqual([...whole.epochs(x, y, { epochs: 5 })].slice(2))
    expect(visible(broken)).toBe(visible(whole))
  })

  test('trains with what the loop sets: a learning rate, data checked again', () => {
    const trainer = plain.createTrainer()
    const data = [...x]
    const rates = []
    for (const { learningRate } of trainer.epochs(data, y, { epochs: 2 })) {
      rates.push(learningRate)
      trainer.learningRate = 0.02
    }
    expect(rates).toEqual([0.05, 0.02])
    const reports = trainer.epochs(data, y)
    reports.next()
    data[3] = 'text' as never
    expect(() => reports.next()).toThrow("got 'text' at x[3], place 1 of sample 1")
  })
})

describe('a loss that is NaN or infinite', () => {
  const rate = 1e60
  const message = 'regression: expected a finite loss, got Infinity in epoch 1, batch 0: a smaller learningRate or '

  /** What steps make of it, up to the one whose loss isn't finite. */
  function stepped(): Trainer {
    const trainer = plain.createTrainer()
    trainer.learningRate = rate
    for (let batch = 0; ; batch = (batch + 1) % 3) {
      const from = 4 * batch
      const samples = [x.subarray(2 * from, 2 * from + 8), y.subarray(from, from + 4)] as const
      if (!Number.isFinite(trainer.gradient(...samples))) return trainer
      trainer.step(...samples)
      if (batch === 2) trainer.nextEpoch()
    }
  }

  test.each([
    ['fit', (trainer: Trainer) => trainer.fit(x, y, { epochs: 5, shuffle: false })],
    ['epochs', (trainer: Trainer) => [...trainer.epochs(x, y, { epochs: 5, shuffle: false })]],
  ])('ends %s before its update, with epoch and batch', (_, train) => {
    const trainer = plain.createTrainer()
    trainer.learningRate = rate
    expect(() => train(trainer)).toThrow(RangeError)
    expect(visible(trainer)).toBe(visible(stepped()))
    expect(() => train(trainer)).toThrow(message)
    expect(visible(trainer)).toBe(visible(stepped()))
  })

  test('is returned by step and gradient', () => {
    const trainer = stepped()
    expect(trainer.gradient(x.subarray(0, 8), y.subarray(0, 4))).toBe(Infinity)
    expect(trainer.step(x.subarray(0, 8), y.subarray(0, 4))).toBe(Infinity)
    trainer.parameters['linear0.weight']![0] = NaN
    expect(trainer.gradient(x.subarray(0, 8), y.subarray(0, 4))).toBeNaN()
    expect(() => trainer.fit(x, y)).toThrow('got NaN in epoch 1, batch 0')
  })
})

describe('fit', () => {
  const validation = { x: x.subarray(0, 10), y: y.subarray(0, 5) }

  test('trains without being iterated over, and returns the same reports as epochs', () => {
    const [fitted, iterated] = [scheduled.createTrainer(), scheduled.createTrainer()]
    const reports = fitted.fit(x, y, { epochs: 4, validation })
    expect(fitted.epoch).toBe(4)
    expect(reports).toEqual([...iterated.epochs(x, y, { epochs: 4, validation })])
    expect(visible(fitted)).toBe(visible(iterated))
  })

  test("trains the spec's number of epochs unless told", () => {
    const trainer = plain.createTrainer()
    expect(trainer.fit(x, y).map(({ epoch }) => epoch)).toEqual([0, 1, 2])
    expect(trainer.fit(x, y, {}).map(({ epoch }) => epoch)).toEqual([3, 4, 5])
  })

  test('of no epochs trains nothing and returns no reports', () => {
    const trainer = plain.createTrainer()
    const before = visible(trainer)
    expect(trainer.fit(x, y, { epochs: 0 })).toEqual([])
    expect(visible(trainer)).toBe(before)
  })

  test('calls onEpoch with each report after its nextEpoch, and stops when that is false and only then', () => {
    const [stopped, whole] = [scheduled.createTrainer(), scheduled.createTrainer()]
    const seen: unknown[] = []
    const answers = [undefined, true, 0, false, true]
    const reports = stopped.fit(x, y, {
      epochs: 5,
      onEpoch(report) {
        seen.push(report)
        expect(stopped.epoch).toBe(report.epoch + 1)
        return answers[report.epoch] as boolean
      },
    })
    expect(reports.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3])
    expect(seen).toEqual(reports)
    expect(reports).toEqual(whole.fit(x, y, { epochs: 4 }))
    expect(visible(stopped)).toBe(visible(whole))
  })

  test('passes on what onEpoch throws, in the state after that epoch', () => {
    const [broken, whole] = [scheduled.createTrainer(), scheduled.createTrainer()]
    const onEpoch = ({ epoch }: Report) => {
      if (epoch === 1) throw new Error('enough')
    }
    expect(() => broken.fit(x, y, { epochs: 5, onEpoch })).toThrow('enough')
    whole.fit(x, y, { epochs: 2 })
    expect(visible(broken)).toBe(visible(whole))
  })

  test('trains with what onEpoch sets', () => {
    const trainer = plain.createTrainer()
    const onEpoch = () => void (trainer.learningRate = 0.02)
    expect(trainer.fit(x, y, { epochs: 2, onEpoch }).map(({ learningRate }) => learningRate)).toEqual([0.05, 0.02])
  })
})
