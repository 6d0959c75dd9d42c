import { describe, expect, it } from 'vitest'
import { SpecError } from '../../src/base/errors.ts'
import { renderDiagnostics } from '../../src/base/render.ts'
import { diagnose, expectMarked, load, type Expected } from './marked.ts'

describe('keys', () => {
  it('misspelt, or from another framework', () =>
    expectMarked(
      `
input: 4
layers:
  - linear: { units: 3, «bais»: true }
loss: mse
train:
  «batch_size»: 3
  «lr»: 0.1
  optimizer: { sgd: { «lr»: 0.1, momentum: 0.9 } }
«colour»: red`,
      ['unknown-key', "'bais'", "'bias'"],
      ['unknown-key', "'batch_size'", "'batch'"],
      ['unknown-key', "'lr'", 'it belongs to the optimizer: write optimizer: { adam: { learningRate: 0.01 } } with it'],
      ['unknown-key', "'lr'", "did you mean 'learningRate'?"],
      ['unknown-key', "'colour'", 'expected $schema, name'],
    ))

  it('missing', () =>
    expectMarked(
      '«input: 4»\nlayers:\n  - «linear»\n  - linear: «{ bias: true }»\n',
      ['missing-key', 'loss is missing: expected a loss'],
      ['missing-key', 'units is missing: expected a number'],
      ['missing-key', 'units is missing'],
    ))

  it('missing of a word that YAML gives nothing', () =>
    expectMarked('input: 4\nlayers:\n  - «linear»:\n  - { relu: , as: r }\n  - tanh:\nloss: mse', [
      'missing-key',
      'units is missing: expected a number',
    ]))

  it('misspelt ones are not reported as missing too', () =>
    expectMarked(
      '«inputs»: 4\nlayers:\n  - linear: { «out_features»: 3 }\n«criterion»: mse',
      ['unknown-key', undefined, "'input'"],
      ['unknown-key', undefined, "'units'"],
      ['unknown-key', undefined, "'loss'"],
    ))

  it('repeated', () =>
    expectMarked(
      'input: 4\nlayers: [relu]\nloss: mse\n«loss»: mae\ntrain: { batch: 3, «batch»: 4 }',
      ['repeated-key', "'loss'"],
      ['repeated-key', "'batch'"],
    ))

  it('repeated, or no text, among other mistakes: the first value is checked', () =>
    expectMarked(
      'input: 4\n«input»: five\nlayers:\n  - «linaer»: 3\n  - residual: { layers: [«rlu»], «layers»: 3 }\n? «[a]»\n: 3\nloss: «msee»',
      ['repeated-key', "'input'"],
      ['unknown-word', undefined, "'linear'"],
      ['unknown-word', undefined, "'relu'"],
      ['repeated-key', "'layers'"],
      ['wrong-type', 'not a key'],
      ['unknown-word', undefined, "'mse'"],
    ))
})

describe('what to write instead of', () => {
  const lines = (text: string) => `input: 4\nlayers:\n${text}\nloss: mse\n`

  it('keys that have their meaning elsewhere', () =>
    expectMarked(
      `${lines('  - linear: { units: 3, «activation»: relu }')}«epochs»: 3\n«precision»: f64\ntrain: { «learningRate»: 0.1, «earlyStopping»: true }`,
      ['unknown-key', "'activation'", 'an activation is a layer of its own: write `- relu` below this layer'],
      ['unknown-key', "'epochs'", 'it belongs to train'],
      ['unknown-key', "'precision'", 'it belongs to emit'],
      [
        'unknown-key',
        "'learningRate'",
        'it belongs to the optimizer: write optimizer: { adam: { learningRate: 0.01 } }',
      ],
      ['unknown-key', "'earlyStopping'", 'write train: { patience: 10 }'],
    ))

  it('what a spec of training has elsewhere', () =>
    expectMarked(
      `${lines('  - linear: 3')}train: { «metrics»: [accuracy], «validationSplit»: 0.1 }`,
      ['unknown-key', "'metrics'", 'it belongs beside loss: write it there, as in metrics: [accuracy]'],
      ['unknown-key', "'validationSplit'", 'give it where it is trained: fit(x, y, { validation: { x, y } })'],
    ))

  it('arguments that stand beside their word', async () => {
    await expectMarked(lines('  - linear:\n    «units»: 8'), [
      'unknown-key',
      "'units' beside linear",
      'indent it further than linear, or write { linear: { units: … } }',
    ])
    await expectMarked(lines('  - linear:\n    «units»: 8\n    bias: false'), [
      'unknown-key',
      "'units', 'bias' beside linear",
      'indent them further than linear, or write { linear: { units: … } }',
    ])
    await expectMarked(
      lines('  - «linear»:\n    «bias»: false'),
      ['missing-key', 'units is missing'],
      ['unknown-key', "'bias' beside linear", 'indent it further than linear'],
    )
  })

  it('a list where one value stands alone', () =>
    expectMarked(lines('  - linear: «[4, 16]»'), [
      'wrong-type',
      'expected one value, the units, got a list',
      'write the units alone, or { linear: { units, bias, init } }; what a layer takes follows from the one above',
    ]))

  it('an axis of samples', () =>
    expectMarked('input: «[null, 4]»\nlayers: [relu]\nloss: mse', [
      'wrong-type',
      'expected scalar, a size or a shape',
      'leave the batch axis out: a shape is that of one sample',
    ]))

  it('a key without a space behind its colon', async () => {
    await expectMarked('«input:»4\nlayers: [relu]\nloss: mse', ['syntax', 'expected a space after input:'])
    await expectMarked('input: 4\nlayers: [relu]\n«loss:»mse', ['syntax', 'expected a space after loss:'])
  })

  it('no loss: some are named', () =>
    expectMarked('«input: 4»\nlayers: [relu]', [
      'missing-key',
      'expected a loss',
      'such as mse, mae, huber, logCosh, crossEntropy',
    ]))

  it('a single letter, of which no other is more likely: all names are told', () =>
    expectMarked(
      'inputs: { x: 3 }\ntargets: { y: scalar }\nparameters: { w: 3, b: scalar }\nequations:\n  - p = dot(w, x) + «c»\n  - l = (p - y)^2\noutput: p\nloss: l',
      ['unknown-name', "no value is called 'c'", 'known: x, y, w, b, pi, e'],
    ))
})

