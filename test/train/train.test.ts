import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { planTraining, type Plan } from '../../src/train/plan.ts'
import { defaults, type Settings, type TrainOptions } from '../../src/train/options.ts'
import { train } from '../../src/train/train.ts'
import { folderWith, removeFolders } from '../package/installed.ts'
import { strictMistakes } from '../support/strict.ts'
import { flowers, passengers, ship, wines } from './tables.ts'

afterAll(removeFolders)

function optionsOf(out: string, data: string, more: Partial<TrainOptions> = {}): TrainOptions {
  const fixed = { settings: {}, resume: false, force: false, command: 'tapeless train' }
  return { ...fixed, out, data: join(out, data), ...more }
}

/** What is settled for a table. */
async function planOf(text: string, settings: Partial<Settings> = {}, spec?: string): Promise<Plan> {
  const folder = await folderWith({ 'table.csv': text, ...(spec === undefined ? {} : { 'own.net.yaml': spec }) })
  const named = spec === undefined ? {} : { spec: join(folder, 'own.net.yaml') }
  return planTraining(optionsOf(folder, 'table.csv', { settings, ...named }), () => undefined)
}

async function mistakeOf(text: string, settings: Partial<Settings> = {}, spec?: string): Promise<string> {
  const error = await planOf(text, settings, spec).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toMatchObject({ name: 'TableError' })
  return (error as Error).message.replaceAll(/\/\S*\/(?=table\.csv)/g, '')
}

/** The rows of a file as an app has them: every cell a text, by its column. */
function rawRows(text: string, { table }: Plan): Record<string, string>[] {
  const lines = text
    .replaceAll('"', '')
    .split(/\r?\n/)
    .slice(table.isNamed ? 1 : 0)
  const filled = lines.filter((line) => line.replaceAll(',', '') !== '')
  return filled.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries([...table.columns.keys()].map((name, k) => [name, cells[k]!]))
  })
}

const silent = { onStep: () => undefined, onPlan: () => undefined, onEpoch: () => undefined }

