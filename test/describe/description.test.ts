import { describe, expect, test } from 'vitest'
import { describeModule } from '../../src/compile.ts'
import { describe as describing } from '../../src/describe/describe.ts'
import { print } from '../../src/describe/print.ts'
import type { ModuleDescription } from '../../src/emit/description.ts'
import { load } from '../language/marked.ts'

const described = async (spec: string, target: 'typescript' | 'wasm' = 'typescript') =>
  describeModule(await load(spec), 'test.net.yaml', { target })

describe('a description', () => {
  test('tells of what optimizers, schedules, clipping and data make of training', async () => {
    const { inputs, targets, outputs, parameters, arena, ...rest } = await described(`
input: 4
layers: [linear: 5, actNorm, tanh, linear: 3]
loss: crossEntropy
train: { batch: 6, optimizer: nadam, clip: { norm: 1 }, schedule: { plateau: { factor: 0.5, patience: 2 } } }
emit: { math: portable, inputGradient: true }`)
    expect(rest).toMatchObject({
      name: 'test',
      ...{ specFile: 'test.net.yaml', precision: 'f32', batch: 6, epochs: 10, leastSamples: 1 },
      ...{ buffers: [], startedByData: ['actNorm0.weight', 'actNorm0.bias'] },
      ...{ math: 'portable', helpers: ['tanh', 'exp', 'log', 'softplus', 'sigmoid', 'pow'] },
      ...{ learningRate: 0.002, optimizer: 'nadam(beta1 = 0.9, beta2 = 0.999, momentumDecay = 0.004)' },
      inputGradients: [{ name: 'x', shape: [4], size: 4, offset: arena.zones['input gradients'] }],
      scalars: [
        { name: 't', place: 'states[k + 12]!.view[0]', next: 'states[k + 12]!.view[0]! + 1' },
        {
          name: 'momentumProduct',
          place: 'states[k + 18]!.view[0]',
          next: '(t > 1 ? states[k + 18]!.view[0]! : 1) * (0.9 * (1 - 0.5 * pow(0.96, t * 0.004)))',
        },
      ],
      carried: [
        { name: 'best', start: Infinity },
        { name: 'badEpochs', start: 0 },
      ],
      schedule: { function: 'plateau', arguments: [2, 0.5, 0.0001, 0], readsMetric: true },
    })
    expect(rest).not.toHaveProperty('schedule.carried')
    expect(rest).not.toHaveProperty('recomputation')
    expect(rest).not.toHaveProperty('wasm')
    expect([inputs, targets]).toMatchObject([
      [{ name: 'x', shape: [4], size: 4 }],
      [{ name: 'y', shape: [], size: 1, below: 3 }],
    ])
    expect(inputs[0]).not.toHaveProperty('below')
    expect(outputs).toMatchObject([{ shape: [3], size: 3 }])
    expect(parameters.map(({ name, size, offset, frozen }) => [name, size, offset, frozen])).toEqual([
      ...[
        ['linear0.weight', 20, 0, false],
        ['linear0.bias', 5, 20, false],
      ],
      ...[
        ['actNorm0.weight', 5, 25, false],
        ['actNorm0.bias', 5, 30, false],
      ],
      ...[
        ['linear1.weight', 15, 35, false],
        ['linear1.bias', 3, 50, false],
      ],
    ])
    expect(arena).toMatchObject({ optimizer: ['mean', 'square'], zones: { parameters: 0 } })
    const { programs } = rest
    expect(programs.initialize!.calls).toHaveLength(2)
    // The norm is computed before the factor, which the update takes.
    expect(programs.update).toEqual({
      calls: [
        'gradient_norm(arena, 53)',
        { name: 'clip', value: `Math.min(1 / (arena[${arena.zones.norm}] + 0.000001), 1)` },
        'update(arena, first, end, clip, state.learningRate, t, momentumProduct)',
      ],
      uniforms: ['learningRate', 't', 'momentumProduct'],
    })
    expect(Object.keys(programs)).toEqual(['predict', 'loss', 'gradient', 'commit', 'initialize', 'update'])
  })

  test('has nothing of what a network has not', async () => {
    const { schedule, ...plain } = await described(
      'input: 2\nlayers: [linear: 1]\nloss: mse\ntrain: { optimizer: sgd }',
    )
    expect(schedule).toBeUndefined()
    expect(plain).toMatchObject({ scalars: [], carried: [], inputGradients: [], startedByData: [], helpers: [] })
    expect(plain).not.toHaveProperty('math')
    expect(plain).not.toHaveProperty('schedule')
    const fixed = await described('input: 2\nlayers: [tanh]\nloss: mse')
    expect(fixed.scalars).toEqual([])
  })

  test('of a schedule by epochs says so', async () => {
    const { schedule } = await described(
      'input: 2\nlayers: [linear: 1]\nloss: mse\ntrain: { schedule: { exponential: { factor: 0.9 } } }',
    )
    expect(schedule).toEqual({ function: 'step', arguments: [1, 0.9], readsMetric: false })
  })

  test('tells what computing again saves and costs', async () => {
    const spec = (memory: string) =>
      `input: 8\nlayers: [${Array(12).fill('linear: 8, tanh').join(', ')}]\nloss: mse\nemit: { ${memory} }`
    const [all, less] = [await described(spec('')), await described(spec('memory: recompute'))]
    expect(all).not.toHaveProperty('recomputation')
    expect(less.operations).toBe(all.operations)
    expect(less.recomputation).toMatchObject({ storedLength: all.arena.trainerLength })
    expect(less.recomputation!.operations).toBeGreaterThan(0)
    expect(less.arena.trainerLength).toBeLessThan(all.arena.trainerLength)
  })

  test('counts the operations of a step: of each sample, and of each parameter', async () => {
    const operations = async (batch: number, units: number) =>
      (await described(`input: 4\nlayers: [linear: ${units}]\nloss: mse\ntrain: { batch: ${batch}, optimizer: sgd }`))
        .operations
    const [one, two, three] = [await operations(1, 5), await operations(2, 5), await operations(3, 5)]
    expect(three - two).toBe(two - one)
    // Parameters are updated once, 2 operations each.
    expect(one - (two - one)).toBeGreaterThanOrEqual(2 * 25)
  })

  test('names the file of kernels in WebAssembly, or that they are within', async () => {
    const spec = 'input: 40\nlayers: [linear: 40, dropout: 0.5]\nloss: mse\ntrain: { batch: 32 }'
    const inline = await described(spec, 'wasm')
    expect(inline.wasm).toEqual({
      ...{ placement: 'inline', imports: [], largestBatch: 1280 },
      programs: ['predict', 'loss', 'gradient', 'update'],
    })
    expect(inline.beside).toMatchObject({ target: 'wasm', text: expect.stringContaining('(export "areFinite")') })
    const short = await described(spec.replace('32', '12'), 'wasm')
    expect(short.wasm).not.toHaveProperty('largestBatch')
    expect(short.beside!.text).not.toContain('areFinite')
    expect((await described(`${spec}\nemit: { wasm: file }`, 'wasm')).wasm).toMatchObject({ placement: 'file' })
    expect(inline.programs.predict).toEqual({
      calls: ['kernelsIn(arena).predict(arena.byteOffset, n)'],
      uniforms: [],
    })
  })
})

