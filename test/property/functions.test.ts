import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transform } from 'esbuild'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { SpecError } from '../../src/base/errors.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readFile } from '../../src/host/specFile.ts'
import { readSpecText } from '../../src/language/text/read.ts'

/*
 * Random functions, as the compiler reads them and as they run.
 */

const folder = mkdtempSync(join(tmpdir(), 'tapeless-functions-'))
afterAll(() => rmSync(folder, { recursive: true }))

const literal = fc.constantFrom('0', '1', '2', '0.3', '7.5', '1e-3', '0x1f', '1e300', 'Math.PI', 'k')
/** Of powers: the op multiplies for others, 3 and 4 among them, and so rounds otherwise than Math.pow. */
const exponent = fc.constantFrom('2', '1', '0', '-1', '5', '1.5', '-0.7')
const unary = fc.constantFrom(
  ...['abs', 'sign', 'sqrt', 'exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tan', 'tanh', 'max', 'min'],
)

/** Numbers and tests over names, with calls of g or without. */
function expressions(names: readonly string[], calls: boolean) {
  return fc.letrec<{ number: string; test: string }>((tie) => {
    const [number, test] = [tie('number'), tie('test')]
    const format = (pattern: (...parts: string[]) => string, ...parts: fc.Arbitrary<string>[]) =>
      fc.tuple(...parts).map((texts) => pattern(...texts))
    return {
      number: fc.oneof(
        { depthSize: 'xsmall', withCrossShrink: true },
        fc.constantFrom(...names),
        literal,
        format((a, op, b) => `(${a} ${op} ${b})`, number, fc.constantFrom('+', '-', '*', '/'), number),
        format((a) => `(-${a})`, number),
        format((a, c) => `((${a}) ** ${c})`, number, exponent),
        format((a, c) => `Math.pow(${a}, ${c})`, number, exponent),
        format((f, a) => `Math.${f}(${a})`, unary, number),
        format((f, a, b, c) => `Math.${f}(${a}, ${b}, ${c})`, fc.constantFrom('max', 'min'), number, number, number),
        format((p, a, b) => `(${p} ? ${a} : ${b})`, test, number, number),
        ...(calls
          ? [
              format((a, b) => `g(${a}, ${b})`, number, number),
              format((a, b, c) => `g(${a}, ${b}, ${c})`, number, number, number),
            ]
          : []),
      ),
      test: fc.oneof(
        { depthSize: 'xsmall', withCrossShrink: true },
        // Without the plus, `a < (…) > (…)` would begin the arguments of a type.
        format(
          (a, op, b) => `(${a}) ${op} +(${b})`,
          number,
          fc.constantFrom('<', '<=', '>', '>=', '===', '!=='),
          number,
        ),
        fc.constantFrom('true', 'false'),
        format((p) => `!(${p})`, test),
        format((p, op, q) => `(${p}) ${op} (${q})`, test, fc.constantFrom('&&', '||'), test),
        format((p, q, r) => `(${p} ? ${q} : ${r})`, test, test, test),
      ),
    }
  })
}

/** Statements over x, a and b; the last returns. */
function body(calls: boolean): fc.Arbitrary<string> {
  const { number, test } = expressions(['x', 'a', 'b'], calls)
  const hiding = expressions(['x', 'b'], calls).number
  const returns = number.map((value) => `return ${value}`)
  const statement = fc.letrec<{ statement: string }>((tie) => ({
    statement: fc.oneof(
      { depthSize: 'xsmall' },
      fc.tuple(test, returns).map(([p, r]) => `if (${p}) ${r}`),
      fc.tuple(test, returns, returns).map(([p, r, s]) => `if (${p}) { ${r} } else { ${s} }`),
      fc.tuple(hiding, tie('statement')).map(([value, inner]) => `{ const a = ${value}\n${inner} }`),
      fc.tuple(test, tie('statement'), tie('statement')).map(([p, s, t]) => `if (${p}) { ${s} } else ${t}`),
      fc.tuple(test, tie('statement')).map(([p, s]) => `if (${p}) { ${s} }`),
    ),
  })).statement
  return fc.tuple(fc.array(statement, { maxLength: 2 }), returns).map(([list, last]) => [...list, last].join('\n'))
}

const functionText = fc
  .record({
    k: literal.filter((text) => text !== 'k'),
    a: expressions(['x'], true).number,
    b: expressions(['x', 'a'], true).number,
    fallback: expressions(['x', 'a'], false).number,
    g: body(false),
    f: body(true),
  })
  .map(
    ({ k, a, b, fallback, g, f }) => `const k: number = ${k}
export function f(x: number): number {
const a = ${a}, b = ${b}
${f}
}
const g = (x: number, a: number, b: number = ${fallback}): number => {
${g}
}
`,
  )

const points = [-Infinity, -1e300, -7.5, -1, -0.3, -5e-324, -0, 0, 1e-3, 0.3, 1, 2, 7.5, 31, 710, 1e300, Infinity, NaN]

/** What the compiler takes it for; undefined where a constant part isn't finite, or it is too long. */
async function read(text: string): Promise<Float64Array | undefined> {
  writeFileSync(join(folder, 'f.ts'), text)
  const spec = { file: join(folder, 'f.net.yaml'), text: 'input: 1\nlayers: [function: ./f.ts#f]\nloss: mse' }
  try {
    const {
      outputs: [output],
    } = await loadNetwork(readSpecText(spec, { readFile }))
    return evaluate([output!], { batch: points.length, inputs: { x: points } })[0]!
  } catch (error) {
    if (
      error instanceof SpecError &&
      error.diagnostics.every(({ code }) => code === 'out-of-range' || code === 'limit')
    )
      return undefined
    throw error
  }
}

async function run(text: string): Promise<number[]> {
  const { code } = await transform(text, { loader: 'ts', format: 'esm' })
  const module = (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as {
    f: (x: number) => number
  }
  return points.map((x) => module.f(x))
}

test('functions mean what they do, to the last bit', async () => {
  await fc.assert(
    fc.asyncProperty(functionText, async (text) => {
      const values = await read(text)
      fc.pre(values !== undefined)
      expect([...values]).toEqual(await run(text))
    }),
    { numRuns: 250 },
  )
}, 120_000)
