import { describe, expect, test } from 'vitest'
import { describeModule } from '../../src/compile.ts'
import type { NetworkSpec } from '../../src/language/networks/spec.ts'
import { load } from '../language/marked.ts'
import { expectAgreement, type Make } from '../property/agreement.ts'

/*
 * Wide specs: many parts beside one another, long formulas. What they become is several kernels, none of them large.
 */

const repeat = (text: string, count: number) => new Array<string>(count).fill(text).join(', ')
const specOf = (layers: string, input = '3') =>
  `{ input: ${input}, layers: [${layers}, linear: 2], loss: mse, train: { batch: 2, optimizer: sgd } }`
const branches = (count: number, layers = 'linear: 2') => `concat: [${repeat(`[${layers}]`, count)}]`

/** Concats of two within one another, around the input. */
function nested(depth: number): string {
  return depth === 0 ? '' : `concat: [[${nested(depth - 1)}], [${nested(depth - 1)}]]`
}

/** A formula of almost as many characters as one may have. */
function formula(term: (k: number) => string, operator: string): string {
  const terms: string[] = []
  for (let length = 0, k = 0; length + term(k).length + 3 < 4000; k++) {
    terms.push(term(k))
    length += term(k).length + 3
  }
  return `expression: "${terms.join(` ${operator} `)}"`
}

const specs: Readonly<Record<string, string>> = {
  '680 branches': specOf(branches(680)),
  '2,000 branches without layers': specOf(branches(2000, '')),
  'branches that are written out where they are joined': specOf(
    `concat: [${Array.from({ length: 300 }, (_, k) => `[leakyRelu: ${k / 1000}, sigmoid]`).join(', ')}]`,
  ),
  'branches along an inner axis, and what reduces them': specOf(
    `concat: { axis: 1, branches: [${repeat('[linear: 2]', 300)}] }, softmax, flatten`,
    '[2, 3]',
  ),
  'concats of two, 12 deep': specOf(nested(12)),
  'branches within a loop over time': specOf(
    `concat: { axis: 1, branches: [${repeat('[{ rnn: { units: 1, sequences: true } }]', 20)}] }, lstm: 2`,
    '[3, 2]',
  ),
  'formulas of 4,000 characters': specOf(
    [
      formula((k) => `sin(${k}.5 * x)`, '+'),
      formula((k) => `(x / 40 - ${k / 1000})`, '-'),
      formula((k) => `(x > ${k % 9} ? tanh(x) : x ^ ${(k % 4) + 0.5})`, '+'),
      formula((k) => `${k % 7}.25 * x`, '+'),
    ].join(', tanh, '),
  ),
  'a sum of 1,000 terms': sumOf(1000),
}

/** Equations of 100 terms each, and their sum. */
function sumOf(terms: number): string {
  const parameters = Array.from({ length: terms }, (_, k) => `w${k}: 2`)
  const equations = Array.from({ length: terms / 100 }, (_, j) => {
    const own = Array.from({ length: 100 }, (_, k) => `w${100 * j + k} .* x`)
    return `"h${j} = ${own.join(' + ')}"`
  })
  const sum = equations.map((_, j) => `h${j}`).join(' + ')
  return `{ inputs: { x: 2 }, targets: { y: scalar }, parameters: { ${parameters.join(', ')} }, equations: [${equations.join(', ')}, "f = ${sum}", "l = (sum(f) - y)^2"], output: f, loss: l, train: { batch: 2, optimizer: sgd } }`
}

describe('agree with the interpreter', () => {
  const makes: readonly Make[] = [
    { target: 'typescript', precision: 'f64' },
    { target: 'wasm', precision: 'f64' },
    { target: 'wasm', precision: 'f32' },
  ]
  for (const [name, spec] of Object.entries(specs))
    test.each(makes)(`${name}: $target, $precision`, async (make) => {
      const source = await load(spec)
      await expectAgreement(source.source.value as NetworkSpec, 1, make)
    })
})

describe('branches', () => {
  const described = async (count: number, target: 'typescript' | 'wasm') =>
    describeModule(await load(specOf(branches(count))), 'test.net.yaml', { target })

  test.each(['typescript', 'wasm'] as const)('take %s in proportion to their number', async (target) => {
    const textOf = async (count: number) => {
      const { sections, programs, beside } = await described(count, target)
      const functions = sections.flatMap((section) => section.functions)
      return [...functions, ...Object.values(programs).flatMap(({ calls }) => calls), beside?.text].join('\n').length
    }
    const [few, many] = [await textOf(300), await textOf(1200)]
    expect(many / few).toBeLessThan(4.4)
  })

  test('take time in proportion to their number', async () => {
    const time = async (count: number) => {
      const start = process.cpuUsage()
      await described(count, 'typescript')
      return process.cpuUsage(start).user
    }
    await time(300)
    const ratios: number[] = []
    for (let round = 0; round < 3; round++) ratios.push((await time(1200)) / (await time(300)))
    expect(ratios.sort((a, b) => a - b)[1]).toBeLessThan(8)
  })

  test('of one shape share their functions', async () => {
    const functionsOf = async (count: number) =>
      (await described(count, 'typescript')).sections.flatMap(({ functions }) => functions).length
    expect(await functionsOf(600)).toBeLessThan((await functionsOf(300)) + 4)
  })
})