describe('words', () => {
  it('unknown, from another framework, or not there yet', () =>
    expectMarked(
      `
input: 4
layers:
  - «dense»: 3
  - «swish»
  - «LeakyReLU»: 0.1
  - «wibbly»
  - residual:
      - { «linaer»: 3, as: x }
loss: «cross_entropy»
init: «xavier»
train:
  optimizer: «NesterovAdam»
  schedule: { «ReduceLROnPlateau»: 10 }`,
      ['unknown-word', "no layer is called 'dense'", "'linear'"],
      ['unknown-word', undefined, "'silu'"],
      ['unknown-word', undefined, "'leakyRelu'"],
      ['unknown-word', undefined, 'supported: linear, flatten'],
      ['unknown-word', undefined, "'linear'"],
      ['unknown-word', undefined, "'crossEntropy'"],
      ['unknown-word', undefined, "'glorotUniform'"],
      ['unknown-word', undefined, "'nadam'"],
      ['unknown-word', undefined, "'plateau'"],
    ))

  it('of other frameworks’ convolutions and pooling', async () => {
    const expectOne = (layer: string, suggestion: string) =>
      expectMarked(`input: [3, 8, 8]\nlayers: [${layer}]\nloss: mse`, ['unknown-word', undefined, `'${suggestion}'`])
    await expectOne('«avgPool1d»: 2', 'averagePool1d')
    for (const word of ['avgPool2d', 'AvgPool2d', 'AveragePooling2D', 'mean_pool', 'avgpool'])
      await expectOne(`«${word}»: 2`, 'averagePool2d')
    for (const word of ['maxpool', 'MaxPooling2D']) await expectOne(`«${word}»: 2`, 'maxPool2d')
    for (const word of ['conv', 'Convolution2D']) await expectOne(`«${word}»: {}`, 'conv2d')
    await expectOne('«Conv2DTranspose»: {}', 'convTranspose2d')
  })

  it('of their arguments, some of which follow from what a layer is given', () =>
    expectMarked(
      `
input: [3, 8, 8]
layers:
  - conv2d: { «in_channels»: 3, «out_channels»: 8, «kernel_size»: 3, «dilation_rate»: 1 }
  - conv2d: { «filters»: 8, kernel: 3 }
  - maxPool2d: { «poolSize»: 2 }
  - linear: { «in_features»: 8, «out_features»: 3 }
loss: mse`,
      ['unknown-key', "'in_channels'", 'leave it out: it follows from what the layer is given'],
      ['unknown-key', undefined, "'channels'"],
      ['unknown-key', undefined, "'kernel'"],
      ['unknown-key', undefined, "'dilation'"],
      ['unknown-key', undefined, "'channels'"],
      ['unknown-key', undefined, "'kernel'"],
      ['unknown-key', "'in_features'", 'leave it out'],
      ['unknown-key', undefined, "'units'"],
    ))

  it('two in one entry, or none', () =>
    expectMarked(
      'input: 4\nlayers:\n  - { linear: 3, «relu»: {} }\n  - { linear: 3, «unitz»: 3 }\n  - «7»\n  - «{}»\n  - «[relu]»\nloss: mse',
      ['unknown-key', "'relu' beside linear: expected one layer"],
      ['unknown-key', undefined, "'units'"],
      ['wrong-type', 'expected a layer, as word or { word: argument }, got 7'],
      ['wrong-type', 'got a mapping'],
      ['wrong-type', 'got a list'],
    ))

  it('with an argument that they do not take', () =>
    expectMarked(
      'input: 4\nlayers:\n  - relu: «3»\n  - { tanh: «true» }\n  - { relu: { «slope»: 1 } }\nloss: { mse: «3» }',
      ['wrong-type', 'relu takes no single argument, got 3', 'write - relu'],
      ['wrong-type', 'tanh takes no single argument'],
      ['unknown-key', undefined, 'expected no keys'],
      ['wrong-type', 'mse takes no single argument'],
    ))
})