describe('what lies outside the arena is found', () => {
  const port = { name: 'x', shape: [2], size: 2, offset: 0 }
  const arena = { modelLength: 20, trainerLength: 40, zones: {}, optimizer: [], loss: 0 }
  const check = (change: Partial<ModuleDescription>) => {
    const description = {
      inputs: [port],
      targets: [port],
      outputs: [port],
      arena,
      batch: 10,
      ...change,
    } as ModuleDescription
    describing.check!({ description } as never)
  }
  test.each<[found: string | undefined, change: Partial<ModuleDescription>]>([
    [undefined, {}],
    [undefined, { inputs: [{ ...port, offset: 20 }] }],
    ['x lies outside the arena', { inputs: [{ ...port, offset: 21 }] }],
    ['x lies outside the arena', { inputs: [{ ...port, offset: -1 }] }],
    ['y lies outside the arena', { targets: [{ ...port, name: 'y', offset: 21 }] }],
    ['y lies outside the arena', { targets: [port, { ...port, name: 'y', size: 5 }] }],
    ['an output lies outside the arena of a model', { outputs: [{ ...port, offset: 1 }] }],
    ['an output lies outside the arena of a model', { outputs: [{ ...port, offset: -1 }] }],
    ['an output lies outside the arena of a model', { batch: 11, inputs: [], targets: [] }],
  ])('%j', (found, change) => {
    if (found === undefined) check(change)
    else expect(() => check(change)).toThrow(found)
  })
})

