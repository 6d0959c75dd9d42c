import { describe, expect, test } from 'vitest'
import { add, contract, input, multiply, parameter, sum, tanh } from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import type { Access, Affine, Axis, Kernel, Stage } from '../../src/loops/notation/kernel.ts'
import type { TargetCosts } from '../../src/loops/schedule/costs.ts'
import { elementsReached, isWritable, productOf, spaceOf } from '../../src/loops/schedule/space.ts'
import { tileProduct } from '../../src/loops/schedule/tile.ts'
import { typescriptCosts } from '../../src/targets/typescript/costs.ts'
import { lowerNodes } from './lowered.ts'

/** A multiplication costs 1, a read 10, a turn 1,000, a miss of the cache 100,000: of 8 turns at least, 8 elements apart. */
const costs: TargetCosts = {
  ...typescriptCosts,
  ...{ registers: 100, load: 10, turn: 1000, far: { cost: 100_000, distance: 8, turns: 8 }, lanes: 1 },
}
const vectors: TargetCosts = { ...costs, lanes: 4 }

const graph = new Interner()
const matrix = (rows: number, columns: number) => parameter(graph, `${rows}×${columns}`, [rows, columns])
const samples = (size: number) => input(graph, `x${size}`, ['batch', size])
const kernelFor = (node: Node) => lowerNodes({ main: [node] }).programs.main[0] as Kernel

/** Σ_k left[i, k] right[k, j] of `inner` terms. */
const product = (rows: number, inner: number, columns: number) =>
  contract(matrix(rows, inner), 'ik', matrix(inner, columns), 'kj', 'ij')
/** The same with both operands' rows in a row: no step between columns is 1. */
const ofRows = (rows: number, inner: number, columns: number) =>
  contract(matrix(rows, inner), 'ik', matrix(columns, inner), 'jk', 'ij')
const ofColumns = (rows: number, inner: number, columns: number) =>
  contract(matrix(inner, rows), 'ki', matrix(inner, columns), 'kj', 'ij')
const turned = (rows: number, inner: number, columns: number) =>
  contract(matrix(inner, rows), 'ki', matrix(inner, columns), 'kj', 'ji')

function withRole(kernel: Kernel, role: 'gradient'): Kernel {
  const stages = kernel.stages.map((stage): Stage => {
    if (stage.kind === 'reduce') return stage
    const { target } = stage
    return { ...stage, target: { ...target, buffer: { ...target.buffer, role } } }
  })
  return { ...kernel, stages }
}

function tileOf(kernel: Kernel, given: TargetCosts, batch = 4) {
  const { steps, lanes, cost } = tileProduct(spaceOf(kernel, given, batch), productOf(kernel)!)
  const told = [...steps].map(([axis, step]) => `${step} ${axis.label}${axis === lanes?.axis ? `×${lanes.count}` : ''}`)
  return { tile: told.join(' '), cost }
}