describe('types and ranges', () => {
  it('of layers that depend on the mode', async () => {
    const expectOne = (layer: string, ...expected: Expected) =>
      expectMarked(`input: [4, 2]\nlayers: [{ ${layer} }]\nloss: mse\ntrain: { batch: 1 }`, expected)
    await expectOne('dropout: «1.5»', 'out-of-range', 'expected at most 1, got 1.5')
    await expectOne('dropout: { «p»: 0.5 }', 'unknown-key', undefined, "'rate'")
    await expectOne('batchNorm: «-0.1»', 'out-of-range', 'expected at least 0, got -0.1')
    await expectOne('batchNorm: { epsilon: «-1» }', 'out-of-range', 'expected at least 0, got -1')
    await expectOne('«BatchNorm2d»: 0.1', 'unknown-word', undefined, "'batchNorm'")
  })

  it('of initializers for a whole network, given to a parameter', () =>
    expectMarked('input: 4\nlayers: [linear: { units: 3, init: «lsuv» }]\nloss: mse', [
      'wrong-type',
      "expected an initializer for a parameter by itself, got 'lsuv'",
      "lsuv is for a whole network of layers: give it as the network's init",
    ]))

  it('of batches too small for batch statistics, unless a sample has several positions', async () => {
    const train = 'loss: mse\ntrain: { batch: 1 }'
    await expectMarked(`input: [4, 1]\nlayers: [relu, «batchNorm»]\n${train}`, [
      'out-of-range',
      'batchNorm needs batches of at least 2 samples, and train.batch is 1',
    ])
    await expectMarked(`input: [4, 2]\nlayers: [relu, batchNorm]\n${train}`)
  })

  it('of schedules', async () => {
    const expectOne = (schedule: string, ...expected: Expected) =>
      expectMarked(`input: 4\nlayers: [relu]\nloss: mse\ntrain: { schedule: ${schedule} }`, expected)
    await expectOne('{ step: 3, warmup: «5» }', 'wrong-type', 'expected a mapping, got 5')
    await expectOne('{ step: 3, warmup: { epochs: «0», start: 1 } }', 'out-of-range', 'expected at least 1, got 0')
    await expectOne('{ step: 3, warmup: «{ epochs: 2 }» }', 'missing-key', 'start is missing')
    await expectOne('{ step: 3, «warmUp»: {} }', 'unknown-key', undefined, "'warmup'")
    await expectOne('{ step: 3, «cosine»: 3 }', 'unknown-key', "'cosine' beside step: expected one schedule")
    await expectOne('«{ warmup: { epochs: 2, start: 0 } }»', 'wrong-type', 'expected a schedule')
    await expectOne('{ milestones: «[]» }', 'out-of-range', 'expected a list of at least 1, got an empty list')
    await expectOne('{ milestones: [3, «0»] }', 'out-of-range', 'expected at least 1, got 0')
    await expectOne('{ milestones: «3» }', 'wrong-type', 'expected a list, got 3')
    await expectOne('{ plateau: «-1» }', 'out-of-range', 'expected at least 0, got -1')
    await expectOne('{ plateau: «2.5» }', 'wrong-type', 'expected a whole number, got 2.5')
    await expectOne('{ plateau: { factor: «1» } }', 'out-of-range', 'expected less than 1, got 1')
    await expectOne('{ plateau: { minimum: «-1» } }', 'out-of-range', 'expected at least 0, got -1')
    await expectOne('{ plateau: { threshold: «-0.1» } }', 'out-of-range', 'expected at least 0, got -0.1')
    await expectOne('{ plateau: { «patients»: 3 } }', 'unknown-key', undefined, "'patience'")
    await expectOne('{ polynomial: { power: «0» } }', 'out-of-range', 'expected more than 0, got 0')
    await expectMarked(
      'input: 4\nlayers: [relu]\nloss: mse\ntrain: { optimizer: { sgd: 0 }, schedule: { «cosine»: { minimum: 1 } } }',
      ['out-of-range', 'cosine takes a minimum only with a learning rate over 0'],
    )
  })

  it('of clipping', async () => {
    const expectOne = (clip: string, ...expected: Expected) =>
      expectMarked(`input: 4\nlayers: [linear: 3]\nloss: mse\ntrain: { clip: ${clip} }`, expected)
    await expectOne('«1»', 'wrong-type', 'expected a way to clip, as word or { word: argument }, got 1')
    await expectOne('{ norm: «0» }', 'out-of-range', 'expected more than 0, got 0')
    await expectOne('{ value: «-1» }', 'out-of-range', 'expected more than 0, got -1')
    await expectOne('{ norm: «all» }', 'wrong-type', "expected a number, got 'all'")
    await expectOne('«norm»', 'missing-key', 'limit is missing')
    await expectOne('{ norm: 1, «value»: 1 }', 'unknown-key', "'value' beside norm: expected one clip")
    await expectOne('{ «clipvalue»: 1 }', 'unknown-word', "no clip is called 'clipvalue'", "did you mean 'value'?")
    await expectOne('{ norm: { limit: 1, «type»: 2 } }', 'unknown-key', "unknown key 'type'")
  })

  it('of optimizers', async () => {
    const expectOne = (optimizer: string, ...expected: Expected) =>
      expectMarked(`input: 4\nlayers: [linear: 3]\nloss: mse\ntrain: { optimizer: ${optimizer} }`, expected)
    await expectOne('{ nadam: { beta1: «1» } }', 'out-of-range', 'expected less than 1, got 1')
    await expectOne('{ nadam: { momentumDecay: «-1» } }', 'out-of-range', 'expected at least 0, got -1')
    await expectOne('{ nadam: { «amsgrad»: true } }', 'unknown-key', "unknown key 'amsgrad'")
  })

  it('of arguments', () =>
    expectMarked(
      `
name: «3x»
description: «[]»
input: «[4, -1]»
layers:
  - linear: «abc»
  - linear: «2.5»
  - linear: «0»
  - linear: { units: 3, bias: «1» }
  - { linear: 3, as: «2-nd» }
  - leakyRelu: «.nan»
  - softplus: «0»
  - concat: «3»
loss: { crossEntropy: { labelSmoothing: «1», targets: «classses» } }
train:
  batch: «1e400»
  epochs: «ten»
  optimizer: { sgd: { momentum: «-.inf», weightDecay: { weights: «-1» } } }
  schedule: { step: { every: «0» } }
emit: { precision: «f16» }`,
      ['invalid-name', "got '3x'"],
      ['wrong-type', 'expected text, got a list'],
      ['wrong-type', 'whole numbers from 1, got a list'],
      ['wrong-type', "expected a number, got 'abc'"],
      ['wrong-type', 'expected a whole number, got 2.5'],
      ['out-of-range', 'expected at least 1, got 0'],
      ['wrong-type', 'expected true or false, got 1'],
      ['invalid-name', "got '2-nd'"],
      ['wrong-type', 'got NaN'],
      ['out-of-range', 'expected more than 0, got 0'],
      ['wrong-type', 'expected a list, got 3'],
      ['out-of-range', 'expected less than 1, got 1'],
      ['wrong-type', "expected classes or probabilities, got 'classses'", "'classes'"],
      ['wrong-type', 'got Infinity'],
      ['wrong-type', "got 'ten'"],
      ['wrong-type', 'got -Infinity'],
      ['out-of-range', 'expected at least 0, got -1'],
      ['out-of-range', 'at least 1'],
      ['wrong-type', "expected f32 or f64, got 'f16'"],
    ))

  it('of windows', async () => {
    const expectOne = (layer: string, ...expected: Expected) =>
      expectMarked(`input: [3, 8, 8]\nlayers: [${layer}]\nloss: mse`, expected)
    const conv = (padding: string) => `conv2d: { channels: 2, kernel: 3, padding: ${padding} }`
    const expected = 'expected same, a whole number from 0, or a list of 2: one an axis, got'
    await expectOne(conv('«smae»'), 'wrong-type', `${expected} 'smae'`, "did you mean 'same'?")
    await expectOne(conv('«Same»'), 'wrong-type', `${expected} 'Same'`, "did you mean 'same'?")
    await expectOne(conv('«1.5»'), 'wrong-type', `${expected} 1.5`)
    await expectOne(conv('«[same, same]»'), 'wrong-type', `${expected} a list`)
    await expectOne(conv('«[1]»'), 'out-of-range', 'expected a list of 2, got a list of 1')
    await expectOne(conv('[0, «-1»]'), 'out-of-range', 'expected at least 0, got -1')
    await expectOne('conv2d: { channels: 2, kernel: «[]» }', 'out-of-range', 'expected a list of 2, got an empty list')
    await expectOne('concat: «[]»', 'out-of-range', 'expected a list of at least 1, got an empty list')
    const size = 'a whole number from 1, or a list of 2: one an axis'
    await expectOne('maxPool2d: «three»', 'wrong-type', `expected ${size}, got 'three'`)
    for (const layer of ['«maxPool2d»', 'conv2d: «{ channels: 2 }»'])
      await expectOne(layer, 'missing-key', `kernel is missing: expected ${size}`)
  })

  it('memory goals', async () => {
    const spec = (memory: string) => `input: 4\nlayers: [linear: 3]\nloss: mse\nemit: { memory: ${memory} }`
    const expected = 'expected store, recompute or { budget: bytes }'
    await expectMarked(spec('«recomputed»'), ['wrong-type', `${expected}, got 'recomputed'`, "'recompute'"])
    await expectMarked(spec('«checkpointing»'), ['wrong-type', "got 'checkpointing'", "'recompute'"])
    await expectMarked(spec('«100000»'), ['wrong-type', `${expected}, got 100000`])
    await expectMarked(spec('{ budget: «0» }'), ['out-of-range', 'expected at least 1, got 0'])
    await expectMarked(spec('{ budget: «10.5» }'), ['wrong-type', 'expected a whole number, got 10.5'])
    await expectMarked(spec('{ budget: «1 MB» }'), ['wrong-type', "expected a number, got '1 MB'"])
    await expectMarked(spec('{ budget: 9, «layers»: 3 }'), ['unknown-key', "unknown key 'layers'", 'expected budget'])
    await expectMarked(spec('«{}»'), ['missing-key', 'budget is missing'])
    for (const memory of ['store', 'recompute', '{ budget: 100000 }']) expect(await diagnose(spec(memory))).toEqual([])
  })

  it('targets', async () => {
    const spec = (emit: string) => `input: 4\nlayers: [linear: 3]\nloss: mse\nemit: { ${emit} }`
    await expectMarked(spec('math: «fast»'), ['wrong-type', "expected engine or portable, got 'fast'"])
    await expectMarked(spec('target: «js»'), ['wrong-type', "expected typescript or wasm, got 'js'", "'typescript'"])
    await expectMarked(spec('target: «webassembly»'), ['wrong-type', "got 'webassembly'", "'wasm'"])
    await expectMarked(spec('target: wasm, wasm: «base64»'), ['wrong-type', "expected inline or file, got 'base64'"])
    await expectMarked(spec('wasm: «{ file: a.wasm }»'), ['wrong-type', 'expected inline or file, got a mapping'])
    expect(await diagnose(spec('target: wasm, wasm: inline'))).toEqual([])
    expect(await diagnose(spec('target: typescript, wasm: file'))).toEqual([])
  })

  it('a gradient by whole numbers', async () => {
    const expectOne = (input: string, emit: string, ...expected: Expected) =>
      expectMarked(`input: ${input}\nlayers: [linear: 3]\nloss: mse\nemit: { ${emit} }`, expected)
    const index = '{ shape: 4, index: 7 }'
    await expectOne(index, '«inputGradient»: true', 'out-of-range', 'no gradient by an input of whole numbers')
    await expectOne('4', 'inputGradient: «1»', 'wrong-type', 'expected true or false, got 1')
  })

  it('frozen layers', async () => {
    await expectMarked('input: 4\nlayers: [{ linear: 3, frozen: «1» }]\nloss: mse', [
      'wrong-type',
      'expected true or false, got 1',
    ])
    const nothing = ['out-of-range', 'every parameter is frozen, so that nothing is left to train'] as const
    await expectMarked(
      `
input: 4
layers:
  - { relu: {}, frozen: true }
  - concat: [[{ linear: 3, «frozen»: true }], []]
  - { residual: [{ linear: 7, frozen: true }], frozen: true }
loss: mse`,
      nothing,
    )
    await expectMarked(
      'input: 4\nlayers: [{ residual: [linear: 4, relu, linear: 4], «frozen»: true }]\nloss: mse',
      nothing,
    )
    const frozen = 'input: 4\nlayers: [{ linear: 3, frozen: true }]\nloss: mse\n'
    expect(await diagnose(`${frozen}emit: { inputGradient: true }`)).toEqual([])
    await expectMarked(frozen.replace('mse', '«bce»'), ['unknown-word'])
  })

  it('what says nothing new may be said', async () => {
    const text =
      'input: 4\nlayers: [{ linear: 3, frozen: false }]\nloss: mse\nemit: { inputGradient: false, target: typescript }'
    expect(await diagnose(text)).toEqual([])
  })
})

