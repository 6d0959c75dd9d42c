import type { ModuleDescription, NumberKind, PortDescription } from './description.ts'
import { vectorOf } from './tensors.ts'
import { known } from './told.ts'

/*
 * Code that runs as it stands with one network, for its docstrings.
 */

/** How many samples examples have; batch statistics need two. */
const samples = 2

/** The most numbers that are written out. */
const mostWritten = 8

/** The element number i of an example, as a number and as an expression, where a row of the last axis has so many. */
interface Filling {
  readonly at: (i: number, last: number) => number
  readonly text: (last: number) => string
}

const tenths: Filling = { at: (i) => (i + 1) / 10, text: () => 'Math.random' }
const remainder = (by: (last: number) => number): Filling => ({
  at: (i, last) => i % by(last),
  text: (last) => `(_, i) => i % ${by(last)}`,
})

const fillings: Readonly<Partial<Record<NumberKind, Filling>>> = {
  bits: remainder(() => 2),
  counts: remainder(() => 3),
  shares: { at: (i, last) => Number(i % last === Math.floor(i / last) % last), text: (last) => `() => 1 / ${last}` },
  weights: { at: () => 1, text: () => '() => 1' },
}

/** A flat array of samples. */
function arrayText({ size, shape, values, below }: PortDescription, count: number, vector: string): string {
  const { at, text } = below === undefined ? ((values && fillings[values]) ?? tenths) : remainder(() => below)
  const last = shape.at(-1) ?? 1
  const length = count * size
  if (length <= mostWritten) return `[${Array.from({ length }, (_, i) => at(i, last)).join(', ')}]`
  return `${below === undefined ? vector : 'Uint32Array'}.from({ length: ${count === 1 ? size : `${count} * ${size}`} }, ${text(last)})`
}

/** The most characters of a line. */
const width = 110

/** What a caller gives for some of `all` ports: lines of an expression. */
function given(some: readonly PortDescription[], { all, count, vector }: Giving): string[] {
  if (all.length === 1) return [arrayText(some[0]!, count, vector)]
  const members = some.map((port) => `${port.name}: ${arrayText(port, count, vector)}`)
  const line = members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  return line.length < width ? [line] : ['{', ...members.map((member) => `  ${member},`), '}']
}

interface Giving {
  readonly all: readonly PortDescription[]
  /** How many samples. */
  readonly count: number
  readonly vector: string
}

function declare(name: string, [first, ...lines]: readonly string[]): string[] {
  return [`const ${name} = ${first!}`, ...lines]
}

/** Samples for `fit`. */
export function exampleData(module: ModuleDescription): string[] {
  const [x, y] = [module.inputs, module.targets].map((all) =>
    given(all, { all, count: samples, vector: vectorOf(module) }),
  )
  const [first, ...lines] = declare('x', x!)
  return [`${first!}${lines.length > 0 ? '' : ` // ${samples} samples`}`, ...lines, ...declare('y', y!)]
}

/** What a model says of one sample. */
export function examplePrediction(module: ModuleDescription): string[] {
  const { outputs } = module
  const isClassifier = outputs[0]!.values === 'logits' && outputs[0]!.shape.length === 1 && outputs[0]!.size > 1
  const result = isClassifier ? 'logits' : 'output'
  const [first, ...lines] = given(known(module), { all: module.inputs, count: 1, vector: vectorOf(module) })
  const called = declare(result, [`model.predict(${first!}`, ...lines])
  return [
    ...called.slice(0, -1),
    `${called.at(-1)!})`,
    ...(isClassifier ? ['const best = logits.indexOf(Math.max(...logits))'] : []),
  ]
}

/** The options without which a module makes nothing: more come after them. */
export function neededOptions({ name, wasm }: ModuleDescription): string {
  return wasm?.placement === 'file' ? `wasm: await WebAssembly.compileStreaming(fetch('${name}.wasm'))` : ''
}