test('what nothing runs or names is found', () => {
  const named = { name: 'forward_h1', programs: ['predict'], equations: ['a', 'b'], loops: '' }
  const check = (calls: readonly string[], ...kernels: readonly (typeof named)[]) => {
    const called = [
      { name: 'predict', actions: [{}] },
      { name: 'commit', actions: [] },
    ]
    const statements = new Map([
      ['predict', { calls }],
      ['commit', { calls: [] }],
    ])
    print.check!({ called, printed: { statements, kernels } } as never)
  }
  check(['forward_h1(arena, n)'], named, named)
  expect(() => check([], named)).toThrow('nothing runs predict')
  for (const kernel of [
    { ...named, name: '' },
    { ...named, name: 'f-1' },
    { ...named, name: '=f' },
    { ...named, programs: [] },
  ])
    expect(() => check(['forward_h1(arena, n)'], named, kernel)).toThrow('a kernel has no name or no program: a; b')
})

test('what serves to compute a layer stands under it', async () => {
  const under = async (layer: string, spec: string, target: 'typescript' | 'wasm') => {
    const { sections } = await described(spec, target)
    const { functions } = sections.find(({ title }) => title === layer)!
    return functions.map((text) => (target === 'wasm' ? /^\/\/ (\w+)/m : /^function (\w+)/m).exec(text)![1])
  }
  expect(
    await under(
      'embedding0',
      'input: { shape: [6], index: 5 }\nlayers: [embedding: 3, flatten, linear: 3]\nloss: mse',
      'typescript',
    ),
  ).toEqual(['forward_f0', 'clear_gradient_Omega0', 'clear_losses_of_gradient_Omega0', 'gradient_Omega0'])
  // What two layers compute stands under the first.
  const flat = await under('linear0', 'input: 4\nlayers: [linear: 5, flatten, linear: 3]\nloss: mse', 'typescript')
  expect(flat).toEqual(['forward_f0', 'adjoint_f0', 'gradient_beta0', 'gradient_Omega0'])
  const recurrent = await under('lstm0', 'input: [5, 3]\nlayers: [lstm: 4, linear: 1]\nloss: mse', 'wasm')
  expect(recurrent).toEqual(
    expect.arrayContaining(['pack_for_forward_p0', 'forward_p0', 'carry_h_t_1', 'gradient_beta0']),
  )
})