describe('shapes', () => {
  it('of layers', async () => {
    await expectMarked(
      'input: 6\nlayers:\n  - residual:\n      - linear: 6\n      - «residual»: [linear: 4]\nloss: mse',
      ['shape', 'residual adds layers that give [4] to a shortcut that gives [6]'],
    )
    await expectMarked(
      `
input: 6
layers:
  - residual:
      layers: [linear: 4]
      shortcut:
        - linear: 4
        - «concat»: { branches: [[], []], axis: 1 }
loss: mse`,
      ['shape', "concat can't join [4], [4] along axis 1"],
    )
    await expectMarked('input: scalar\nlayers: [«linear»: 3]\nloss: mse', ['shape', 'linear needs an axis'])
    await expectMarked('input: scalar\nlayers: [«softmax»]\nloss: mse', ['shape', 'softmax acts along the last axis'])
    await expectMarked('input: scalar\nlayers: [sin]\nloss: «crossEntropy»', ['shape', 'crossEntropy needs logits'])
    await expectMarked(
      'input: 4\nlayers: [linear: 3]\nloss: mse\ntrain: { optimizer: { «sgd»: { nesterov: true } } }',
      ['out-of-range', 'sgd takes nesterov only with a momentum'],
    )
  })

  it('of settings that go together, whatever else is wrong', async () => {
    const train = (more: string) => `train: { optimizer: { «sgd»: { nesterov: true } }${more} }`
    const nesterov = ['out-of-range', 'sgd takes nesterov only with a momentum'] as const
    await expectMarked(
      `input: 4\nlayers: [linear: 3]\nloss: mse\n${train(', batch: «ten», clip: { «nrm»: 1 }')}`,
      nesterov,
      ['wrong-type', "got 'ten'"],
      ['unknown-word', undefined, "'norm'"],
    )
    await expectMarked(
      `input: «four»\nlayers: [linear: 3]\nloss: mse\n${train('')}`,
      ['wrong-type', "got 'four'"],
      nesterov,
    )
    await expectMarked(`«layers: [linear: 3]»\nloss: mse\n${train('')}`, ['missing-key', 'input is missing'], nesterov)
  })

  it('too large for a module', async () => {
    await expectMarked('input: 65536\nlayers:\n  - linear: 2\n  - tanh\n  - «linear»: 1000000000\nloss: mse', [
      'limit',
      'over 2 GiB',
    ])
    await expectMarked(
      'input: 10000\nlayers:\n  - linear: 10000\n  - tanh\n  - «linear»: 10000\nloss: mse\ntrain: { batch: 1 }',
      ['limit', 'with gradients and optimizer states, of over 2 GiB'],
    )
    await expectMarked('input: «10000»\nlayers:\n  - relu\nloss: mse\ntrain: { batch: 100000 }', [
      'limit',
      'the input makes a tensor of over 2 GiB: [10000] with batches of 100,000',
      'batches of at most 53,687 would fit',
    ])
    await expectMarked('input: 10\nlayers:\n  - «linear»: 10000\nloss: mse\ntrain: { batch: 100000 }', [
      'limit',
      'linear makes a tensor of over 2 GiB: [10000] with batches of 100,000',
    ])
  })

  it('are checked up to the first layer that is wrong otherwise', () =>
    expectMarked(
      `
input: 4
layers:
  - linear: 3
  - «residual»: [linear: 5]
  - «dense»: 3
  - residual: [linear: 7]
loss: mse
train: { «epoch»: 3 }`,
      ['shape', 'residual adds'],
      ['unknown-word', undefined, "'linear'"],
      ['unknown-key', undefined, "'epochs'"],
    ))

  it('are checked even when the loss is wrong', () =>
    expectMarked(
      'input: 4\nlayers:\n  - «residual»: [linear: 5]\nloss: «bce»',
      ['shape'],
      ['unknown-word', undefined, 'binaryCrossEntropy'],
    ))

  it('names of layers clash', () =>
    expectMarked('input: 4\nlayers:\n  - linear: 3\n  - tanh\n  - { linear: 3, as: «linear0» }\nloss: mse', [
      'name-clash',
      'this would be a second linear0',
      'by as',
    ]))

  it('names of layers clash, where they are paths', async () => {
    const within =
      'input: 4\nlayers:\n  - { residual: [{ linear: 4, as: b }, tanh], as: a }\n  - { linear: 4, as: «PATH» }\nloss: mse'
    await expectMarked(within.replace('PATH', 'a.b'), ['name-clash', 'this would be a second a.b', 'by as'])
    expect(await diagnose(within.replace('«PATH»', 'a.c'))).toEqual([])
    await expectMarked(within.replace('PATH', 'a.'), ['invalid-name', "several with dots between them, got 'a.'"])
    await expectMarked(within.replace('PATH', 'x'.repeat(129)), ['out-of-range', 'at most 128'])
  })

  it('an output that a prediction could not be made of', () =>
    expectMarked(
      `
inputs: { x: scalar }
targets: { θ: scalar, z: 2 }
parameters: { w: scalar }
equations:
  - m = max(z) * θ
  - p = w * x + m
  - l = p^2
output: «p»
loss: l`,
      ['out-of-range', 'p depends on the target θ, which predict is not given', 'make θ an input, or take it out'],
    ))

  const residual = (layers: string, shortcut: string) =>
    `input: [4, 4]\nlayers:\n  - residual:\n      layers: [${layers}]\n      shortcut: [${shortcut}]\nloss: mse`
  const inShortcut = ['name-clash', 'this would be a second residual0.shortcut.'] as const

  const clashes: [string, string, ...Expected][] = [
    ['a linear layer', residual('{ residual: [linear: 4], as: shortcut }', '«linear: 4»'), ...inShortcut],
    ['running statistics', residual('{ residual: [batchNorm], as: shortcut }', '«batchNorm»'), ...inShortcut],
    ['layers without parameters', residual('{ residual: [relu], as: shortcut }', '«relu»'), ...inShortcut],
    [
      'branches',
      residual('{ concat: [[linear: 4]], as: shortcut }', '{ residual: [«linear: 4»], as: branch0 }'),
      ...inShortcut,
    ],
    [
      'parts of attention',
      residual('{ attention: 2, as: shortcut }', '{ «linear»: 4, as: out_proj }'),
      'name-clash',
      'linear would be a second residual0.shortcut.out_proj.weight',
    ],
    [
      'layers and parameters',
      residual('{ linear: 4, as: shortcut }', '{ linear: 4, as: «weight» }'),
      'name-clash',
      'this would be a second residual0.shortcut.weight',
    ],
    [
      'what an optimizer keeps',
      'input: 4\nlayers:\n  - linear: 4\n  - residual: [{ residual: [{ «linear»: 4, as: linear0 }], as: momentum }]\n' +
        '    as: optimizer\nloss: mse\ntrain: { optimizer: { sgd: { learningRate: 0.1, momentum: 0.9 } } }',
      'name-clash',
      'linear would be a second optimizer.momentum.linear0.weight',
    ],
    [
      'what an optimizer counts',
      'input: 4\nlayers:\n  - linear: 4\n  - residual: [{ residual: [{ «linear»: 4, as: linear0 }], as: t }]\n' +
        '    as: optimizer\nloss: mse\ntrain: { optimizer: adam }',
      'name-clash',
      'linear would be a second optimizer.t.linear0.weight',
    ],
  ]

  it.each(clashes)('full names clash: %s', (_, marked, ...expected) => expectMarked(marked, expected))
})

