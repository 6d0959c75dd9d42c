import fc from 'fast-check'
import { readdirSync } from 'node:fs'
import temml from 'temml'
import { describe, expect, test } from 'vitest'
import { readSpecFile } from '../../../src/host/specFile.ts'
import { loadNetwork } from '../../../src/language/networks/network.ts'
import { readSpecText } from '../../../src/language/text/read.ts'
import { specs } from '../../property/specs/index.ts'
import { expectEquations, type Tally } from './reading/agreement.ts'
import { evaluateEquation, type Known } from './reading/evaluate.ts'
import { readText } from './reading/parse.ts'

const examples = new URL('../../../examples/', import.meta.url).pathname
const newTally = (): Tally => ({ equations: 0, recurrences: 0 })

function expectRenders(lines: readonly string[]): void {
  for (const tex of lines) expect(temml.renderToString(tex, { throwOnError: true })).toContain('<math>')
}

describe('what equations say is what is computed, read from Unicode and from TeX, which temml renders', () => {
  test.each(readdirSync(examples).filter((file) => file.endsWith('.net.yaml')))('%s', async (file) => {
    const tally = newTally()
    expectRenders(expectEquations(await loadNetwork(await readSpecFile(`${examples}${file}`)), 1, tally))
    expect(tally.recurrences / tally.equations).toBeLessThan(0.2)
  })

  test('random networks', async () => {
    const tally = newTally()
    for (const [k, spec] of fc.sample(specs, { numRuns: 60, seed: 1 }).entries()) {
      const source = { file: 'random.net.json', text: JSON.stringify(spec) }
      const lines = expectEquations(await loadNetwork(readSpecText(source)), 1, tally)
      if (k % 4 === 0) expectRenders(lines)
    }
    expect(tally.equations).toBeGreaterThan(2000)
    expect(tally.recurrences / tally.equations).toBeLessThan(0.06)
  })
})

describe('a reader', () => {
  const known = (shape: readonly number[], values: readonly number[], isBatched = false): Known => ({
    shape,
    isBatched,
    values,
  })
  const names = new Map<string, Known>([
    ['A', known([2, 3], [1, 2, 3, 4, 5, 6])],
    ['B', known([2, 2], [1, 2, 3, 4])],
    ['u', known([2], [10, 20])],
    ['v', known([3], [1, 0, -1])],
    ['x', known([2], [1, 2, 3, 4], true)],
    ['scalar', known([], [0])],
    ['two', known([2], [0, 0])],
    ['three', known([3], [0, 0, 0])],
    ['batched', known([2], [0, 0, 0, 0], true)],
    ['square', known([2, 2], [0, 0, 0, 0])],
    ['matrix', known([2, 3], [0, 0, 0, 0, 0, 0])],
  ])
  const valueOf = (line: string) =>
    Array.from(evaluateEquation(readText(line, [...names.keys()]), { batch: 2, names }).values)

  test.each<[string, readonly number[]]>([
    ['two = A v', [-2, -2]],
    ['three = Aᵀ u', [90, 120, 150]],
    ['scalar = uᵀ u', [500]],
    ['matrix = u vᵀ', [10, 0, -10, 20, 0, -20]],
    ['matrix = A + u', [11, 12, 13, 24, 25, 26]],
    ['matrix = A + v', [2, 2, 2, 5, 5, 5]],
    ['square = B + u', [11, 22, 13, 24]],
    ['square = B + u[i]', [11, 12, 23, 24]],
    ['two = sum_j(A)', [6, 15]],
    ['three = max_i(A)', [4, 5, 6]],
    ['three = A[1:2] - 1', [3, 4, 5]],
    ['two = A[:, 1:2] + 1', [3, 6]],
    ['three = I[i > 0] ⊙ (v / 0)', [0, NaN, -Infinity]],
    ['batched = x² + n s', [1, 4, 11, 18]],
    ['two = x', [4, 6]],
    ['two = u - sum_n(x)', [6, 14]],
    ['two = u < 15 ? -u : 2 u', [-10, 40]],
    ['scalar = sum(contract[ab,b→ab](A, v))', [-4]],
  ])('reads %s', (line, values) => {
    expect(valueOf(line)).toEqual(values)
  })

  test.each([
    ['two = A', 'places'],
    ['two = A + B', 'places'],
    ['two = w', 'something else'],
    ['two = u)', 'the end'],
    ['matrix = A B', 'two lengths'],
    ['two = sum_k(A)', 'places'],
  ])('does not read %s', (line, reason) => {
    expect(() => valueOf(line)).toThrow(reason)
  })
})