describe('what becomes of a table', () => {
  test.each([
    ['numbers and classes', flowers(), {}],
    ['dates', passengers(), { dates: ['days', 'year', 'week', 'day'] }],
    ['empty cells', ship(), { targets: ['survived'], inputs: ['sex', 'age', 'adult_male', 'deck'], empty: 'flag' }],
    ['classes from 1', wines(), {}],
  ] as [string, string, Partial<Settings>][])(
    'is what prepare.ts makes of its raw rows, bit for bit: %s',
    async (_, text, settings) => {
      const plan = await planOf(text, settings)
      const raw = rawRows(text, plan)
      const { training, validation } = plan.split
      expect(training.length + validation.length).toBe(raw.length)
      expect(plan.prepare.inputsOf(training.map((row) => raw[row]!))).toEqual(plan.training.x)
      expect(plan.prepare.targetsOf(validation.map((row) => raw[row]!))).toEqual(plan.validation!.y)
      expect(strictMistakes([['prepare.ts', plan.prepareText]])).toBe('')
    },
  )

  test('is what its description says', async () => {
    const { preparation, training, split, table } = await planOf(ship(), { targets: ['survived'], validation: 0.25 })
    const ages = split.training.map((row) => table.columns.get('age')!.at(row)).filter((age) => typeof age === 'number')
    const mean = ages.reduce((sum, age) => sum + age, 0) / ages.length
    const deviation = Math.sqrt(ages.reduce((sum, age) => sum + (age - mean) ** 2, 0) / ages.length)
    const [sex, age, man] = preparation.inputs[0]!.features
    expect(sex).toEqual({ column: 'sex', as: 'oneHot', classes: ['female', 'male'], empty: 'none' })
    expect(man).toEqual({ column: 'adult_male', as: 'oneHot', classes: ['false', 'true'], empty: 'none' })
    expect(age).toMatchObject({ column: 'age', as: 'number' })
    expect((age as { mean: number }).mean).toBeCloseTo(mean, 10)
    expect((age as { deviation: number }).deviation).toBeCloseTo(deviation, 10)
    const x = training.x as Float32Array
    const first = split.training.findIndex((row) => typeof table.columns.get('age')!.at(row) === 'number')
    const width = x.length / split.training.length
    const value = table.columns.get('age')!.at(split.training[first]!) as number
    expect(x[first * width + 2]).toBeCloseTo((value - mean) / deviation, 5)
    const empty = split.training.findIndex((row) => table.columns.get('age')!.at(row) === undefined)
    expect(x[empty * width + 2]).toBe(0)
  })

  test('leaves out columns that say nothing, or the target in other words, and tells of it', async () => {
    const text =
      'id,name,same,none,size,kind,code\n' +
      Array.from({ length: 20 }, (_, k) => `${k},n${k},7,,${k * k},${k % 2 ? 'a' : 'b'},${k % 2 ? 'X' : 'Y'}`).join(
        '\n',
      )
    const { preparation, notes } = await planOf(text, { targets: ['kind'] })
    expect(preparation.inputs[0]!.features.map(({ column }) => column)).toEqual(['id', 'size'])
    expect(notes).toEqual([
      "column 'name' is left out: it has 20 different texts in 20 rows; --inputs would take it in",
      "column 'same' is left out: it is '7' in every row",
      "column 'none' is left out: all its cells are empty",
      "column 'code' is left out: it says 'kind' in other words; --inputs would take it in",
    ])
  })

  test('fits a spec: its sizes, its loss, its precision', async () => {
    const bits = 'input: 2\nlayers: [linear: 1]\nloss: binaryCrossEntropy\nemit: { precision: f64 }\n'
    const { preparation, training, answers } = await planOf(ship(), { inputs: ['sex'], targets: ['alive'] }, bits)
    expect(preparation.targets[0]!.features).toEqual([{ column: 'alive', as: 'class', classes: ['no', 'yes'] }])
    expect(training.x).toBeInstanceOf(Float64Array)
    expect(answers).toEqual({ as: 'bits', column: 'alive', classes: ['no', 'yes'] })
    const numbers = await planOf(
      ship(),
      { inputs: ['sex'], targets: ['age'] },
      'input: 2\nlayers: [linear: 1]\nloss: mse\n',
    )
    expect(numbers.notes.at(-1)).toBe('16 rows are left out: nothing is said of what is to be predicted')
  })

  test('goes to the inputs of equations by their names, unscaled', async () => {
    const spec =
      'inputs: { a: scalar, b: scalar }\ntargets: { c: scalar }\nparameters: { w: scalar }\nequations: [v = w * a + b, "l = (v - c)^2"]\noutput: v\nloss: l\n'
    const { training, split } = await planOf('c,b,a\n1,2,3\n4,5,6\n7,8,9\n', { targets: ['c'], validation: 0.34 }, spec)
    const rows = split.training
    expect(training.x).toEqual({
      a: Float32Array.from(rows, (k) => 3 + 3 * k),
      b: Float32Array.from(rows, (k) => 2 + 3 * k),
    })
  })

  test('holds back the same share of each class, by the seed alone', async () => {
    const text = 'x,kind\n' + Array.from({ length: 50 }, (_, k) => `${k},${k < 40 ? 'common' : 'rare'}`).join('\n')
    const held = async (seed: number) => (await planOf(text, { seed })).split.validation
    const first = await held(1)
    expect(first.filter((row) => row >= 40)).toHaveLength(2)
    expect(first).toHaveLength(10)
    expect(await held(1)).toEqual(first)
    expect(await held(2)).not.toEqual(first)
  })
})

