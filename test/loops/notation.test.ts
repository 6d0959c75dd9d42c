import { describe, expect, test } from 'vitest'
import { axisIndex, collidingAxes, combine, constantIndex, isAxis } from '../../src/loops/notation/affine.ts'
import { applied, opCount } from '../../src/loops/notation/arithmetic.ts'
import { flushStates } from '../../src/loops/notation/flush.ts'
import { axesOf } from '../../src/loops/notation/indexing.ts'
import {
  lengthOf,
  sizeInMemory,
  type Access,
  type Affine,
  type Axis,
  type Buffer,
  type Kernel,
  type Lookup,
  type Reduce,
  type Scalar,
  type Stage,
  type Write,
} from '../../src/loops/notation/kernel.ts'
import { capacityOf, staysInPadding } from '../../src/loops/notation/padding.ts'
import { printKernel } from '../../src/loops/notation/print.ts'
import { readsOf, writesOf } from '../../src/loops/notation/reads.ts'
import { countedFromStarts, rewriteKernel, splitAxis } from '../../src/loops/notation/rewrite.ts'
import { signatureOf } from '../../src/loops/notation/signature.ts'
import { uniformNamed, uniformRow } from '../../src/loops/notation/uniforms.ts'

const b: Axis = { label: 'b', extent: 'batch' }
const i: Axis = { label: 'i', extent: 3 }
const j: Axis = { label: 'j', extent: 4 }
const one: Axis = { label: 'one', extent: 1 }
const buffer = (name: string, role: Buffer['role'] = 'activation'): Buffer => ({ name, role, batched: true, size: 12 })
const [x, y, at, lost] = [buffer('x', 'input'), buffer('y'), buffer('at', 'input'), buffer('lost')]

const affine = (constant: number, ...terms: readonly (readonly [Axis | Lookup, number])[]): Affine => ({
  constant,
  terms: new Map(terms),
})
const access = (of: Buffer, ...address: Parameters<typeof affine>): Access => ({
  buffer: of,
  address: affine(...address),
})
const lookup = (...address: Parameters<typeof affine>): Lookup => ({ access: access(at, ...address), below: 5 })
const read = (from: Access): Scalar => ({ kind: 'read', access: from })
const literal = (value: number): Scalar => ({ kind: 'literal', value })
const index = (value: Affine): Scalar => ({ kind: 'index', value })
const apply = (op: 'add' | 'multiply' | 'sqrt' | 'exp', ...operands: readonly Scalar[]): Scalar => ({
  kind: 'apply',
  op,
  operands,
})
const write = (target: Access, value: Scalar, more: Partial<Write> = {}): Write => ({
  ...{ kind: 'write', over: [], target, value, mode: 'store' },
  ...more,
})
const kernel = (stages: readonly Stage[], more: Partial<Kernel> = {}): Kernel => ({
  ...{ parallel: [b, i], sequential: [], stages, purpose: { kind: 'compute', nodes: [] } },
  ...more,
})

describe('affine indices', () => {
  test('are combined term by term, without those that vanish', () => {
    const [first, second] = [affine(2, [b, 1], [i, 3]), affine(1, [i, 1], [j, 2])]
    expect(combine(5, [first, second], [10, -30])).toEqual(affine(5 + 20 - 30, [b, 10], [j, -60]))
    expect(combine(1, [], [])).toEqual(constantIndex(1))
    expect(axisIndex(i)).toEqual(affine(0, [i, 1]))
  })

  test.each([
    [affine(0, [i, 1]), true],
    [affine(1, [i, 1]), false],
    [affine(0, [i, 2]), false],
    [affine(0, [j, 1]), false],
    [affine(0, [i, 1], [j, 1]), false],
    [affine(0), false],
  ])('are an axis itself or not: case %#', (some, expected) => {
    expect(isAxis(some, i)).toBe(expected)
  })

  test.each<[colliding: readonly Axis[], address: Affine, axes: readonly Axis[]]>([
    [[], affine(0, [i, 1]), [i]],
    [[], affine(7, [i, 4], [j, 1]), [i, j]],
    [[], affine(7, [i, -4], [j, 1]), [i, j]],
    [[], affine(0, [j, 3], [i, 1]), [i, j]],
    // The largest sum of smaller terms is 3, or 2: a coefficient that doesn't exceed it has equal addresses.
    [[i, j], affine(0, [i, 3], [j, 1]), [i, j]],
    [[i, j], affine(0, [j, 2], [i, 1]), [i, j]],
    [[i, j], affine(0, [i, 2], [j, 2]), [i, j]],
    // Smaller ones that are distinct among themselves collide only with those that they reach.
    [[i, j], affine(0, [i, 3], [j, 1], [b, 100]), [b, i, j]],
    [[b, j], affine(0, [i, 1], [j, 3], [b, 4]), [b, i, j]],
    // Axes that an address doesn't have.
    [[j], affine(0, [i, 1]), [i, j]],
    [[], affine(0, [i, 1]), [i, one]],
    [[], affine(0, [one, 1], [i, 1]), [one, i]],
    // What is looked up may be the same at any index, and for two places.
    [[i], affine(0, [lookup(0, [i, 1]), 1]), [i]],
    [[i], affine(0, [lookup(0, [i, 1]), 4], [j, 1]), [i, j]],
    [[i, j], affine(0, [lookup(0, [i, 1]), 3], [j, 1]), [i, j]],
    [[i, j], affine(0, [lookup(0, [i, 1]), 1], [j, 4]), [i, j]],
    [[i], affine(0, [lookup(0, [i, 1]), 1], [j, 5]), [i, j]],
    [[i], affine(0, [lookup(0, [i, 1]), 1], [i, 5]), [i]],
  ])('of one address along these axes: case %#', (colliding, address, axes) => {
    const found = collidingAxes(address, axes, (axis) => lengthOf(axis, 10))
    expect([...found].map(({ label }) => label).sort()).toEqual(colliding.map(({ label }) => label).sort())
  })

  test('have labels by their place: b for samples, then i, j …, numbered after q', () => {
    const labels = (...given: Parameters<typeof axesOf>) => axesOf(...given).map(({ label }) => label)
    expect(labels([2, 'batch', 3])).toEqual(['i', 'b', 'j'])
    expect(labels([1, 1, 1, 1, 1, 1, 1, 1])).toEqual(['i', 'j', 'l', 'm', 'p', 'q', 'i6', 'j7'])
    expect(axesOf(['batch', 5], 'k')).toEqual([b, { label: 'k', extent: 5 }])
  })
})

