import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differentiate } from '../../../src/calculus/differentiate.ts'
import { constant } from '../../../src/graph/build.ts'
import { evaluate } from '../../../src/graph/evaluate.ts'
import { portably } from '../../../src/verify/portable.ts'
import { FormulaFault } from '../../../src/language/words/misfit.ts'
import { recognisedFormula } from './formula.ts'

/*
 * Random formulas of what idioms are made of: whatever is recognised in them, values and derivatives stay what they are where x, y and z
 * are moderate.
 */

const formulas = fc.letrec<{ formula: string }>((tie) => {
  const formula = tie('formula')
  const format = (pattern: (...parts: string[]) => string, ...parts: fc.Arbitrary<string>[]) =>
    fc.tuple(...parts).map((texts) => pattern(...texts))
  const constants = fc.constantFrom('1', '2', '0.5', '-1', '3', 'e')
  return {
    formula: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('x', 'x', 'y', 'z', '1', '2', '0.5'),
      format((a) => `exp(${a})`, formula),
      format((a) => `exp(-${a})`, fc.constantFrom('x', '2 * x', 'y', 'x / 2')),
      format((a) => `(1 + exp(${a}))`, fc.constantFrom('x', '-x', '2 * x', '-y', '(x - y)')),
      format((f, a) => `${f}(${a})`, fc.constantFrom('log', 'sqrt', 'tanh', 'sigmoid', 'softplus', 'abs'), formula),
      format((a, op, b) => `(${a} ${op} ${b})`, formula, fc.constantFrom('+', '-', '*', '/', '/'), formula),
      format((a, op, b) => `(${a} ${op} ${b})`, constants, fc.constantFrom('+', '-', '*', '/'), formula),
      format((a, c) => `(${a})^${c}`, formula, fc.constantFrom('2', '0.5', '(-1)', '3', '(-2)')),
      format((a, b) => `(x < y ? ${a} : ${b})`, formula, formula),
    ),
  }
}).formula

const coordinates = [-2.7, -1.1, -0.4, 0.3, 0.8, 1.9, -47, 33]
/** From there on the formula as written may have lost its digits itself: then it need only be finite. */
const moderate = 2.8
const inputs = Object.fromEntries(
  [1, 3, 5].map((step, k) => ['xyz'[k]!, coordinates.map((_, at) => coordinates[(at * step) % 8]! + 0.01 * k)]),
)
const portable = portably('f64')

/** Numbers alone whose value isn't finite. */
function refused(error: unknown): undefined {
  if (!(error instanceof FormulaFault)) throw error
}

test('recognition changes no value by more than a rounding', async () => {
  await fc.assert(
    fc.asyncProperty(formulas, async (text) => {
      const built = await recognisedFormula(text).catch(refused)
      if (!built) return
      const { variables, written, recognised } = built
      const slope = (result: typeof written) =>
        differentiate(result, constant(result.graph, 1, ['batch']), [variables.x]).get(variables.x)!
      const nodes = [written, slope(written), recognised, slope(recognised)]
      const bindings = { batch: coordinates.length, inputs }
      const [engine, other] = [evaluate(nodes, bindings), portable(nodes, bindings)]
      for (const k of [0, 1]) {
        engine[k]!.forEach((before, at) => {
          const [again, after] = [other[k]![at]!, engine[k + 2]![at]!]
          // What another rounding of exp changes much more is no value to hold anything against.
          const isSteady = Math.abs(before - again) <= 1e-13 * Math.abs(before) && Math.abs(before) < 1e9
          const isFar = Object.values(inputs).some((values) => Math.abs(values[at]!) > moderate)
          const tolerance = isFar ? Number.MAX_VALUE : 1e-9 * (1 + Math.abs(before))
          if (isSteady && !(Math.abs(after - before) <= tolerance))
            expect.fail(`${text}: ${k ? 'the derivative' : 'the value'} at ${at} is ${after} and was ${before}`)
        })
      }
    }),
    { numRuns: 2000 },
  )
})
