import type { MetricDescription, ModuleDescription, PortDescription } from './description.ts'
import { isModel } from './has.ts'
import { data, literal } from './literal.ts'

/*
 * What a module tells of samples, where that isn't just one output and a mean loss.
 */

/** Whether there is one output, which depends on all inputs, as the only loss may: most are so, and predict as simply. */
export function isPlain({ outputs, inputs, objectives }: ModuleDescription): boolean {
  return !objectives && outputs[0]!.name === undefined && inputs.every(({ isUnread }) => !isUnread)
}

export function isUnlike(module: ModuleDescription): boolean {
  return !isPlain(module)
}

/** The inputs that outputs depend on. */
export function known({ inputs }: ModuleDescription): readonly PortDescription[] {
  return inputs.filter(({ isUnread }) => !isUnread)
}

export function predictionType({ outputs }: ModuleDescription): string {
  if (outputs[0]!.name === undefined) return 'Vector'
  return `Readonly<Record<${outputs.map(({ name }) => data(name)).join(' | ')}, Vector>>`
}

/** The expression for what callers get of `results`. */
export function prediction({ outputs }: ModuleDescription): string {
  if (outputs[0]!.name === undefined) return 'results[0]!'
  return `{ ${outputs.map(({ name }, k) => `${data(name)}: results[${k}]!`).join(', ')} }`
}

export function isNormalized({ arena }: ModuleDescription): boolean {
  return arena.normalizer !== undefined
}

export function isMeasured({ metrics }: ModuleDescription): boolean {
  return metrics !== undefined
}

export function namesOf(list: readonly { readonly name: string }[]): string {
  return list.map(({ name }) => data(name)).join(' | ') || 'never'
}

/** How each kind of metric is added up and made. */
export const metricKinds = {
  ratio: { add: 'addRatio', value: 'ratio' },
  r2: { add: 'addVariance', value: 'r2' },
} as const satisfies Record<
  MetricDescription['kind'],
  Record<'add' | 'value', keyof typeof import('../runtime/metrics.ts')>
>

export function metricText({ name, kind, size, offsets }: MetricDescription): string {
  const { add, value } = metricKinds[kind]
  return `{ name: ${data(name)}, size: ${literal(size)}, offsets: ${data(offsets)}, add: ${add}, value: ${value} }`
}

/** Whether it is given numbers of classes or rows. */
export function isWhole(module: ModuleDescription): boolean {
  const { inputs, targets } = module
  return [...inputs, ...(isModel(module) ? [] : targets)].some(({ below }) => below !== undefined)
}

export function ignores({ targets }: ModuleDescription): boolean {
  return targets.some(({ ignored }) => ignored !== undefined)
}
