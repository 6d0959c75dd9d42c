import { hessianProducts, shareOf } from '../calculus/training.ts'
import { differentiate } from '../calculus/differentiate.ts'
import type { Trainer } from '../emit/emitted.ts'
import { broadcast } from '../graph/build.ts'
import type { Bindings } from '../graph/evaluate.ts'
import type { Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import type { Vector } from '../runtime/types.ts'
import { given, sizeOf, type Data, type Tensors } from './data.ts'
import type { Findings } from './findings.ts'
import type { Evaluate } from './interpret.ts'
import { amongTerms, type Expected, type Meaning } from './meaning.ts'

/*
 * What only some trainers tell: metrics, and the Hessian times a direction.
 */

interface Telling extends Trainer {
  evaluate?(x: unknown, y: unknown): Readonly<Record<string, number>>
  hessianProduct?(x: unknown, y: unknown, direction: Tensors): Readonly<Record<string, Vector>>
}

type Metric = NonNullable<Network['metrics']>[number]

/** The Hessian of the training loss times its direction, by each trained parameter; none where no direction is asked for. */
export function hessianOf({ training, trained, emit: { directions } }: Network): readonly Node[] {
  if (directions.length === 0) return []
  const parameters = trained.map(({ node }) => node)
  const adjoints = differentiate(training.losses, broadcast(shareOf(training), training.losses.shape, []), parameters)
  return hessianProducts(
    parameters.map((node) => adjoints.get(node)!),
    directions,
    parameters,
  )
}

interface Subject {
  readonly network: Network
  readonly meaning: Meaning
  /** Of `hessianOf`. */
  readonly products: readonly Node[]
}

/** Compares it on a batch, where there is any. @param way gives nodes their values. */
export function compareTold(
  { network, meaning, products }: Subject,
  trainer: Telling,
  data: Data,
  bindings: Bindings,
  way: Evaluate<Expected>,
  findings: Findings,
): void {
  const { metrics = [], trained } = network
  const [x, y] = [given(data.inputs), given(data.targets)]
  const told = trainer.evaluate?.(x, y)
  for (const metric of told ? metrics : []) {
    const { values, tolerance } = valueOf(metric, way(metric.sums, bindings), data.samples)
    findings.compare([told![metric.name]!], values, { quantity: `the metric ${metric.name}`, shape: [] }, tolerance)
  }
  if (products.length === 0) return
  const direction = Object.fromEntries(trained.map(({ name, shape }, k) => [name, wave(sizeOf(shape), k)]))
  const actual = trainer.hessianProduct!(x, y, direction)
  const along = Object.fromEntries(Object.entries(direction).map(([name, values]) => [`direction of ${name}`, values]))
  const expected = way(products, {
    ...bindings,
    parameters: { ...bindings.parameters, ...along },
  })
  for (const [k, { name: tensor, shape }] of trained.entries()) {
    const { values, tolerance } = amongTerms(expected[k]!, meaning, expected)
    findings.compare(actual[tensor]!, values, { quantity: 'the Hessian product of', tensor, shape }, tolerance)
  }
}

/** Numbers that single precision has. */
function wave(length: number, from: number): Float64Array {
  return Float64Array.from({ length }, (_, at) => Math.fround(Math.sin(1.3 * at + from + 1)))
}

/** A metric of one batch, from its scalars: 1 - Σ (p - y)² / Σ (y - ȳ)², or a ratio; 0 where that would be divided by 0. */
function valueOf({ kind, size }: Metric, sums: readonly Expected[], samples: number): Expected {
  const [first, second, third] = sums
  const whole = { values: [samples * size], tolerance: {} }
  const [sum, divisor] = [first!, (kind === 'r2' ? third : second) ?? whole]
  const by = divisor.values[0]!
  const ratio = by && sum.values[0]! / by
  const absolute = by && (errorOf(sum) + Math.abs(ratio) * errorOf(divisor)) / Math.abs(by)
  return { values: [kind === 'r2' && by ? 1 - ratio : ratio], tolerance: { absolute } }
}

function errorOf({ values, tolerance: { relative = 0, absolute = 0 } }: Expected): number {
  return relative * Math.abs(values[0]!) + absolute
}