describe('a tile costs for each of its terms', () => {
  test.each<[claim: string, kernel: Kernel, costs: TargetCosts, batch: number, tile: string, cost: number]>([
    ['its reads and its turn', kernelFor(ofRows(1, 5, 1)), costs, 4, '1 i 1 j', 1 + 20 + 1000],
    [
      'what registers cannot hold',
      kernelFor(ofRows(1, 5, 1)),
      { ...costs, registers: 1 },
      4,
      '1 i 1 j',
      1 + 20 + 1000 + 20,
    ],
    ['its share of a row', kernelFor(ofRows(1, 5, 2)), costs, 4, '1 i 2 j', (2 + 30 + 1000) / 2],
    ['of a column', kernelFor(ofRows(3, 5, 1)), costs, 4, '3 i 1 j', (3 + 40 + 1000) / 3],
    ['of both', kernelFor(ofRows(2, 5, 2)), costs, 4, '2 i 2 j', (4 + 40 + 1000) / 4],
    [
      'less than what registers cannot hold',
      kernelFor(ofRows(2, 5, 2)),
      { ...costs, registers: 6 },
      4,
      '2 i 2 j',
      (4 + 40 + 1000 + 10) / 4,
    ],
    ['what is left over', kernelFor(ofRows(9, 5, 1)), costs, 4, '8 i 1 j', (((8 + 90 + 1000) / 8) * 10) / 9],
    ['reads that are far apart', kernelFor(ofColumns(8, 8, 1)), costs, 4, '8 i 1 j', (8 + 90 + 1000 + 100_000) / 8],
    ['of either operand', kernelFor(ofColumns(8, 8, 8)), costs, 4, '8 i 8 j', (64 + 160 + 1000 + 200_000) / 64],
    ['not of few turns', kernelFor(ofColumns(8, 7, 1)), costs, 4, '8 i 1 j', (8 + 90 + 1000) / 8],
    ['not less far apart', kernelFor(ofColumns(7, 8, 1)), costs, 4, '7 i 1 j', (7 + 80 + 1000) / 7],
    [
      'as many samples as there are',
      kernelFor(contract(samples(5), 'bk', matrix(1, 5), 'jk', 'bj')),
      costs,
      4,
      '4 b 1 i',
      (4 + 50 + 1000) / 4,
    ],
    [
      'rows of more than one element',
      kernelFor(contract(parameter(graph, '4×1×5', [4, 1, 5]), 'iek', matrix(5, 1), 'kj', 'iej')),
      costs,
      4,
      '4 i 1 l',
      (4 + 50 + 1000) / 4,
    ],
    [
      'columns of the innermost axis, even if others leave nothing over',
      kernelFor(contract(matrix(1, 5), 'ik', parameter(graph, '8×9×5', [8, 9, 5]), 'ojk', 'ioj')),
      costs,
      4,
      '1 i 8 l',
      (((8 + 90 + 1000) / 8) * 10) / 9,
    ],
    [
      'padding',
      kernelFor(contract(samples(5), 'bk', matrix(1, 5), 'jk', 'bj')),
      costs,
      3,
      '4 b 1 i',
      (((4 + 50 + 1000) / 4) * 4) / 3,
    ],
    [
      'no padding where there is none',
      withRole(kernelFor(contract(samples(5), 'bk', matrix(1, 5), 'jk', 'bj')), 'gradient'),
      costs,
      3,
      '3 b 1 i',
      (3 + 40 + 1000) / 3,
    ],
    [
      'a vector’s read and store',
      kernelFor(product(1, 5, 4)),
      vectors,
      4,
      '1 i 4 j×4',
      (1 + 20 + 1000) / 4 + 10 / 4 / 5,
    ],
    ['of two', kernelFor(product(1, 5, 8)), vectors, 4, '1 i 8 j×4', (2 + 30 + 1000) / 8 + 10 / 4 / 5],
    ['no vector of what lies apart', kernelFor(ofRows(1, 5, 4)), vectors, 4, '1 i 4 j', (4 + 50 + 1000) / 4 + 10 / 5],
    [
      'elements of a vector that lie apart, where turns cost most',
      kernelFor(ofRows(1, 5, 16)),
      vectors,
      4,
      '1 i 16 j×4',
      (4 + 10 * (1 + 4 * 5) + 1000) / 16 + 10 / 4 / 5,
    ],
    [
      'what a vector leaves over, number by number',
      kernelFor(product(1, 5, 18)),
      vectors,
      4,
      '1 i 16 j×4',
      (((4 + 50 + 1000) / 16 + 0.5) * (18 + 2 * 3)) / 18,
    ],
    [
      'and vector by vector',
      kernelFor(product(1, 5, 22)),
      vectors,
      4,
      '1 i 16 j×4',
      (((4 + 50 + 1000) / 16 + 0.5) * (22 + 2 + 2 * 3)) / 22,
    ],
    ['stores lane by lane', kernelFor(turned(3, 5, 4)), vectors, 4, '3 j 4 i×4', (3 + 40 + 1000) / 12 + (10 * 4) / 5],
    [
      'what vectors cannot hold',
      kernelFor(product(1, 5, 4)),
      { ...vectors, registers: 2 },
      4,
      '1 i 4 j×4',
      (1 + 20 + 1000 + 10) / 4 + 10 / 4 / 5,
    ],
    [
      'stores of all that it writes',
      kernelFor(add(product(1, 5, 4), 1)),
      vectors,
      4,
      '1 i 4 j×4',
      (1 + 20 + 1000) / 4 + 10 / 4 / 5,
    ],
  ])('%s', (_, kernel, given, batch, tile, cost) => {
    const found = tileOf(kernel, given, batch)
    expect(found.tile).toBe(tile)
    expect(found.cost).toBeCloseTo(cost, 9)
  })

  test('of one operand alone', () => {
    const [square] = [kernelFor(contract(matrix(1, 5), 'ik', matrix(1, 5), 'ik', 'i'))]
    expect(tileOf(square, costs)).toEqual({ tile: '', cost: 1 + 20 + 1000 })
  })
})