describe('formulas, at their column', () => {
  const place = (formula: string) => `input: 4\nlayers: [linear: 3, expression: '${formula}']\nloss: mse`
  const cases: [string, ...Parameters<typeof expectMarked>[1][]][] = [
    [
      'x * «foo» + «rlu»(x)',
      ['unknown-name', "no value is called 'foo'"],
      ['unknown-name', "no function is called 'rlu'", "'relu'"],
    ],
    ['«ln»(x)', ['unknown-name', "no function is called 'ln'", "did you mean 'log'?"]],
    ['«pow»(x, 2)', ['unknown-name', "no function is called 'pow'", 'write x ^ 2']],
    ['2 «x»', ['formula', "expected an operator between '2' and 'x'"]],
    ['(x) «(»x)', ['formula', 'expected an operator']],
    ['x «to» y', ['formula', 'expected an operator']],
    ['x«;» x', ['formula', "formulas have no ';'"]],
    ['x«[»1]', ['formula', "formulas have no '['", 'a part is taken by slice(x, from, to)']],
    ['Math«.»exp(x)', ['formula', "formulas have no '.'", 'functions stand by themselves: exp(x), not Math.exp(x)']],
    ['x «@» x', ['formula', "formulas have no '@'", 'a product with a matrix is written with *']],
    ['x *«*» 2', ['syntax', 'Value expected', 'a power is written with ^']],
    ['x «=» 3', ['formula', "formulas have no '='"]],
    ['x«!»', ['formula', "formulas have no '!'"]],
    ['x «%» 2', ['formula', "formulas have no '%'"]],
    ['«"»a"', ['formula', `formulas have no '"'`]],
    ['x «🙂»', ['formula', "formulas have no '🙂'"]],
    ['x * «*» x', ['syntax', 'Value expected']],
    ['x + x «+»', ['syntax', 'Unexpected end']],
    ['«0» < x < 1', ['formula', 'comparisons in a row']],
    ['«x»:3', ['formula', 'no range']],
    ['«1e999» * x', ['out-of-range', 'not finite']],
    ['x + «1 / 0»', ['out-of-range', 'not finite']],
    ['«x .* x»', ['formula', 'pointwise as it is']],
    ['«softmax(x)»', ['formula', 'not pointwise']],
    ['1 + «exp(x, (x))» + 1', ['formula', 'exp takes 1 argument, got 2']],
    ['«max()»', ['formula', 'max takes at least one argument']],
    ['«leakyRelu(x, x)»', ['formula', 'expected a number as slope']],
    ['«true»', ['unknown-name']],
  ]
  for (const [formula, ...expected] of cases) it(formula, () => expectMarked(place(formula), ...expected))

  it('cut in two by a comma in a list', () =>
    expectMarked(
      'inputs: { x: 2 }\ntargets: {}\nparameters: { w: 2 }\nequations: [p = dot(«w», «x)»]\noutput: p\nloss: p',
      ['syntax', 'Parenthesis ) expected', 'write the formula on a line of its own, or in quotes'],
      ['formula', 'expected an equation'],
    ))

  it('past quotes and escapes', async () => {
    await expectMarked('{"input": 4, "layers": [{"expression": "\\u0078 + «\\u03b2»"}], "loss": "mse"}', [
      'unknown-name',
      "'β'",
    ])
    await expectMarked("input: 4\nlayers: [{ expression: 'x «'»'' }]\nloss: mse", ['formula'])
    await expectMarked('input: 4\nlayers:\n  - expression: x +\n      «foo» * x\nloss: mse', ['unknown-name'])
    await expectMarked('input: 4\nlayers:\n  - expression: |\n      x + «foo»\nloss: mse', ['unknown-name'])
    await expectMarked('input: 4\nlayers: [relu]\nloss: { expression: { formula: "(p - «z»)^2" } }', [
      'unknown-name',
      undefined,
      'known: p, y, pi, e',
    ])
  })

  it('with trained parameters', async () => {
    await expectMarked(
      `
input: 4
layers:
  - expression:
      formula: x * sin(a * x) + α * «c» + α2
      parameters: { a: 1, α: 2, «alpha»: 1, α2: 1, «x»: 3, «e»: 1, «relu»: 2, «true»: 1, «b-1»: 2, «unused»: 2 }
loss: { expression: { formula: (p - y)^2, «parameters»: { b: 1 } } }`,
      ['unknown-name', "no value is called 'c'"],
      ['name-clash', "'alpha' and 'α' are both alpha in code"],
      ['name-clash', "'x' is already defined"],
      ['invalid-name', "'e' means something in formulas already"],
      ['invalid-name', "'relu' means something"],
      ['invalid-name', "'true' means something"],
      ['invalid-name', "'b-1' is no name"],
      ['formula', "the formula doesn't use 'unused'"],
      ['unknown-key', "unknown key 'parameters'"],
    )
    await expectMarked(
      'input: 4\nlayers: [expression: { formula: a * x, parameters: { a: «one», b: «.inf» } }]\nloss: mse',
      ['wrong-type', "expected a number, got 'one'"],
      ['wrong-type', 'got Infinity'],
    )
    await expectMarked('input: 4\nlayers: [expression: { formula: x, parameters: «[1]» }]\nloss: mse', [
      'wrong-type',
      'expected a mapping, got a list',
    ])
  })

  it('long, deep or empty ones', async () => {
    await expectMarked("input: 4\nlayers: [expression: «''»]\nloss: mse", ['formula', 'got nothing'])
    await expectMarked(`input: 4\nlayers:\n  - expression: «${'x+'.repeat(2000)}x»\nloss: mse`, [
      'limit',
      '4000 characters',
    ])
    const parentheses = `${'('.repeat(64)}«(»x${')'.repeat(65)}`
    await expectMarked(`input: 4\nlayers:\n  - expression: ${parentheses}\nloss: mse`, ['limit', 'nesting over 64'])
    const signs = `${'-'.repeat(65)}x`
    await expectMarked(`input: 4\nlayers:\n  - expression: «${signs}»\nloss: mse`, ['limit', 'nesting over 64 levels'])
    const steps = `${'x > 0 ? x : '.repeat(300)}x`
    await expectMarked(`input: 4\nlayers:\n  - expression: "«${steps}»"\nloss: mse`, ['limit', 'nesting'])
    expect(await diagnose(`input: 4\nlayers:\n  - expression: ${'x + '.repeat(900)}x\nloss: mse`)).toEqual([])
  })
})