describe('kernels tell people', () => {
  const toldOf = async (spec: string, target: 'typescript' | 'wasm') =>
    (await described(spec, target)).kernels.map(
      ({ name, equations, programs, loops }) => `${name} | ${equations.join('; ')} | ${programs.join()} | ${loops}`,
    )

  test('what they clear, add to, look up and commit', async () => {
    const told = await toldOf(
      'input: { shape: [6], index: 5 }\nlayers: [embedding: 3, batchNorm, flatten, linear: 3]\nloss: mse\ntrain: { batch: 6 }',
      'typescript',
    )
    for (const line of [
      'forward_f1_eval | f0 = Omega0[x]; c1_eval = f0 - batchNorm0.running_mean; z1_eval = c1_eval / r1_eval; f1_eval = beta1 + Omega1 .* z1_eval | predict,loss | for b: batch, i: 6, j: 3; one by one; 3 j at once',
      'loss_sum | l_eval = 0.3333333333333333 t1; sum over the samples of l_eval; l = 0.3333333333333333 t0; sum over the samples of l | loss,gradient | sum over b: batch; one by one',
      'clear_gradient_Omega0 | dl/dOmega0 <- 0 | gradient | for i: 15; one by one; 15 i at once',
      'clear_losses_of_gradient_Omega0 | 0, for what rounding takes from gradient_Omega0 | gradient | for b: batch, i: 6, j: 3; one by one; 6 i, 3 j at once',
      'gradient_Omega0 | dl/dOmega0 = scatter(dl/dc1 + t3, x, rows=5) | gradient | for b: batch, i: 6, j: 3; one by one; 3 j at once',
      'commit_batchNorm0_running_var | batchNorm0.running_mean <- 0.9 batchNorm0.running_mean + 0.1 mu1; batchNorm0.running_var <- 0.9 batchNorm0.running_var + 0.1 (3 n / (3 n - 1) * v1) | commit | for i: 6; one by one',
    ])
      expect(told).toContain(line)
  })

  test('what they add up that has no name of its own', async () => {
    const told = await toldOf(
      'input: [1, 8]\nlayers: [averagePool1d: { kernel: 3, stride: 1, padding: 1 }, conv1d: { channels: 2, kernel: 3 }, averagePool1d: { kernel: 3, stride: 1, padding: 1 }, flatten, linear: 1]\nloss: mse',
      'typescript',
    )
    const [clearing] = told.filter((line) => line.startsWith('clear_'))
    expect(clearing).toMatch(/^clear_adjoint_(t\d) \| \1 <- 0 \| gradient \|/)
    const name = /t\d/.exec(clearing!)![0]
    expect(told.find((line) => line.startsWith(`adjoint_${name}`))).toMatch(/^adjoint_(t\d) \| \1 = fold_j\(/)
  })

  test('what they pack and carry on, at each time', async () => {
    const told = await toldOf('input: [5, 3]\nlayers: [lstm: 4, linear: 1]\nloss: mse\ntrain: { batch: 4 }', 'wasm')
    for (const line of [
      'pack_for_forward_p0 | an operand of forward_p0, in the order in which that reads it | predict,loss,gradient | for k: 3, j: 16; 4 lanes of j; 3 k, 16 j at once',
      'carry | h[t-1] <- 0; c[t-1] <- 0; dcarry0 <- 0; dcarry1 <- 0 | predict,loss,gradient | for b: batch, i: 4; 4 lanes of i; 4 b, 4 i at once',
      'carry_h_t_1 | h[t-1] <- t0 | predict,loss,gradient | at each time: 5; for b: batch, i: 4; 4 lanes of i; 4 b, 4 i at once',
      'forward_copy | c[t-1]; h[t-1] | gradient | at each time: 5; for b: batch, i: 4; 4 lanes of i; 4 b, 4 i at once',
      'adjoint_t3 | t3 = pad_i(reshape(dl/df0, [1, 4]), 4:0) | gradient | for b: batch; write at i: 4, j: 4; write at i: 1, j: 4; one by one; 4 i, 4 j, 4 j at once',
      'gradient_Omega0 | dl/dOmega0 = dl/dp0^T x | gradient | for i: 16, j: 3; sum over b: batch, k: 5; 4 lanes of i; 8 i, 3 j, 5 k at once',
    ])
      expect(told).toContain(line)
  })

  test('what starts parameters, what is over all gradients, and a maximum', async () => {
    const told = await toldOf(
      'input: 4\nlayers: [linear: 5, actNorm, linear: 3]\nloss: crossEntropy\ntrain: { batch: 6, optimizer: sgd, clip: { norm: 1 } }',
      'typescript',
    )
    expect(told.find((line) => line.startsWith('start_beta1'))).toMatch(
      /Omega1 <- 1 \/ sigma1_init; beta1 <- .* \| initialize \| for i: 5; maximum over b: batch; sum over b: batch; one by one$/,
    )
    expect(told).toContain('gradient_norm | norm <- sqrt(sum(gradients^2)) | norm | sum over b: 53; one by one')
    expect(told.at(-1)).toBe(
      'update | parameters <- parameters - learningRate * (gradients * clip) | update | for b: 53; one by one; 2 b at once',
    )
  })
})