test('a buffer has as many rows as there are for samples', () => {
  expect([sizeInMemory(x, 8), sizeInMemory({ ...x, batched: false }, 8)]).toEqual([96, 12])
  expect([0, 1, 4, 5, 8].map(capacityOf)).toEqual([0, 4, 4, 8, 8])
})

test.each([
  [1, 3, true],
  [2, 3, true],
  [4, 3, true],
  [3, 3, false],
  [8, 8, true],
  [8, 5, true],
  [8, 4, false],
  [8, 9, false],
  [12, 12, true],
  [6, 6, false],
])('a loop in steps of %i over up to %i samples stays in the padding: %j', (step, batch, expected) => {
  expect(staysInPadding(step, batch)).toBe(expected)
})

describe('scalars', () => {
  test('of indices and whole numbers are indices where they are affine', () => {
    const [along, across] = [index(affine(1, [i, 1])), index(affine(0, [j, 2]))]
    expect(applied('add', [along, literal(2)])).toEqual(index(affine(3, [i, 1])))
    expect(applied('subtract', [across, along])).toEqual(index(affine(-1, [j, 2], [i, -1])))
    expect(applied('negate', [along])).toEqual(index(affine(-1, [i, -1])))
    expect(applied('multiply', [literal(3), along])).toEqual(index(affine(3, [i, 3])))
    expect(applied('multiply', [along, literal(3)])).toEqual(index(affine(3, [i, 3])))
    for (const [op, operands] of [
      ['multiply', [along, across]],
      ['add', [along, literal(0.5)]],
      ['add', [along, read(access(x, 0))]],
      ['add', [literal(1), literal(2)]],
      ['exp', [along]],
      ['power', [read(access(x, 0)), along]],
    ] as const)
      expect(applied(op, operands)).toEqual({ kind: 'apply', op, operands })
  })

  test('have so many ops, of which those that are shared count once', () => {
    const leaf = read(access(x, 0))
    const root = apply('sqrt', leaf)
    expect([opCount(leaf), opCount(root), opCount(apply('add', root, literal(1)))]).toEqual([1, 2, 4])
    expect(opCount(apply('multiply', root, root))).toBe(3)
  })

  test('are given only what has a row', () => {
    expect(uniformNamed('learningRate')).toBe('learningRate')
    expect(uniformRow('learningRate')).toEqual({ type: 'double', from: 'state' })
    expect(() => uniformNamed('toString')).toThrow('kernels are given no toString')
  })
})

const sum: Reduce = { kind: 'reduce', combine: 'sum', over: [j], body: read(access(x, 0, [i, 4], [j, 1])) }
const largest: Reduce = { ...sum, combine: 'max', over: [i, j] }
const reduced = (stage: Reduce): Scalar => ({ kind: 'reduced', stage })

