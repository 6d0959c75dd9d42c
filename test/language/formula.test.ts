import fc from 'fast-check'
import { all, create } from 'mathjs/number'
import { describe, expect, it } from 'vitest'
import { input } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner } from '../../src/graph/node.ts'
import { pointwise } from '../../src/graph/op.ts'
import { evaluateFormula } from '../../src/language/formulas/expression.ts'
import { parseFormula } from '../../src/language/formulas/formula.ts'

/** mathjs without the tolerance within which it takes numbers for equal, and with our functions where its own round otherwise. */
const { evaluate: evaluateText, import: define } = create(all!, { relTol: Number.MIN_VALUE, absTol: 0 })
define!({ max: Math.max, min: Math.min, pow: pointwise.power.evaluate }, { override: true })

async function valuesOf(text: string, x: readonly number[]): Promise<number[]> {
  const node = evaluateFormula(await parseFormula(text), { x: input(new Interner(), 'x', ['batch']) })
  return [...evaluate([node], { batch: x.length, inputs: { x } })[0]!]
}

describe('formulas', () => {
  const xs = [-2.5, -1, 0, 0.5, 3]
  const cases: Record<string, (x: number) => number> = {
    '-x^2': (x) => -(x ** 2),
    '2^-x': (x) => 2 ** -x,
    '2^x^2': (x) => 2 ** (x ** 2),
    '(-x)^3': (x) => (-x) ** 3,
    '6 / 2 * x': (x) => (6 / 2) * x,
    'x - 1 - 2': (x) => x - 1 - 2,
    '--x': (x) => x,
    '+x': (x) => x,
    'x > 0 ? x : 0.2 * (exp(x) - 1)': (x) => (x > 0 ? x : 0.2 * (Math.exp(x) - 1)),
    'x > 1 ? 1 : x < -1 ? -1 : x': (x) => (x > 1 ? 1 : x < -1 ? -1 : x),
    '(x > 0) + (x >= 0) + (x < 0.5) + (x <= 0.5) + (x == 3) + (x != 3)': (x) =>
      Number(x > 0) + Number(x >= 0) + Number(x < 0.5) + Number(x <= 0.5) + Number(x === 3) + Number(x !== 3),
    'x ? 1 : 2': (x) => (x ? 1 : 2),
    '(x > 0) ? 1 : x': (x) => (x > 0 ? 1 : x),
    '3 > 2 ? x : 7': (x) => x,
    'max(0, x)^2': (x) => Math.max(0, x) ** 2,
    'max(x, 1, -x, 0.5)': (x) => Math.max(x, 1, -x, 0.5),
    'min(x, 1, -x)': (x) => Math.min(x, 1, -x),
    'sin(30 * x) / 30 + x^3': (x) => Math.sin(30 * x) / 30 + x ** 3,
    'tan(x) + tanh(x) + abs(x) + sign(x) + cos(x)': (x) =>
      Math.tan(x) + Math.tanh(x) + Math.abs(x) + Math.sign(x) + Math.cos(x),
    'sqrt(x^2) + log(2 + x^2)': (x) => Math.abs(x) + Math.log(2 + x ** 2),
    'pi * x + e': (x) => Math.PI * x + Math.E,
    '7': () => 7,
    'x == x': () => 1,
    '.5e1 * x + 1E-1': (x) => 5 * x + 0.1,
    'x\n + 1': (x) => x + 1,
    'leakyRelu(x, 0.2)': (x) => (x > 0 ? x : 0.2 * x),
    'relu(x) + softplus(x)': (x) => Math.max(x, 0) + Math.log1p(Math.exp(x)),
    'relu(-2) + relu(2) * x': (x) => 2 * x,
    'silu(x)': (x) => x / (1 + Math.exp(-x)),
  }
  for (const [text, expected] of Object.entries(cases))
    it(text, async () => {
      const values = await valuesOf(text, xs)
      xs.forEach((x, index) => expect(values[index]).toBeCloseTo(expected(x), 12))
    })

  it('fold what has no variable in it', async () => {
    const x = input(new Interner(), 'x', ['batch'])
    const node = evaluateFormula(await parseFormula('x * (2 * 3 + sqrt(16))'), { x })
    expect(node.inputs.map(({ op, attributes }) => [op, attributes])).toContainEqual(['constant', { value: 10 }])
  })

  it('know where their parts are', async () => {
    const text = 'exp(x) + 2 * β'
    const sum = await parseFormula(text)
    const spans: string[] = []
    const visit = (part: typeof sum): void => {
      spans.push(text.slice(part.span.offset, part.span.offset + part.span.length))
      if ('operands' in part) part.operands.forEach(visit)
    }
    visit(sum)
    expect(spans).toEqual([text, 'exp(x)', 'x', '2 * β', '2', 'β'])
  })

  it('mean what mathjs computes', async () => {
    const leaf = fc.oneof(fc.constant('x'), fc.constantFrom('1', '2', '0.5', '3.25', '1e-1', 'pi'))
    const { formula } = fc.letrec<{ formula: string }>((tie) => ({
      formula: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc
          .tuple(tie('formula'), fc.constantFrom('+', '-', '*', '/', '^'), tie('formula'))
          .map((parts) => parts.join(' ')),
        fc.tuple(fc.constantFrom('-', '+'), tie('formula')).map((parts) => parts.join('')),
        tie('formula').map((inner) => `(${inner})`),
        fc
          .tuple(fc.constantFrom('exp', 'sin', 'abs', 'sign', 'tanh', 'cos'), tie('formula'))
          .map(([f, x]) => `${f}(${x})`),
        fc.tuple(fc.constantFrom('max', 'min'), tie('formula'), tie('formula')).map(([f, a, b]) => `${f}(${a}, ${b})`),
        fc
          .tuple(tie('formula'), fc.constantFrom('<', '<=', '>', '>='), tie('formula'), tie('formula'))
          .map(([a, op, b, c]) => `((${a}) ${op} (${b}) ? ${c} : ${a})`),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(formula, fc.double({ min: -3, max: 3, noNaN: true }), async (text, x) => {
        const expected = evaluateText!(text, { x }) as number
        // A constant part that isn't finite is an error here.
        const [value] = await valuesOf(text, [x]).catch((error: Error) => {
          fc.pre(!/not finite/.test(error.message))
          throw error
        })
        expect(value).toBe(expected)
      }),
      {
        numRuns: 500,
        examples: [
          ['min(x, -x) ^ pi', 5e-324],
          ['min(-x, x) / x', -5e-324],
          ['1 / max(-x, x)', 0],
        ],
      },
    )
  })
})