describe('a table is refused where', () => {
  const rows = (make: (k: number) => string) => Array.from({ length: 20 }, (_, k) => make(k)).join('\n')
  test.each([
    [
      'a cell is no number',
      `a,b\n${rows((k) => `${k === 6 ? 'six' : k},${k}`)}`,
      {},
      "table.csv:8: column 'a': expected a number, got 'six'",
    ],
    [
      'a cell is no date',
      `a,b\n${rows((k) => `${k === 6 ? '2024-13-01' : '2024-12-01'},${k}`)}`,
      {},
      "table.csv:8: column 'a': expected a date such as 2024-12-31, got '2024-13-01'",
    ],
    [
      "cells are empty and mustn't be",
      `a,b\n${rows((k) => `${k === 6 ? '' : k},${k}`)}`,
      { empty: 'error' },
      "table.csv:8: column 'a': the cell is empty",
    ],
    ['there is one row alone', 'a,b\n1,2\n', { inputs: ['a'] }, '--validation 0 goes without'],
    [
      'there is one class alone',
      `a,b\n${rows((k) => `${k},x`)}`,
      {},
      "--targets: column 'b' of table.csv is 'x' in every row: there is nothing to learn",
    ],
    ['all cells are empty', 'a,b\n,\n,\n', {}, 'there is no row in it'],
    ['no column tells anything', `a,b\n${rows((k) => `7,${k}`)}`, {}, "there is no column to predict 'b' from"],
    [
      'a column is not there',
      'a,b\n1,2\n',
      { inputs: ['c'], targets: ['b'] },
      "--inputs: table.csv has no column 'c'; its columns are 'a', 'b'",
    ],
    ['a file without a header is asked for a name', '1,2\n3,4\n', { targets: ['b'] }, '--columns names them'],
    [
      'a column is input and target',
      'a,b\n1,2\n',
      { inputs: ['a'], targets: ['a'] },
      "column 'a' is in --inputs and --targets",
    ],
  ] as [string, string, Partial<Settings>, string][])('%s', async (_, text, settings, message) => {
    expect(await mistakeOf(text, settings)).toContain(message)
  })

  test('classes that a network has to spare are told of', async () => {
    const spec = (units: number) => `input: 4\nlayers: [linear: ${units}]\nloss: crossEntropy\n`
    const told = "column '5' has 3 classes, and the network tells 5 apart: end it in 3 units"
    expect((await planOf(flowers(), {}, spec(5))).notes).toContain(told)
    expect((await planOf(flowers(), {}, spec(3))).notes.join()).not.toContain('apart')
  })

  test.each([
    [
      'inputs of another size',
      'input: 3\nlayers: [linear: 3]\nloss: crossEntropy\n',
      "the network's 'x' takes 3 numbers a sample, and the columns make 4: '1' 1, '2' 1, '3' 1, '4' 1",
    ],
    [
      'fewer classes',
      'input: 4\nlayers: [linear: 2]\nloss: crossEntropy\n',
      "column '5' has 3 classes, and the network takes 2",
    ],
    [
      'numbers for texts',
      'input: 4\nlayers: [linear: 1]\nloss: mse\n',
      "column '5' holds texts, and the loss takes numbers: crossEntropy takes classes",
    ],
  ])('the spec takes %s', async (_, spec, message) => {
    expect(await mistakeOf(flowers(), {}, spec)).toContain(message)
  })
})

describe('a training', () => {
  const spec =
    'input: 4\nlayers: [linear: 8, dropout: 0.1, relu, linear: 3]\nloss: crossEntropy\nmetrics: [accuracy]\ntrain: { batch: 8, epochs: 12, patience: 9 }\n'

  test('that is stopped and goes on ends with the same bits as one that was not', async () => {
    const whole = await folderWith({ 'a.csv': flowers(), 'own.net.yaml': spec })
    const parts = await folderWith({ 'a.csv': flowers(), 'own.net.yaml': spec })
    const options = (folder: string) =>
      optionsOf(folder, 'a.csv', { spec: join(folder, 'own.net.yaml'), settings: { seed: 5 } })
    await train(options(whole), { ...silent, onStoppable: () => undefined })
    let stop: (() => void) | undefined
    const first = await train(options(parts), {
      ...silent,
      onStoppable: (end) => (stop = end),
      onEpoch: ({ epoch }) => {
        if (epoch === 3) stop?.()
      },
    })
    expect([first.ending.how, first.epochs]).toEqual(['stopped', 4])
    const second = await train(
      { ...options(parts), settings: {}, resume: true },
      { ...silent, onStoppable: () => undefined },
    )
    expect([second.ending.how, second.epochs]).toEqual(['done', 12])
    const weights = (folder: string) => readFile(join(folder, 'own.safetensors'))
    expect((await weights(parts)).equals(await weights(whole))).toBe(true)
    const saved = async (folder: string) => JSON.parse(await readFile(join(folder, 'own.data.json'), 'utf8'))
    expect((await saved(parts)).history).toEqual((await saved(whole)).history)
    expect((await saved(parts)).settings).toEqual({ ...defaults, seed: 5 })
  })

  test('whose loss is no number any more saves what was before, and says so', async () => {
    const wild = spec.replace('batch: 8', 'batch: 8, optimizer: { sgd: { learningRate: 1e30 } }')
    const folder = await folderWith({ 'a.csv': flowers(), 'own.net.yaml': wild })
    const { ending, written } = await train(optionsOf(folder, 'a.csv', { spec: join(folder, 'own.net.yaml') }), {
      ...silent,
      onStoppable: () => undefined,
    })
    expect(ending).toMatchObject({ how: 'failed', why: expect.stringMatching(/NaN|Infinity|infinite|finite/) })
    expect(written).toEqual([])
  })
})