describe('equations', () => {
  const head = 'inputs: { x: 3 }\ntargets: { y: scalar }\n'

  it('shapes, names and functions', () =>
    expectMarked(
      `${head}parameters: { W: [4, 3], φ: 2, «ϕ»: 2, «e»: scalar, «mse»: 2, «β-1»: 2, v: «{ shape: 3, init: heNormal }» }
equations:
  - h = W * x
  - g = «x * x»
  - k = «h + x»
  - m = k + «foo»
  - «x» = 3
  - q = «dot(x, h)»
  - r = «derivative(h, x)»
  - s = «mse(h, y)»
  - t = «norm(3)»
  - o = «exp(x, x)»
  - z = «abs(2, 3)»
  - u = W «'»
output: g
loss: m`,
      ['name-clash', "'ϕ' and 'φ' are both phi in code"],
      ['invalid-name', "'e' means something in formulas"],
      ['invalid-name', "'mse' means something"],
      ['invalid-name', "'β-1' is no name"],
      ['shape', 'heNormal needs at least two axes'],
      ['shape', 'no product of [3] and [3]', 'dot(a, b)'],
      ['shape', "shapes don't fit: [4] and [3]"],
      ['unknown-name', "'foo'"],
      ['name-clash', "'x' is already defined"],
      ['shape', 'dot takes two vectors of one length, got [3] and [4]'],
      ['shape', 'derivative is by or of a scalar, got [4] by [3]', 'jacobian(h, x)'],
      ['shape', 'mse takes a target of [4], got []'],
      ['shape', 'norm takes vectors, got a number'],
      ['formula', 'exp takes 1 argument, got 2'],
      ['formula', 'abs takes 1 argument, got 2'],
      ['formula', 'formulas have another word for a transposed matrix'],
    ))

  it('operands of functions of tensors', () =>
    expectMarked(
      `${head}parameters: { W: [4, 3], b: 4 }
equations:
  - c = «concat(x, W)»
  - d = «concat(1, 2)»
  - f = «slice(x, 1, 4)»
  - g = «slice(x, 1, 1)»
  - h = «slice(x, y, 2)»
  - i = «slice(y, 0, 1)»
  - j = «slice(x, 1)»
  - k = «slice(x, 0.5, 2)»
  - m = «outer(x, W)»
  - n = «trace(W)»
  - o = «diagonal(b)»
  - p = «stopGradient(x, b)»
  - q = «outer(x, 2)»
output: x
loss: y`,
      ['shape', 'concat takes scalars and vectors, got [4, 3]'],
      ['formula', 'concat takes scalars and vectors, got numbers alone'],
      ['out-of-range', 'slice takes two whole numbers from 0 to 3, the second larger, got 1 and 4'],
      ['out-of-range', 'slice takes two whole numbers from 0 to 3, the second larger, got 1 and 1'],
      ['out-of-range', 'slice takes two whole numbers from 0 to 3, the second larger, got a value and 2'],
      ['shape', 'slice takes a vector, got []'],
      ['formula', 'slice takes 3 arguments, got 2'],
      ['out-of-range', 'slice takes two whole numbers from 0 to 3, the second larger, got 0.5 and 2'],
      ['shape', 'outer takes two vectors, got [3] and [4, 3]'],
      ['shape', 'trace takes a matrix with as many rows as columns, got [4, 3]'],
      ['shape', 'diagonal takes a matrix with as many rows as columns, got [4]'],
      ['formula', 'stopGradient takes 1 argument, got 2'],
      ['shape', 'outer takes vectors, got a number'],
    ))

  it('what follows from a mistake is not reported', () =>
    expectMarked(
      `${head}parameters: { W: [4, 3] }\nequations:\n  - h = W * «xx»\n  - g = h + 1\n  - l = mse(sum(g), y)\noutput: g\nloss: l`,
      ['unknown-name', undefined, "'x'"],
    ))

  it('output and loss', async () => {
    await expectMarked(
      `${head}parameters: { W: [4, 3] }\nequations:\n  - h = W * x\noutput: «hh»\nloss: «l»`,
      ['unknown-name', "no equation defines 'hh'", "'h'"],
      ['unknown-name', "'l'"],
    )
    await expectMarked(`${head}parameters: { W: [4, 3] }\nequations:\n  - h = W * x\noutput: h\nloss: «h»`, [
      'shape',
      'must be a scalar, and is [4]',
    ])
  })

  it('output and loss, whatever else is wrong', async () => {
    await expectMarked(
      `${head}parameters: { Ω: [4, 3] }\nequations:\n  - f = Ω * x\n  - «x» = f\n  - ℓ = (sum(f) - y)^2\noutput: «ff»\nloss: «ℓℓ»`,
      ['name-clash', "'x' is already defined"],
      ['unknown-name', "no equation defines 'ff'", "'f'"],
      ['unknown-name', "no equation defines 'ℓℓ'", "'ℓ'"],
    )
    await expectMarked(
      `${head}parameters: { Ω: [4, 3] }\nequations:\n  - f = Ω * x\n  - «e» = f + 1\n  - g = 2 * e\n  - l = «foo» * y\noutput: e\nloss: l`,
      ['invalid-name', "'e' means something in formulas already"],
      ['unknown-name', "'foo'"],
    )
  })

  it('class numbers that are too large, or computed', async () => {
    const spec = (loss: string) => `
inputs: { x: 3 }
targets: { y: { shape: scalar, index: 5 } }
parameters: { Ω: [2, 3] }
equations: [f = Ω * x, ${loss}]
output: f
loss: ℓ`
    await expectMarked(spec('"ℓ = 2 * «crossEntropy(f, y)»"'), [
      'out-of-range',
      'crossEntropy takes class numbers below 2, and those of y are below 5',
    ])
    await expectMarked(spec('"ℓ = «crossEntropy(f, y + 1)»"'), [
      'formula',
      'crossEntropy takes class numbers from a target itself, not computed ones',
    ])
  })

  it('that are none', () =>
    expectMarked(
      `${head}parameters: { W: [4, 3] }\nequations:\n  - «h == W * x»\n  - «a: b»\n  - «3»\n  - «7 = x»\noutput: h\nloss: h`,
      ['formula', 'expected an equation: name = formula'],
      ['wrong-type', 'got a mapping', 'quote an equation'],
      ['wrong-type', 'got 3'],
      ['formula', 'expected an equation'],
    ))

  it('mixed with layers', async () => {
    await expectMarked('«inputs»: { x: 3 }\ninput: 3\nlayers: [linear: 3]\nloss: mse', [
      'unknown-key',
      undefined,
      "'input'",
    ])
    await expectMarked(
      `${head}layers: [linear: 3]\n«equations»: [f = 2 * x]\noutput: f\nloss: f\ntrain: { batch: «0», optimizer: { «sgd»: { nesterov: true } } }`,
      ['unknown-key', "'equations' beside layers: a network is either layers or equations"],
      ['out-of-range'],
      ['out-of-range', 'sgd takes nesterov'],
    )
  })

  it('with a loss as layers have it', () =>
    expectMarked(`${head}parameters: { W: [1, 3] }\nequations: [f = sum(W * x)]\noutput: f\nloss: «mse»`, [
      'unknown-name',
      "no equation defines 'mse'",
      'write it as an equation, ℓ = mse(f, y), and loss: ℓ',
    ]))
})