describe('a kernel', () => {
  const row = lookup(5, [b, 1])
  const scattering = write(access(y, 2, [row, 3], [i, 1]), read(access(x, -1, [b, 1], [i, -2])), {
    mode: 'add',
    lost: access(lost, 0, [row, 3], [i, 1]),
  })

  test.each<[lines: readonly string[], kernel: Kernel]>([
    [
      [
        'for b < batch, i < 3',
        '  r0 = sum(j < 4) x[4 i + j]',
        '  r1 = max(i < 3, j < 4) x[4 i + j]',
        '  y[b] = add(r1, r0)',
      ],
      kernel([sum, largest, write(access(y, 0, [b, 1]), apply('add', reduced(largest), reduced(sum)))]),
    ],
    [
      ['for b < batch, i < 3', '  y[3 at[b + 5] + i + 2] += x[b + -2 i + -1], keeping lost[3 at[b + 5] + i]'],
      kernel([scattering]),
    ],
    [
      ['for the whole', '  for j < 4, i < 3: y[0] = i + 1'],
      kernel([write(access(y, 0), index(affine(1, [i, 1])), { over: [j, i] })], { parallel: [] }),
    ],
    [
      ['for b < batch, i < 3', '  y[3] = learningRate'],
      kernel([write(access(y, 3), { kind: 'uniform', name: 'learningRate' })]),
    ],
  ])('is printed for people: case %#', (lines, printed) => {
    expect(printKernel(printed).split('\n')).toEqual(lines)
  })

  test('reads what its stages name, what they look up and what was lost; what is shared once', () => {
    const names = (stage: Stage) => readsOf(stage).map(({ buffer }) => buffer.name)
    expect(names(sum)).toEqual(['x'])
    expect(names(scattering)).toEqual(['x', 'at', 'lost'])
    const gathered = read(access(y, 0, [row, 3]))
    expect(names(write(access(y, 0), apply('add', gathered, apply('sqrt', gathered))))).toEqual(['y', 'at'])
    const seen = new Set([gathered])
    expect(readsOf(write(access(y, 0), gathered), seen)).toEqual([])
    expect(writesOf(sum)).toEqual([])
    expect(writesOf(write(access(y, 0), gathered))).toEqual([access(y, 0)])
    expect(writesOf(scattering)).toEqual([scattering.target, scattering.lost])
  })

  test('is rewritten in all of its stages, and what was shared still is', () => {
    const shared = apply('exp', read(access(x, 0, [i, 1])))
    const value = apply('add', apply('multiply', shared, shared), apply('add', reduced(sum), index(affine(0, [i, 1]))))
    const moved = rewriteKernel(
      kernel([sum, write(access(y, 0, [i, 1]), value, { lost: access(lost, 0) })]),
      (one) => ({ ...one, address: combine(1, [one.address], [10]) }),
      () => affine(9),
    )
    expect(printKernel(moved).split('\n')).toEqual([
      'for b < batch, i < 3',
      '  r0 = sum(j < 4) x[40 i + 10 j + 1]',
      '  y[10 i + 1] = add(multiply(exp(x[10 i + 1]), exp(x[10 i + 1])), add(r0, 9)), keeping lost[1]',
    ])
    const [, { value: rewritten }] = moved.stages as readonly [Reduce, Write]
    expect(opCount(rewritten)).toBe(opCount(value))
    const same = kernel([sum, write(access(y, 0), value)])
    expect(printKernel(rewriteKernel(same, (one) => one))).toBe(printKernel(same))
    expect(rewriteKernel(same, (one) => one).stages[1]).not.toHaveProperty('lost')
  })

  test('counts from the first elements that it names, but not where it looks up', () => {
    const shifted = apply('add', read(access(x, 12, [i, 1])), read(access(x, 7, [i, 1])))
    const { kernel: counted, starts } = countedFromStarts(kernel([{ ...sum, body: shifted }, scattering]))
    expect(Object.fromEntries([...starts].map(([{ name }, start]) => [name, start]))).toEqual({
      x: -1,
      at: 0,
      y: 2,
      lost: 0,
    })
    expect(printKernel(counted).split('\n').slice(1)).toEqual([
      '  r0 = sum(j < 4) add(x[i + 13], x[i + 8])',
      '  y[3 at[b + 5] + i] += x[b + -2 i], keeping lost[3 at[b + 5] + i]',
    ])
    const known = kernel([sum])
    expect(countedFromStarts(known).kernel).toBe(known)
  })

  test('with an axis as panels has them in all that it names', () => {
    const split = splitAxis(
      kernel(
        [
          write(
            access(y, 1, [lookup(0, [j, 1]), 2], [j, 5], [b, 7]),
            apply('add', read(access(x, 0, [j, 1])), index(affine(0, [j, 3]))),
          ),
        ],
        { parallel: [b, j] },
      ),
      j,
      2,
    )
    expect(printKernel(split.kernel).split('\n')).toEqual([
      'for jpanel < 2, b < batch, j < 2',
      '  y[2 at[2 jpanel + j] + 10 jpanel + 5 j + 7 b + 1] = add(x[2 jpanel + j], 6 jpanel + 3 j)',
    ])
  })
})

