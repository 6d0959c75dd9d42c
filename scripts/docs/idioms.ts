import type { Precision } from '../../src/base/precision.ts'
import { simplify } from '../../src/calculus/algebra.ts'
import { repeated } from '../../src/calculus/idioms/shifts.ts'
import { idioms, recognise } from '../../src/calculus/idioms/index.ts'
import { input } from '../../src/graph/build.ts'
import { equationsOf } from '../../src/graph/equations/equations.ts'
import { toText } from '../../src/graph/equations/text.ts'
import { Interner, topologicalOrder, type Node } from '../../src/graph/node.ts'
import { equationDialect } from '../../src/language/formulas/equations.ts'
import { interpret } from '../../src/language/formulas/expression.ts'
import { parseFormula } from '../../src/language/formulas/formula.ts'
import { code, prose, table } from './markdown.ts'

/** Formulas as people write them: x, y and z are numbers, v and w vectors. */
const formulas = [
  ...[
    'x / (1 + exp(-x))',
    'exp(x) / (exp(x) + 1)',
    '1 - 1 / (1 + e^x)',
    '0.5 * (1 + tanh(x / 2))',
    '3 / (1 + exp(2 * x))',
  ],
  ...['log(1 + exp(x))', '-log(1 / (1 + exp(-x)))', 'log(1 - sigmoid(x))', 'x - log(1 + exp(x))'],
  ...['(exp(x) - exp(-x)) / (exp(x) + exp(-x))', '(1 - exp(-2 * x)) / (1 + exp(-2 * x))', '2 / (1 + exp(-2 * x)) - 1'],
  ...['x > 0 ? x : exp(x) - 1', 'log(1 + x)', 'x * tanh(log(1 + exp(x)))', 'x / exp(x)'],
  ...['-(y * log(sigmoid(x)) + (1 - y) * log(1 - sigmoid(x)))', '1 / (2 + exp(-x))', 'log(exp(x) + exp(y))'],
  ...[
    'exp(v) / sum(exp(v))',
    'log(sum(exp(v)))',
    'log(exp(v) / sum(exp(v)))',
    'log(sum(exp(v))) - dot(w, v)',
    '-log(dot(w, softmax(v)))',
    'log(sum(exp(v)) / (sum(exp(v)) + sum(exp(w))))',
    'sqrt(sum(exp(v)))',
  ],
  ...['1 / (1 + exp(-x))^3', '2^x / (1 + 2^x)', 'log(sum(sigmoid(v)))', 'exp(-exp(x))'],
  ...['sqrt(x^2)', 'sqrt(sum(v^2))', 'log(x^2)', 'log(exp(x))'],
]

/** A formula, x, y and z numbers and v and w vectors, as it is written and with its idioms recognised. */
export async function recognisedFormula(
  text: string,
  precision: Precision = 'f32',
): Promise<{ readonly leaves: ReadonlyMap<string, Node>; readonly written: Node; readonly recognised: Node }> {
  const graph = new Interner()
  const leaves = new Map(
    Object.entries({ x: [], y: [], z: [], v: [3], w: [3] }).map(([name, shape]) => [
      name,
      input(graph, name, ['batch', ...shape]),
    ]),
  )
  const dialect = equationDialect(() => undefined)
  const written = interpret(await parseFormula(text), leaves, dialect) as Node
  return { leaves, written, recognised: recognise([written], precision).get(written)! }
}

/** What a formula is computed by, as comments of modules have it; exponents are shifted by s, and by t where they are twice. */
export async function computedForm(text: string): Promise<string> {
  const { leaves, recognised } = await recognisedFormula(text)
  const result = simplify([recognised]).get(recognised)!
  const symbols = new Map([...leaves].map(([name, node]) => [node, name]))
  const shifts = topologicalOrder([result]).filter(({ op }) => op === 'detach')
  const own = shifts.filter((shift) => !shiftElsewhere(shift))
  own.forEach((shift, k) => symbols.set(shift, 'st'[k]!))
  for (const shift of shifts) {
    const symbol = symbols.get(shiftElsewhere(shift) ?? shift)
    if (symbol !== undefined) symbols.set(shift, symbol)
  }
  const known = symbols.get(result)
  if (known !== undefined) return known
  const naming = { symbols: symbols.set(result, 'r'), adjoints: new Map(), forward: new Set([result]) }
  const equations = equationsOf([result], naming).map(toText)
  return equations.find((line) => line.startsWith('r = '))!.slice(4)
}

/** The shift where weights aren't 0, of one that differs where they are. */
function shiftElsewhere({ inputs: [choice] }: Node): Node | undefined {
  return choice?.inputs[0]?.op === 'equal' ? repeated(choice.inputs[2]!).inner : undefined
}

/** Textbook formulas that a module computes in other forms. */
export async function idiomsPage(): Promise<string> {
  const examples = await Promise.all(formulas.map(async (text) => [code(text), code(await computedForm(text))]))
  const rows = idioms('f32').map(({ equation, reason }) => [prose(equation), prose(reason)])
  return `# Idioms

Written by \`npm run docs\`, from the table of idioms; not edited by hand.

Many a formula stands in textbooks in a form that loses everything far from 0. \`x / (1 + exp(-x))\` is right, but eˣ overflows
in single precision from 89 on, and the derivative is then 0 · ∞: NaN. Others cancel, or vanish where their logarithm is taken.
Such forms are recognised in formulas, equations and functions in TypeScript, however they are spelled, and also where one
is spread over several equations or layers. Before derivatives are taken, what stays finite is put in their place. The comments
above the kernels show it.

Where the formula as it is written is finite, its value stays the same to two units of the last place, or comes nearer to what it
is exactly. Where it overflows, its limit is computed.

## Examples

x and y are numbers, v and w vectors. By s all exponents of a sum are shifted: it is the largest of them where that one is so far from 0
that the sum would overflow or vanish, else 0, and then nothing changes. An exponential times a weight of 0 doesn't count for s, and is
shifted by more where it would overflow.

${table(['written', 'computed'], examples)}

## All idioms

${table(['equation', 'because, as written,'], rows)}
`
}
