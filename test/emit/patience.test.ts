import { describe, expect, it, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { expectMarked, load } from '../language/marked.ts'
import { emitted, type Emitted, type Trainer } from '../support/emitted.ts'
import { contentOf } from '../support/checkpoint.ts'
import { strictMistakes } from '../support/strict.ts'

/** One number that a large rate drives past its best and back, so that losses fall and rise. */
const spec = (train: string, more = '') => `
name: waiting
input: 1
layers: [{ linear: 1 }, batchNorm, { linear: 2 }, tanh, { linear: 1 }]
loss: mse
train: { batch: 8, epochs: 40, ${train} }
${more}`

const rough = 'optimizer: { sgd: { learningRate: 0.9, momentum: 0.8 } }'
const x = Float64Array.from({ length: 16 }, (_, k) => Math.sin(3 * k))
const y = x.map((value) => value * value)
const data = [x.subarray(0, 8), y.subarray(0, 8)] as const
const validation = { x: x.subarray(8), y: y.subarray(8) }

type Report = ReturnType<Trainer['fit']>[number] & { readonly stopped?: true }

/** The same training without patience: all epochs' reports, and what the trainer had after each. */
async function watched(train: string, seed: number, epochs = 40) {
  const { createTrainer } = await emitted(spec(train))
  const trainer = createTrainer({ seed })
  const states: Uint8Array[] = []
  const reports: Report[] = []
  for (const report of trainer.epochs(...data, { epochs, validation })) {
    reports.push(report)
    states.push(tensorsOf(trainer))
  }
  return { reports, states }
}

const tensorsOf = ({ parameters, buffers }: Trainer): Uint8Array =>
  Buffer.concat(
    [...Object.values(parameters), ...Object.values(buffers)].map((view) => new Uint8Array(view.slice().buffer)),
  )

/** The epoch after which training ends, and the best one, by the rule itself. */
function expectedOf(reports: readonly Report[], patience: number, least = 0) {
  let [best, at, waited] = [Infinity, -1, 0]
  for (const { epoch, validationLoss: loss } of reports) {
    waited++
    if (loss! < best - least) [best, at, waited] = [loss!, epoch, 0]
    if (waited >= patience) return { last: epoch, at, stopped: true }
  }
  return { last: reports.at(-1)!.epoch, at, stopped: false }
}

describe.each([
  [2, 0],
  [3, 0],
  [3, 0.01],
  [1, 0],
])('patience of %i epochs, improvements of more than %d', (patience, least) => {
  test.each([1, 2, 5])('ends as the rule has it, with the best epoch’s model: seed %i', async (seed) => {
    const { reports, states } = await watched(rough, seed)
    const expected = expectedOf(reports, patience, least)
    const { createTrainer } = await emitted(spec(`${rough}, patience: ${patience}, minimumImprovement: ${least}`))
    const trainer = createTrainer({ seed })
    const own: Report[] = trainer.fit(...data, { validation })
    expect(own.length).toBe(expected.last + 1)
    expect(own.map(({ validationLoss }) => validationLoss)).toEqual(
      reports.slice(0, own.length).map(({ validationLoss }) => validationLoss),
    )
    expect(own.at(-1)!.stopped).toBe(expected.stopped ? true : undefined)
    expect(own.slice(0, -1).some(({ stopped }) => stopped)).toBe(false)
    expect(tensorsOf(trainer)).toEqual(states[expected.at])
    expect(trainer.loss(validation.x, validation.y)).toBe(reports[expected.at]!.validationLoss)
  })
})

describe('patience', () => {
  const module = (more = ''): Promise<Emitted> => emitted(spec(`${rough}, patience: 3${more}`))

  it('gives the best epoch’s model where epochs end first, before the last report', async () => {
    const { reports, states } = await watched(rough, 2, 4)
    const { at } = expectedOf(reports, 3)
    const trainer = (await module()).createTrainer({ seed: 2 })
    let atLast: Uint8Array | undefined
    trainer.fit(...data, { validation, epochs: 4, onEpoch: () => void (atLast = tensorsOf(trainer)) })
    expect(atLast).toEqual(states[at])
  })

  it('keeps the last epoch’s where a loop is left, or onEpoch says false', async () => {
    const { states } = await watched(rough, 2, 4)
    const { createTrainer } = await module()
    const [left, told] = [createTrainer({ seed: 2 }), createTrainer({ seed: 2 })]
    for (const { epoch } of left.epochs(...data, { validation })) if (epoch === 2) break
    told.fit(...data, { validation, onEpoch: ({ epoch }) => epoch < 2 })
    expect(tensorsOf(left)).toEqual(states[2])
    expect(tensorsOf(told)).toEqual(states[2])
  })

  it('takes NaN for no improvement', async () => {
    const trainer = (await module()).createTrainer({ seed: 2 })
    // Which training doesn't read.
    trainer.buffers['batchNorm0.running_mean']!.fill(NaN)
    const reports: Report[] = trainer.fit(...data, { validation })
    for (const { validationLoss } of reports) expect(validationLoss).toBeNaN()
    expect(reports.map(({ stopped }) => stopped)).toEqual([undefined, undefined, true])
  })

  it('goes by the loss where there is no validation', async () => {
    const trainer = (await module()).createTrainer({ seed: 2 })
    const reports: Report[] = trainer.fit(...data)
    const { last } = expectedOf(
      reports.map((report) => ({ ...report, validationLoss: report.loss })),
      3,
    )
    expect(reports.at(-1)!.epoch).toBe(last)
  })

  it('goes on after a file as if nothing had been in between, to the last bit', async () => {
    const { createTrainer } = await module()
    const whole = createTrainer({ seed: 5 })
    const reports: Report[] = whole.fit(...data, { validation })
    for (let cut = 1; cut < reports.length; cut += 3) {
      const first = createTrainer({ seed: 5 })
      for (const { epoch } of first.epochs(...data, { validation })) if (epoch === cut - 1) break
      const second = createTrainer()
      second.load(first.save())
      const rest: Report[] = second.fit(...data, { validation, epochs: 40 - cut })
      expect(rest).toEqual(reports.slice(cut))
      expect(second.save()).toEqual(whole.save())
    }
  })

  it('starts afresh after it has ended a training', async () => {
    const trainer = (await module()).createTrainer({ seed: 5 })
    trainer.fit(...data, { validation })
    const { numbers } = contentOf(trainer.save())
    expect(numbers).toMatchObject({ bestLoss: null, waited: 0 })
    expect(trainer.fit(...data, { validation }).length).toBeGreaterThanOrEqual(3)
  })

  it('takes no best epoch from a file that lacks its tensors', async () => {
    const trainer = (await module()).createTrainer({ seed: 5 })
    for (const { epoch } of trainer.epochs(...data, { validation })) if (epoch === 1) break
    const { createTrainer } = await emitted(spec(rough))
    const without = createTrainer()
    without.load(trainer.save())
    const other = (await module()).createTrainer()
    other.load(without.save())
    expect(contentOf(other.save()).numbers).toMatchObject({ bestLoss: null, waited: 0 })
  })
})

test.each(['typescript', 'wasm'] as const)('modules in %s pass the strictest checks', async (target) => {
  const text = spec(`${rough}, patience: 3, schedule: plateau`)
  const compiled = await compile(await load(text), 'waiting.net.yaml', { target })
  expect(strictMistakes([['waiting.ts', compiled.text]])).toBe('')
})

describe('settings of patience', () => {
  it('are of a number of epochs', () => expectMarked(spec('patience: «0»'), ['out-of-range']))
  it('say what an improvement is only beside it', () =>
    expectMarked(spec('«minimumImprovement»: 0.1'), [
      'missing-key',
      'there is no patience',
      'write patience beside it',
    ]))
})
