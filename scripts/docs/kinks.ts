import { differentiate } from '../../src/calculus/differentiate.ts'
import { constant } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import type { Node } from '../../src/graph/node.ts'
import type { Network } from '../../src/language/networks/network.ts'
import { code, table } from './markdown.ts'
import { networkOf } from './network.ts'
import { tables } from './tables.ts'

/** What PyTorch 1.13 gives in float64, where that is known. */
const pytorch: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  relu: { 0: '0' },
  leakyRelu: { 0: '0.01' },
  prelu: { 0: '0.25' },
  selu: { 0: '1.7581' },
  hardSwish: { [-3]: '-0.5', 3: '1.5, or 1 where it computes several at once' },
  hardSigmoid: { [-3]: '0', 3: '0' },
  relu6: { 0: '0', 6: '0' },
  mae: { 0: '0' },
  'abs(x)': { 0: '0' },
  'sign(x)': { 0: '0' },
  'max(x, 0)': { 0: '0.5' },
  'min(x, 0)': { 0: '0.5' },
  'x > 0 ? x : 0': { 0: '0' },
}

/** What formulas have besides activations and may bend. */
const formulas = ['abs(x)', 'sign(x)', 'max(x, 0)', 'min(x, 0)', 'x > 0 ? x : 0']

/** Two equal elements, and what is taken of them. */
const ties = [
  { what: 'maxPool1d', layers: [{ maxPool1d: 2 }], theirs: '1 and 0' },
  { what: 'maxPool2d', layers: [{ reshape: [1, 1, 2] }, { maxPool2d: [1, 2] }], theirs: '1 and 0' },
] as const

/** Where the derivatives of activations, losses and formulas jump, and what they are there. */
export async function kinksPage(): Promise<string> {
  const layers = Object.keys({ ...tables.layers, ...tables.activations }).map((word) => [word, [word], 'mse'] as const)
  const losses = Object.keys(tables.losses!).map((word) => [word, ['identity'], word] as const)
  const expressions = formulas.map((text) => [text, [{ expression: text }], 'mse'] as const)
  const rows = async (cases: readonly (readonly [string, readonly unknown[], string])[]) => {
    const found: string[][] = []
    for (const [word, stack, loss] of cases) {
      const network = await networkOf({ input: 'scalar', layers: stack, loss })
      const kinks = network ? kinksOf(network, loss === word ? network.losses : network.outputs[0]!) : []
      for (const { at, left, here, right } of kinks)
        found.push([code(word), ...[at, left, here, right].map(show), pytorch[word]?.[at] ?? 'not compared'])
    }
    return found
  }
  const tied: string[][] = []
  for (const { what, layers, theirs } of ties) {
    const network = await networkOf({ input: [1, 2], layers, loss: 'mse' })
    tied.push([code(what), [...slopesOf(network!, network!.outputs[0]!, [1, 1], 1)].map(show).join(' and '), theirs])
  }
  const header = ['', 'at', 'from below', 'derivative', 'from above', 'PyTorch']
  return `# Kinks

Written by \`npm run docs\`, from the derivatives that modules compute; not edited by hand.

A function that bends has no derivative there, and a program must choose one. A second derivative is that of what is
chosen: of \`relu\` it is 0 everywhere. Where nothing else is said the arguments have their defaults. PyTorch's
answers are those of version 1.13 in double precision.

## Layers and activations

${table(header, await rows(layers))}

## Losses

Of p, where the target is 0.

${table(header, await rows(losses))}

## Formulas

Both operands of \`max\` and \`min\` get half where they are equal; a condition gives all to the branch that holds.

${table(header, await rows(expressions))}

## Ties

The derivatives by two equal elements.

${table(['', 'derivatives', 'PyTorch'], tied)}
`
}

interface Kink {
  readonly at: number
  readonly left: number
  readonly here: number
  readonly right: number
}

/** The points among multiples of 1/20 up to 25 at which a function of the one input, or its derivative, jumps. */
function kinksOf(network: Network, result: Node): Kink[] {
  const points = Array.from({ length: 1001 }, (_, i) => i / 20 - 25)
  const step = 1e-6
  const around = [-step, 0, step].map((offset) => {
    const x = points.map((point) => point + offset)
    return { values: valuesOf(network, result, x), slopes: slopesOf(network, result, x, x.length) }
  })
  const jumps = (a: number, b: number): boolean => Math.abs(a - b) > 1e-3 * (1 + Math.abs(a) + Math.abs(b))
  return points.flatMap((at, i) => {
    const [left, here, right] = around.map(({ slopes }) => slopes[i]!) as [number, number, number]
    const [below, , above] = around.map(({ values }) => values[i]!) as [number, number, number]
    return jumps(left, right) || jumps(below, above) ? [{ at, left, here, right }] : []
  })
}

function valuesOf(network: Network, result: Node, x: readonly number[]): Float64Array {
  return evaluate([result], bindings(network, x, x.length))[0]!
}

/** The derivatives of the sum of a result by the elements of the input. */
function slopesOf(network: Network, result: Node, x: readonly number[], batch: number): Float64Array {
  const { node } = network.inputs[0]!
  const adjoint = differentiate(result, constant(result.graph, 1, result.shape), [node]).get(node)!
  return evaluate([adjoint], bindings(network, x, batch))[0]!
}

/** The target is 0; parameters are where they start, if that isn't random. */
function bindings(network: Network, x: readonly number[], batch: number) {
  const parameters = network.parameters.map(({ name, shape, initial }) => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    return [name, new Array<number>(size).fill(initial.function === 'constant' ? initial.arguments[0]! : 0.5)] as const
  })
  return { batch, inputs: { x, y: x.map(() => 0) }, parameters: Object.fromEntries(parameters) }
}

/** To four digits; 0 has no sign. */
const show = (value: number): string => String(Number(value.toPrecision(5)) + 0)
