import fc from 'fast-check'

/*
 * What a spec may say of training and of the module: every optimizer and way to clip.
 */

const optimizers: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  sgd: [{}, { momentum: 0.9 }, { momentum: 0.5, nesterov: true }],
  adam: [{}, { amsgrad: true }, { beta1: 0.5, beta2: 0.7, epsilon: 0.001 }],
  adamw: [{}, { amsgrad: true }],
  nadam: [{}, { beta1: 0.5, momentumDecay: 0.1 }],
  rmsprop: [{}, { momentum: 0.9 }, { centered: true, decay: 0.5 }],
  adagrad: [{}, { epsilon: 0.1 }],
  adadelta: [{}, { decay: 0.5, epsilon: 0.01 }],
  lion: [{}, { beta1: 0.5 }],
}

const optimizer = fc
  .record({
    word: fc.constantFrom(...Object.keys(optimizers)),
    variant: fc.nat({ max: 2 }),
    weightDecay: fc.constantFrom(undefined, 0.1, { weights: 0.1 }),
  })
  .map(({ word, variant, weightDecay }) => {
    const variants = optimizers[word]!
    const settings = variants[variant % variants.length]!
    return { [word]: { learningRate: 0.1, ...settings, ...(weightDecay === undefined ? {} : { weightDecay }) } }
  })

export const training = fc
  .record({
    batch: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.integer({ min: 6, max: 13 })),
    optimizer,
    clip: fc.constantFrom(undefined, { norm: 0.5 }, { value: 0.1 }),
  })
  .map(({ clip, ...rest }) => ({ ...rest, ...(clip === undefined ? {} : { clip }) }))