describe('the signature of a kernel', () => {
  const base = kernel([sum, write(access(y, 0, [i, 1]), apply('add', reduced(sum), literal(1)))])
  const stored = (value: Scalar, more: Partial<Write> = {}) => kernel([write(access(y, 0, [i, 1]), value, more)])

  test('is the same for other buffers of the same kind, and tells which they are', () => {
    const [from, to] = [buffer('from', 'input'), buffer('to')]
    const other = rewriteKernel(base, (one) => ({ ...one, buffer: one.buffer === x ? from : to }))
    expect(signatureOf(other).text).toBe(signatureOf(base).text)
    expect(signatureOf(base).buffers).toEqual([x, y])
    expect(signatureOf(other).buffers).toEqual([from, to])
  })

  test('differs in all that a routine depends on', () => {
    const row = lookup(0, [b, 1])
    const twin = { ...i }
    const load = read(access(x, 0, [i, 1]))
    const kernels = [
      base,
      kernel([largest, ...base.stages.slice(1)]),
      kernel([{ ...sum, combine: 'max' }]),
      kernel([sum]),
      { ...base, parallel: [i, b] },
      { ...base, parallel: [b] },
      { ...base, sequential: [i] },
      { ...base, time: j },
      { ...base, parallel: [b, { ...i, label: 'k' }] },
      { ...base, parallel: [b, { ...i, extent: 4 }] },
      stored(literal(0)),
      stored(literal(-0)),
      stored(literal(1)),
      stored(load),
      stored(read(access(x, 1, [i, 1]))),
      stored(read(access(x, 0, [i, 2]))),
      stored(read(access(x, 0, [j, 1]))),
      stored(read(access(x, 0, [i, 1], [j, 1]))),
      stored(read(access(y, 0, [i, 1]))),
      stored(read(access({ ...x, role: 'parameter' }, 0, [i, 1]))),
      stored(read(access({ ...x, batched: false }, 0, [i, 1]))),
      stored(read(access({ ...x, size: 13 }, 0, [i, 1]))),
      stored(read(access(x, 0, [row, 1]))),
      stored(read(access(x, 0, [{ ...row, below: 6 }, 1]))),
      stored(read(access(x, 0, [lookup(1, [b, 1]), 1]))),
      stored(index(affine(0, [i, 1]))),
      stored(index(affine(1, [i, 1]))),
      stored({ kind: 'uniform', name: 'learningRate' }),
      stored({ kind: 'uniform', name: 't' }),
      stored(apply('add', load, literal(1))),
      stored(apply('multiply', load, literal(1))),
      stored(apply('add', literal(1), load)),
      stored(apply('exp', load)),
      stored(load, { mode: 'add' }),
      stored(load, { over: [j] }),
      stored(load, { lost: access(lost, 0) }),
      ...[sum, largest].map((stage) => kernel([sum, largest, write(access(y, 0), reduced(stage))])),
      // Axes of one label and extent.
      ...[i, twin].map((axis) => kernel([write(access(y, 0, [axis, 1]), literal(0))], { parallel: [i, twin] })),
      kernel([...stored(load).stages, ...stored(load).stages.map((stage) => ({ ...stage }))]),
    ]
    const texts = kernels.map((one) => signatureOf(one).text)
    expect(texts.filter((text, k) => texts.indexOf(text) !== k)).toEqual([])
  })
})

describe('optimizer states of small magnitude', () => {
  const state = buffer('state', 'optimizer')
  const update = kernel([sum, write(access(state, 0), reduced(sum)), write(access(y, 0), reduced(sum))])
  const other = kernel([sum, write(access(y, 0), reduced(sum))])
  const flushed = [
    'for b < batch, i < 3',
    '  r0 = sum(j < 4) x[4 i + j]',
    '  state[0] = select(less(abs(r0), 0.01), 0, r0)',
    '  y[0] = r0',
  ]

  test('become 0, in loops over time too, and nothing else does', () => {
    const loop = { kind: 'repeat', time: i, reverse: true, body: [update, other] } as const
    const [first, second, third] = flushStates([update, other, loop], 0.01) as readonly [Kernel, Kernel, typeof loop]
    expect(printKernel(first).split('\n')).toEqual(flushed)
    expect(second).toBe(other)
    expect(third).toMatchObject({ kind: 'repeat', time: i, reverse: true })
    expect(third.body.map((one) => printKernel(one).split('\n'))).toEqual([flushed, printKernel(other).split('\n')])
  })

  test('stay where none are negligible', () => {
    const steps = [update]
    expect(flushStates(steps, 0)).toBe(steps)
  })
})
