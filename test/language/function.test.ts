import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { SpecError, type Diagnostic } from '../../src/base/errors.ts'
import { renderDiagnostics } from '../../src/base/render.ts'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { constant } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { topologicalOrder } from '../../src/graph/node.ts'
import { loadNetwork, type Network } from '../../src/language/networks/network.ts'
import { readFile, readSpecFile } from '../../src/host/specFile.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { centralDifferences } from '../calculus/numeric.ts'
import { unmark, type Expected } from './marked.ts'

const root = mkdtempSync(join(tmpdir(), 'tapeless-function-'))
afterAll(() => rmSync(root, { recursive: true }))

type Files = Readonly<Record<string, string>>

/** A folder of its own with these files. */
function folderWith(files: Files): string {
  const folder = mkdtempSync(join(root, 'f'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const specOf = (reference: string) => `input: 1\nlayers:\n  - function: ${reference}\nloss: mse\n`

function load(files: Files, reference = './f.ts#f'): Promise<Network> {
  const file = join(folderWith(files), 'net.net.yaml')
  return loadNetwork(readSpecText({ file, text: specOf(reference) }, { readFile }))
}

/** The values and slopes of `f` in f.ts. */
async function curve(text: string, x: readonly number[], others: Files = {}) {
  const {
    inputs,
    outputs: [output],
    graph,
  } = await load({ ...others, 'f.ts': text })
  const input = inputs[0]!.node
  const slope = differentiate(output!, constant(graph, 1, output!.shape), [input]).get(input)
  const bindings = { batch: x.length, inputs: { x } }
  const values = [...evaluate([output!], bindings)[0]!]
  return { values, slopes: slope ? [...evaluate([slope], bindings)[0]!] : x.map(() => 0) }
}

const xs = [-2.5, -1, -0.1, 0, 0.3, 1, 2, 7]

describe('a function', () => {
  const cases: [string, string, (x: number) => number][] = [
    ['of one expression', 'export const f = (x: number) => x / (1 + Math.exp(-x))', (x) => x / (1 + Math.exp(-x))],
    [
      'with const and return',
      'export function f(x: number): number {\n  const s = 1 / (1 + Math.exp(-x)), two = 2\n  return two * s * (1 - s)\n}',
      (x) => ((s) => 2 * s * (1 - s))(1 / (1 + Math.exp(-x))),
    ],
    ['as an expression', 'export const f = function (x: number) { return -x }', (x) => -x],
    [
      'with if, else and no braces',
      'export function f(x: number) {\n  if (x < -1) return -1\n  else if (x > 1) { const y = x * x; return y }\n  return x\n}',
      (x) => (x < -1 ? -1 : x > 1 ? x * x : x),
    ],
    [
      'that goes on after a branch without return',
      'export function f(x: number) { if (x > 0) { if (x > 1) return Math.log(x) } { const y = x + 1; return y } }',
      (x) => (x > 1 ? Math.log(x) : x + 1),
    ],
    [
      'with && || ! and === on tests',
      'export const f = (x: number) => (!(x > 0) || (x > 1 && x !== 2) ? x : 3 * x) + (x === 1 ? 1 : 0)',
      (x) => (!(x > 0) || (x > 1 && x !== 2) ? x : 3 * x) + (x === 1 ? 1 : 0),
    ],
    [
      'with tests as values',
      'const big = (x: number) => x >= 1\nexport function f(x: number) { const far = x < 0 ? x <= -2 : big(x); return far ? x : true ? 0 : 1 }',
      (x) => ((x < 0 ? x <= -2 : x >= 1) ? x : 0),
    ],
    ['with defaults', 'export function f(x: number, k = 2, c: number = k * k) { return k * x + c }', (x) => 2 * x + 4],
    [
      'with types to leave out',
      'export const f = <T,>(x: number) => ((x as number)! satisfies number) + +1',
      (x) => x + 1,
    ],
    [
      'calling others, declared later',
      'export const f = (x: number) => g(x, 3) + g(x)\nfunction g(a: number, k = half * 2) { return a * k }\nconst half = 0.5e0',
      (x) => x * 3 + x,
    ],
    [
      'with numbers of every spelling',
      'export const f = (x: number) => x * 0x10 + 1_000 - 1e-3 + .5 + 0b11',
      (x) => x * 0x10 + 1_000 - 1e-3 + 0.5 + 0b11,
    ],
    [
      'with Math',
      'export const f = (x: number) => Math.max(x, 1, -x) + Math.min(x) + Math.pow(x, 2) + Math.sign(x) * Math.SQRT2 - Math.expm1(x / 9) + Math.log1p(Math.abs(x)) + Math.PI',
      (x) =>
        Math.max(x, 1, -x) +
        x +
        x ** 2 +
        Math.sign(x) * Math.SQRT2 -
        Math.expm1(x / 9) +
        Math.log1p(Math.abs(x)) +
        Math.PI,
    ],
    ['that is constant', 'export const f = (_: number) => 3 / 4', () => 0.75],
    ['whose parameter hides a name', 'const x = 5\nexport const f = (x: number) => x + 1', (x) => x + 1],
    ['under another name', 'const g = (x: number) => x - 1\nexport { g as f }', (x) => x - 1],
    [
      'with overloads',
      'export function f(x: number): number\nexport function f(x: number, k = 1) { return x + k }',
      (x) => x + 1,
    ],
  ]
  for (const [name, text, expected] of cases)
    it(name, async () => {
      const { values } = await curve(text, xs)
      expect(values).toEqual(xs.map(expected))
    })

  it('may come from other files, under other names', async () => {
    const others = {
      'lib/a.ts':
        "import { k as factor } from '../b.js'\nexport { h as g } from './c.ts'\nexport const a = (x: number) => factor * x",
      'b.ts': 'export const k = 3',
      'lib/c.ts':
        "import { a } from './a.ts'\nexport default function h2(x: number) { return a(x) }\nexport const h = (x: number) => x + 1",
    }
    const text =
      "import d from './lib/c.ts'\nimport { a, g } from './lib/a.ts'\nexport const f = (x: number) => a(g(x)) + d(x)"
    expect((await curve(text, [1, 2], others)).values).toEqual([9, 15])
  })

  it('has the derivative of the branch taken, whatever the other one is there', async () => {
    const text = `export function f(x: number) {
  const l = Math.log(x)
  if (x <= 0) return -x
  return x > 1e3 ? Math.exp(-x) * l : Math.sqrt(x) / l
}`
    const { values, slopes } = await curve(text, [-1, 0, 4, 2e3])
    expect(values).toEqual([1, -0, 2 / Math.log(4), 0])
    const slopeAt4 = 0.25 / Math.log(4) - 0.5 / Math.log(4) ** 2
    expect(slopes.slice(0, 2)).toEqual([-1, -1])
    expect(slopes[2]).toBeCloseTo(slopeAt4, 14)
    expect(slopes[3]! + 0).toBe(0)
  })

  it('has the derivative of the operand that max and min give, whatever the others are there', async () => {
    const text = 'export const f = (x: number) => Math.max(0, x) + Math.min(0, Math.exp(x) - 1)'
    expect(await curve(text, [-1e3, 0, 1e3])).toEqual({ values: [-1, 0, 1e3], slopes: [0, 1, 1] })
  })

  it('has PyTorch’s derivative at kinks', async () => {
    expect((await curve('export const f = (x: number) => x < 0 ? 0 : x', [-1, -0, 0, NaN])).slopes).toEqual([
      0, 1, 1, 1,
    ])
    expect((await curve('export const f = (x: number) => Math.max(0, x)', [-1, 0, 1])).slopes).toEqual([0, 0.5, 1])
    expect((await curve('export const f = (x: number) => Math.abs(x)', [-1, 0, 1])).slopes).toEqual([-1, 0, 1])
  })

  it('has its derivative by differences too', async () => {
    const f = (x: number) => (x < 0.4 ? Math.tanh(x) * x : Math.log(1 + x ** 3) - Math.sin(x) / (2 + Math.cos(x)))
    const text = `export const f = ${f.toString()}`
    const points = [-1.3, -0.2, 0.2, 0.9, 2.5]
    const { slopes } = await curve(text, points)
    const numeric = points.map((x) => centralDifferences(([at]) => f(at!), [x])[0]!)
    // The step of the differences must not cross the kink.
    slopes.forEach((slope, k) => expect(slope).toBeCloseTo(numeric[k]!, 8))
  })

  it('means what it computes: its hash ignores names, comments and the path, and nothing else', async () => {
    const hashOf = async (text: string) => (await load({ 'f.ts': text })).hash
    const hash = await hashOf('export const f = (x: number) => x * 2 - 0')
    const same = await load(
      { 'lib/g.ts': '// the same\nexport function g(value: number) { const two = 2\n return value * two - 0 }' },
      './lib/g.ts#g',
    )
    expect(same.hash).toBe(hash)
    expect(await hashOf('export const f = (x: number) => x * 3 - 0')).not.toBe(hash)
    expect(await hashOf('export const f = (x: number) => x * 2 - -0')).not.toBe(hash)
    expect(await hashOf('export const f = (x: number) => x * 2 + 0')).not.toBe(hash)
  })

  it('is the same string in a TypeScript spec, beside that', async () => {
    const folder = folderWith({
      'nets/a.net.ts': "export default { input: 1, layers: [{ function: '../f.ts#f' }], loss: 'mse' }",
      'f.ts': 'export const f = (x: number) => x + 1',
    })
    const {
      outputs: [output],
    } = await loadNetwork(await readSpecFile(join(folder, 'nets/a.net.ts')))
    expect([...evaluate([output!], { batch: 1, inputs: { x: [4] } })[0]!]).toEqual([5])
  })

  it('is never run', async () => {
    const text = "throw new Error('run')\nexport const f = (x: number) => x\nprocess.exit(3)"
    expect((await curve(text, [2])).values).toEqual([2])
  })
})

async function diagnose(files: Files, reference?: string): Promise<SpecError> {
  try {
    await load(files, reference)
  } catch (error) {
    if (error instanceof SpecError) return error
    throw error
  }
  throw new Error('nothing was wrong')
}

/** Expects one mistake, where the file that holds it is marked. */
async function expectMarked(marked: Files, [code, message, hint]: Expected): Promise<void> {
  const unmarked = Object.entries(marked).map(([name, text]) => [name, unmark(text)] as const)
  const { diagnostics } = await diagnose(Object.fromEntries(unmarked.map(([name, { text }]) => [name, text])))
  const places = unmarked.flatMap(([file, { places }]) => places.map((place) => ({ file, ...place })))
  const found = (diagnostic: Diagnostic) => {
    const { code, line, column, length } = diagnostic
    return { code, file: relative(root, diagnostic.file).replace(/^f\w+\//, ''), line, column, length }
  }
  expect(diagnostics.map(found)).toEqual(places.map((place) => ({ code, ...place })))
  if (message !== undefined) expect(diagnostics[0]!.message).toContain(message)
  if (hint !== undefined) expect(diagnostics[0]!.hint).toContain(hint)
}

describe('what can’t be read of a function', () => {
  const cases: [string, ...Expected][] = [
    [
      'export function f(x: number) {\n  «for (;;) {}»\n}',
      'function',
      'a formula has no loops',
      'functions hold const, if',
    ],
    [
      'export function f(x: number) {\n  «let y = x»\n  return y\n}',
      'function',
      'no variables that change',
      'write const',
    ],
    ['export function f(x: number) { «x += 1;» return x }', 'function', 'run for their effect'],
    ['export function f(x: number) { «x++;» return x }', 'function', 'run for their effect'],
    ['export const f = (x: number) => «[x][0]»', 'function', 'no properties'],
    ['export const f = (x: number) => x «%» 2', 'function', "'%'"],
    ['export const f = (x: number) => «~x»', 'function', "'~x'"],
    ['export const f = (x: number) => «"1"» + x', 'function', 'no text'],
    ['export const f = (x: number) => «1n» + x', 'function', 'whole numbers of any size'],
    ['export const f = (x: number) => «x.y»', 'function', 'no properties'],
    ['export const f = (x: number) => «Math["exp"]»(x)', 'function', 'no properties'],
    ['export const f = (x: number) => «Math?.PI» * x', 'function', 'no properties'],
    ['export const f = (x: number) => «Math.floor»(x)', 'unknown-name', 'no Math.floor', 'of Math they have abs'],
    ['export const f = (x: number) => «Math.Exp»(x)', 'unknown-name', 'no Math.Exp', "did you mean 'Math.exp'?"],
    ['export const f = (x: number) => «Math.exp» + x', 'unknown-name', 'Math.exp'],
    ['export const f = (x: number) => «Math.exp(x, x)»', 'formula', 'takes 1 argument, got 2'],
    ['export const f = (x: number) => «Math.max()»', 'formula', 'at least one'],
    ['const Math = 3\nexport const f = (x: number) => «Math.exp»(x)', 'function', 'no properties'],
    ['export const f = (x: number) => «y» + x', 'unknown-name', "nothing is called 'y'", 'known: x, f'],
    ['export const f = (x: number) => x * «NaN»', 'unknown-name', "'NaN'"],
    ['export const f = (x: number) => «1 / 0» + x', 'out-of-range', 'not finite'],
    ['export const f = (x: number) => «1e999» + x', 'out-of-range', 'not finite'],
    ['export const f = (x: number) => «x» ? 1 : 2', 'function', 'expected a comparison, got a number', 'x !== 0'],
    ['export const f = (x: number) => x > 0 && «x»', 'function', 'expected a comparison'],
    ['export const f = (x: number) => «(x > 0)» * 2', 'function', 'expected a number, got true or false'],
    ['export const f = (x: number) => «x > 0 ? x : x > 1»', 'function', 'a number on one side'],
    ['export const «f» = (x: number) => x > 0', 'function', 'gives true or false'],
    ['export function «f»(x: number) { if (x > 0) return x }', 'function', 'may end without returning'],
    ['export function f(x: number) { if (x > 0) «return;» return x }', 'function', 'return without a number'],
    [
      'export function «f»(x: number, k: number) { return x * k }',
      'function',
      'takes 2 numbers, got 1: k has no default',
    ],
    ['export function «f»() { return 1 }', 'function', 'takes 0 numbers, got 1'],
    ['export const f = («{ y }»: { y: number }) => y', 'function', 'no lists'],
    ['export const f = (...«x»: number[]) => 1', 'function', "'x'"],
    ['export const f = «async (x: number) => x»', 'function', 'no async functions'],
    ['export const f = (x: number): number => «f»(x)', 'function', 'no recursion'],
    [
      'const g = (x: number): number => «f»(x)\nexport function f(x: number): number { return g(x) }',
      'function',
      'no recursion',
    ],
    ['const a = «b» + 1\nconst b = a\nexport const f = (x: number) => b * x', 'function', 'no recursion'],
    ['let k = 1\nexport const f = (x: number) => «k» * x', 'function', "'k' is not const"],
    ['class K {}\nexport const f = (x: number) => «new K()» * x', 'function', 'classes'],
    ['export const f = (x: number) => «g» * x\nfunction g() { return 1 }', 'function', "'g' is a function"],
    ['export const f = (x: number) => «g(x, 1)»\nconst g = (a: number) => a', 'function', 'g takes 1 number, got 2'],
    ['export const f = (x: number) => «g()»\nconst g = (a: number) => a', 'function', 'g takes 1 number, got 0'],
    ['export const f = (x: number) => «x»(1)', 'function', "'x' is no function"],
    ['export const f = (x: number) => g(«...[x]»)\nconst g = (a: number) => a', 'function', 'no lists'],
    ['export function f(x: number) { const g = «() => x»; return g() }', 'function', 'functions within functions'],
    [
      'const g = (x: number) => x\nexport function f(x: number) { return g(x); «function g() { return 1 }» }',
      'function',
      'functions within',
    ],
    ['export function f(x: number) { const a = «b»; const b = 1; return a * x + b }', 'unknown-name', 'further down'],
    [
      'const b = 2\nexport function f(x: number) { const a = «b»; const b = 1; return a * x + b }',
      'unknown-name',
      'further down',
    ],
    ['const a = «b»\nconst b = 1\nexport const f = (x: number) => a * x', 'unknown-name', 'further down'],
    [
      'const a = g()\nfunction g() { return «b» }\nconst b = 1\nexport const f = (x: number) => a * x',
      'unknown-name',
      'further down',
    ],
    [
      'export function f(x: number) { const a = 1; const «a» = 2; return a * x }',
      'name-clash',
      "'a' is already defined",
    ],
    ['export function f(x: number) { const «x» = 2; return x }', 'name-clash', "'x' is already defined"],
    ['export const f = (x: number) => (x «;»\n', 'syntax', "')' expected"],
    ["import { g } from «'lodash'»\nexport const f = (x: number) => g(x)", 'function', 'files beside this one'],
    ["import { g } from «'./gone.ts'»\nexport const f = (x: number) => g(x)", 'function', 'there is no file'],
    [
      "import { g } from «'./f.ts'»\nexport const f = (x: number) => g(x)",
      'unknown-name',
      "exports no 'g'",
      'it exports f',
    ],
    ["export { f } from «'./f.ts'»", 'function', 'in a circle'],
  ]
  for (const [text, ...expected] of cases)
    it(text.replaceAll('\n', '⏎'), () => expectMarked({ 'f.ts': text }, expected))

  it('in another file is shown there', async () => {
    await expectMarked(
      {
        'f.ts': "import { g } from './lib/g.ts'\nexport const f = (x: number) => g(x)",
        'lib/g.ts': 'export function g(x: number) {\n  «while (x > 0) {}»\n  return x\n}',
      },
      ['function', 'no loops'],
    )
    const error = await diagnose({ 'f.ts': 'export function f(x: number) {\n  while (x > 0) {}\n}' })
    const [{ file }] = error.diagnostics as [Diagnostic]
    expect(renderDiagnostics(error))
      .toBe(`${file}:2:3: error: a formula has no loops; ${error.diagnostics[0]!.hint} (function)
  1 | export function f(x: number) {
> 2 |   while (x > 0) {}
    |   ^^^^^^^^^^^^^^^^`)
  })
})

describe('a reference to a function', () => {
  const text = 'export const f = (x: number) => x\nexport const k = 3\nexport { nothing }'
  const cases: [string, ...Expected][] = [
    ['swish', 'wrong-type', "as ./swish.ts#swish, got 'swish'"],
    ['./f.ts', 'wrong-type', 'expected a function of a file'],
    ['./f.ts#', 'wrong-type'],
    ['f.ts#f', 'wrong-type'],
    ['/etc/f.ts#f', 'wrong-type'],
    ['file:///f.ts#f', 'wrong-type'],
    ['https://a.com/f.ts#f', 'wrong-type'],
    ['./g.ts#f', 'function', 'there is no file'],
    ['./sub#f', 'function', 'there is no file'],
    ['./notes.txt#f', 'function', 'is no TypeScript file'],
    ['./f.ts#g', 'unknown-name', "exports no 'g'", 'it exports f, k, nothing'],
    ['./f.ts#k', 'function', "exports 'k', and it is no function"],
    ['./f.ts#nothing', 'function', "exports 'nothing' and doesn't define it"],
    ['./large.ts#f', 'limit', 'over 1000000 bytes'],
  ]
  const files = { 'f.ts': text, 'sub/f.ts': text, 'notes.txt': text, 'large.ts': ' '.repeat(1_000_001) }
  for (const [reference, code, message, hint] of cases)
    it(reference, async () => {
      const { diagnostics } = await diagnose(files, `'${reference}'`)
      expect(diagnostics).toMatchObject([{ code, line: 3, column: 15, length: reference.length + 2 }])
      if (message !== undefined) expect(diagnostics[0]!.message).toContain(message)
      if (hint !== undefined) expect(diagnostics[0]!.hint).toContain(hint)
    })

  it('comes from whatever files the host has', async () => {
    const files: Files = {
      'nets/f.ts': "export { twice as f } from '../twice.js'",
      'twice.ts': 'export const twice = (x: number) => 2 * x',
    }
    const asked: string[] = []
    const readFile = (path: string): Promise<string> => {
      asked.push(path)
      return path in files ? Promise.resolve(files[path]!) : Promise.reject(new Error('nowhere'))
    }
    const spec = { file: 'nets\\a.net.yaml', text: specOf('./f.ts#f') }
    const {
      outputs: [output],
    } = await loadNetwork(readSpecText(spec, { readFile }))
    expect([...evaluate([output!], { batch: 1, inputs: { x: [3] } })[0]!]).toEqual([6])
    expect(asked).toEqual(['nets/f.ts', 'twice.js', 'twice.ts'])
  })

  it('is a mistake where the host reads no files', async () => {
    const spec = { file: 'a.net.yaml', text: specOf('./f.ts#f') }
    const error: unknown = await loadNetwork(readSpecText(spec)).catch((caught: unknown) => caught)
    expect((error as SpecError).diagnostics).toMatchObject([
      { code: 'function', line: 3, column: 15, message: 'this host reads no files of functions' },
    ])
  })

  it('is reported with the spec’s other mistakes, and once for all layers that have it', async () => {
    const folder = folderWith({ 'f.ts': 'export const f = (x: number) => y' })
    const text = 'input: 1\nlayers: [{ function: { source: ./f.ts#f } }, function: ./f.ts#f, dense: 3]\nloss: mse\n'
    const error = await loadNetwork(readSpecText({ file: join(folder, 'a.net.yaml'), text }, { readFile })).catch(
      (error: SpecError) => error,
    )
    expect((error as SpecError).diagnostics.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['unknown-word', 2, 66],
      ['unknown-name', 1, 33],
    ])
  })
})

describe('a function beyond all bounds ends soon', () => {
  const cases: Record<string, string> = {
    parentheses: `export const f = (x: number) => ${'('.repeat(100_000)}x${')'.repeat(100_000)}`,
    signs: `export const f = (x: number) => ${'- '.repeat(100_000)}x`,
    sum: `export const f = (x: number) => ${'x + '.repeat(100_000)}x`,
    blocks: `export function f(x: number) { ${'{'.repeat(100_000)} return x ${'}'.repeat(100_000)} }`,
    ifs: `export function f(x: number) { ${Array.from({ length: 9_999 }, (_, k) => `if (x > ${k}) return Math.exp(x)\n`).join('')} return x }`,
    'branches that go on': `export function f(x: number) { ${'if (x > 0) { if (x > 1) return Math.log(x) }\n'.repeat(200)} return Math.exp(x) }`,
    calls: `const f0 = (x: number) => x + 1\n${Array.from({ length: 60 }, (_, k) => `export const f${k + 1} = (x: number) => f${k}(f${k}(x))\n`).join('')}export { f60 as f }`,
    tests: `export function f(x: number) { const t0 = x > 0 && x < 1\n${Array.from({ length: 60 }, (_, k) => `const t${k + 1} = t${k} && t${k}\n`).join('')} return t60 ? 1 : x }`,
  }
  for (const [name, text] of Object.entries(cases))
    it(name, async () => {
      const start = performance.now()
      const { diagnostics } = await diagnose({ 'f.ts': text })
      expect(diagnostics).toMatchObject([{ code: 'limit' }])
      expect(performance.now() - start).toBeLessThan(5_000)
    })

  it('branches within branches are as many as are written', async () => {
    const steps = Array.from(
      { length: 60 },
      (_, k) => `const t${k + 1} = t${k} > 0 ? Math.log(t${k}) : Math.exp(t${k})\n`,
    )
    const text = `export function f(x: number) { const t0 = x\n${steps.join('')} return t60 }`
    const {
      outputs: [output],
    } = await load({ 'f.ts': text })
    expect(topologicalOrder([output]).length).toBeLessThan(60 * 8)
    const { values, slopes } = await curve(text, [-1, 0, 2])
    expect([...values, ...slopes].every(Number.isFinite)).toBe(true)
  })
})