describe('what decides about schedules', () => {
  const [i, j]: [Axis, Axis] = [
    { label: 'i', extent: 3 },
    { label: 'b', extent: 'batch' },
  ]
  const affine = (...terms: readonly (readonly [Axis, number])[]): Affine => ({ constant: 0, terms: new Map(terms) })

  test('a product adds up products of two elements, first of all', () => {
    const isProduct = (node: Node) => productOf(kernelFor(node)) !== undefined
    expect(isProduct(product(2, 3, 4))).toBe(true)
    expect(isProduct(sum(multiply(samples(3), samples(3)), [1]))).toBe(true)
    expect(isProduct(sum(multiply(samples(3), 2), [1]))).toBe(false)
    expect(isProduct(sum(add(samples(3), samples(3)), [1]))).toBe(false)
    expect(isProduct(sum(samples(3), [1]))).toBe(false)
    expect(isProduct(multiply(samples(3), samples(3)))).toBe(false)
  })

  test('loops over samples run over where activations alone are written', () => {
    const kernel = kernelFor(tanh(samples(3)))
    expect(spaceOf(kernel, costs, 4).overrun).toBe(true)
    expect(spaceOf(withRole(kernel, 'gradient'), costs, 4).overrun).toBe(false)
    expect(spaceOf(kernelFor(sum(samples(3), [1])), costs, 4).overrun).toBe(true)
  })

  test('lanes are written together where they lie apart, and added together where they lie side by side', () => {
    const kernel = kernelFor(tanh(samples(3)))
    const stages = (mode: 'store' | 'add', address: Affine): Stage[] => {
      const [stage] = kernel.stages
      return stage!.kind === 'write' ? [{ ...stage, mode, target: { ...stage.target, address } }] : []
    }
    const writable = (mode: 'store' | 'add', address: Affine, sequential: Axis[] = []) =>
      isWritable(i, { ...kernel, stages: stages(mode, address), sequential })
    expect(writable('store', affine([i, 1]))).toBe(true)
    expect(writable('store', affine([i, 5]))).toBe(true)
    expect(writable('store', affine([j, 1]))).toBe(false)
    expect(writable('add', affine([i, 1]))).toBe(true)
    expect(writable('add', affine([i, 5]))).toBe(false)
    expect(writable('add', affine([i, 1]), [i])).toBe(false)
    expect(writable('store', affine([i, 1]), [j])).toBe(true)
    expect(isWritable(i, { ...kernel, stages: [] })).toBe(true)
  })

  test('an access reaches an element for each index, one where it looks up', () => {
    const access: Access = {
      buffer: { name: 'x', role: 'input', batched: true, size: 3 },
      address: affine([i, 1], [j, 3]),
    }
    expect(elementsReached(access, 8)).toBe(24)
    const terms = new Map([...access.address.terms, [{ access, below: 5 }, 1] as const])
    expect(elementsReached({ ...access, address: { constant: 0, terms } }, 8)).toBe(24)
    expect(elementsReached({ ...access, address: affine() }, 8)).toBe(1)
  })
})
