import { describe, expect, it } from 'vitest'
import { editor } from '../support/editor.ts'

/*
 * What an editor shows where a module is used: TypeScript's own service tells of this network's shapes and classes.
 */

const { hover, parameter, mistakes } = editor('emit/app.ts', { lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'] })

/** A program that uses a module. */
const using = (module: string, code: string) =>
  `import { createModel, createTrainer, network } from '../../${module}'\n` +
  `declare const x: ArrayLike<number>, y: ArrayLike<number>\nconst trainer = createTrainer()\n${code}\n`

const tag = (module: string, code: string, name: string) =>
  hover(using(module, code))
    .tags.filter((one) => one.name === name)
    .map(({ text }) => text)

const classifier = 'test/golden/classifier/classifier.ts'

describe('of a classifier, what x, y and results are hovers on', () => {
  it.each(['fit', 'epochs', 'step', 'loss', 'gradient'])('%s', (name) => {
    expect(tag(classifier, `trainer.|${name}(x, y)`, 'param')).toEqual([
      'x a flat array, 6 numbers a sample.',
      'y a flat array, a class from 0 to 2 a sample.',
    ])
  })

  it('predict', () => {
    expect(tag(classifier, 'trainer.|predict(x)', 'param')).toEqual(['x a flat array, 6 numbers a sample.'])
    expect(tag(classifier, 'createModel().|predict(x)', 'returns')).toEqual(['a new flat array, 3 logits a sample.'])
  })

  it('what is being written', () => {
    expect(parameter(using(classifier, 'trainer.fit(|)'))).toBe('a flat array, 6 numbers a sample.')
    expect(parameter(using(classifier, 'trainer.fit(x, |)'))).toBe('a flat array, a class from 0 to 2 a sample.')
  })

  it('types, which are arrays as ever', () => {
    expect(hover(using(classifier, 'trainer.|fit(x, y)')).code).toBe(
      '(method) Trainer.fit(x: Inputs, y: Targets, options?: FitOptions): Report[]',
    )
    expect(mistakes(using(classifier, 'trainer.fit([[1, 2]], y)'))).toEqual([
      "Type '[number, number]' is not assignable to type 'number'.",
    ])
  })
})

describe('of other networks', () => {
  it.each([
    ['images', 'generated/digits.ts', 'trainer.|step(x, y)', 'x a flat array, 784 numbers a sample: [1, 28, 28].'],
    [
      'an embedding',
      'generated/characters.ts',
      'trainer.|fit(x, y)',
      'x a flat array, 32 whole numbers from 0 to 27 a sample.',
    ],
    ['sequences', 'generated/characters.ts', 'trainer.|fit(x, y)', 'y a flat array, 32 classes from 0 to 27 a sample.'],
    [
      'targets that are masked',
      'generated/typos.ts',
      'trainer.|evaluate(x, y)',
      'y a flat array, 45 classes from 0 to 1 a sample, or -100 where none counts.',
    ],
    [
      'several inputs',
      'generated/siamese.ts',
      'trainer.|loss({ left: x, right: x }, y)',
      'x flat arrays by name (left: 784 numbers a sample: [1, 28, 28]; right: 784 numbers a sample: [1, 28, 28]).',
    ],
    ['no targets', 'generated/gan.ts', 'trainer.|step({ real: x, noise: x }, {})', 'y an empty record, {}.'],
    [
      'one of the objectives',
      'generated/gan.ts',
      "trainer.|gradient({ noise: x }, {}, 'forger')",
      'x flat arrays by name (real: 2 numbers a sample; noise: 4 numbers a sample).',
    ],
  ] as const)('%s', (_, module, code, text) => {
    expect(tag(module, code, 'param')).toContain(text)
  })

  it('each of several inputs hovers by itself, and is found missing', () => {
    const { code, told } = hover(using('generated/siamese.ts', 'trainer.fit({ |left: x, right: x }, y)'))
    expect(code).toBe('(property) left: ArrayLike<number>')
    expect(told).toBe('784 numbers a sample: [1, 28, 28].')
    expect(mistakes(using('generated/siamese.ts', 'trainer.fit({ left: x }, y)'))).toEqual([
      "Argument of type '{ left: ArrayLike<number>; }' is not assignable to parameter of type 'Inputs'.\n" +
        "  Property 'right' is missing in type '{ left: ArrayLike<number>; }' but required in type 'Inputs'.",
    ])
  })
})

describe('hover', () => {
  it.each([
    ['options', 'createTrainer({ |seed: 1 })', 'A whole number from 0 that fixes start values'],
    ['start values', 'createTrainer({ |parameters: {} })', 'Start values of some parameters by name'],
    ['options of fit', 'trainer.fit(x, y, { |epochs: 3 })', 'How many epochs; 10 unless given.'],
    ['what is called each epoch', 'trainer.fit(x, y, { |onEpoch() {} })', 'returning false ends the training'],
    ['validation', 'trainer.fit(x, y, { |validation: { x, y } })', 'Samples whose loss each report also has'],
    ['loss in a report', 'trainer.fit(x, y)[0]!.|loss', 'The mean loss of its samples'],
    ['validationLoss', 'trainer.fit(x, y)[0]!.|validationLoss', 'The mean loss of the validation samples'],
    ['save', 'trainer.|save()', 'as a safetensors file'],
    ['load', "trainer.|load(trainer.save(), { rename: { 'a.': 'b.' } })", "Takes a model's tensors"],
    ['load of a model', 'createModel().|load(trainer.save())', 'Takes the parameters and buffers'],
    ['rename', "trainer.load(trainer.save(), { |rename: { 'a.': 'b.' } })", 'Names here of tensors'],
    ['createTrainer', '|createTrainer()', 'The network and what trains it.'],
    ['createModel', '|createModel()', 'The network alone: inference.'],
    ['network', '|network', "the shapes of a sample's inputs, outputs and targets"],
  ] as const)('%s', (_, code, told) => {
    const shown = hover(using(classifier, code))
    expect(shown.told).toContain(told)
    expect(shown.code + shown.told + shown.tags.map(({ text }) => text).join()).not.toMatch(
      /\{\{|undefined \|.*undefined/,
    )
  })
})