describe('text', () => {
  it('that is not YAML', async () => {
    expect(await diagnose('input: [4')).toMatchObject([{ code: 'syntax', line: 1 }])
    expect(await diagnose('input: 4\n\tlayers: 3')).toMatchObject([{ code: 'syntax', line: 2 }])
    expect(await diagnose('a: 1\n---\nb: 2')).toMatchObject([{ code: 'syntax', line: 2, column: 1 }])
    expect(await diagnose('%YAML 1.1\n---\ninput: 4')).toMatchObject([{ code: 'syntax' }])
  })

  it('with tags, aliases to nothing, keys that are no text', () =>
    expectMarked(
      'input: !!int «4»\nlayers: !mine «[relu]»\nloss: «*loss»\n? «[a]»\n: 3\n«__proto__»: 3',
      ['syntax', 'a tag'],
      ['syntax', 'a tag'],
      ['syntax', "no anchor 'loss'"],
      ['wrong-type', 'not a key'],
      ['wrong-type', 'not a key'],
    ))

  it('empty, or something else than a mapping', async () => {
    await expectMarked('«[1, 2]»', ['wrong-type', 'expected a mapping, got a list'])
    expect(await diagnose('')).toMatchObject([{ code: 'wrong-type', line: 1, column: 1 }])
  })

  it('too deep, too large, or multiplied by aliases', async () => {
    const quickly = async (text: string) => {
      const start = performance.now()
      const found = await diagnose(text)
      expect(performance.now() - start).toBeLessThan(10_000)
      return found.map(({ code }) => code)
    }
    expect(await quickly(`input: ${'['.repeat(500_000)}`)).toEqual(['limit'])
    expect(await quickly('- '.repeat(490_000))).toEqual(['limit'])
    expect(await quickly(`a: [${'1,'.repeat(490_000)}1]`)).toEqual(['limit'])
    expect(await quickly(`a: ${'x'.repeat(1_000_001)}`)).toEqual(['limit'])
    expect(await quickly(`a: &a [*a, *a]`)).toEqual(['limit'])
    const bomb = Array.from({ length: 20 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i === 0 ? 0 : 10)}1]`)
    expect(await quickly(bomb.join('\n'))).toEqual(['limit'])
  })

  it('with 15,000 unknown keys', async () => {
    const text = Array.from({ length: 15_000 }, (_, i) => `key${i}: 1`).join('\n')
    expect(await diagnose(text)).toHaveLength(15_003)
  })

  it('may use anchors and aliases', async () => {
    const { parameters } = await load('input: 4\nlayers:\n  - &hidden { linear: 3 }\n  - *hidden\nloss: mse')
    expect(parameters.map(({ name }) => name)).toEqual([
      'linear0.weight',
      'linear0.bias',
      'linear1.weight',
      'linear1.bias',
    ])
  })
})

describe('rendered', () => {
  it('with code, place, source line and caret', async () => {
    const error: unknown = await load('input: 4\nlayers:\n  - dense: 3\nloss: mse', 'a.net.yaml').catch(
      (e: unknown) => e,
    )
    expect(renderDiagnostics(error as SpecError)).toBe(
      [
        "a.net.yaml:3:5: error: no layer is called 'dense'; did you mean 'linear'? (unknown-word)",
        '  2 | layers:',
        '> 3 |   - dense: 3',
        '    |     ^^^^^',
      ].join('\n'),
    )
  })
})
