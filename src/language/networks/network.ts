import { sha256Of } from '../../base/bytes.ts'
import type { Diagnostic } from '../../base/errors.ts'
import { canonicalJson } from '../../base/json.ts'
import type { Mathematics } from '../../base/mathematics.ts'
import type { Only } from '../../base/only.ts'
import { fileName } from '../../base/path.ts'
import { bytesOf, type Precision } from '../../base/precision.ts'
import type { TargetName } from '../../base/target.ts'
import { parameter } from '../../graph/build.ts'
import type { Interner, Node } from '../../graph/node.ts'
import {
  NetworkBuilder,
  type Assignment,
  type NetworkBody,
  type Origin,
  type Parameter,
  type Port,
  type State,
} from './builder.ts'
import { checkSpec } from './check.ts'
import { buildEquations } from './equationNetwork.ts'
import { buildLayers } from './layered.ts'
import { keptIn, resolveObjectives, updatingsIn, type Objective } from './objectives.ts'
import type { CheckedSpec } from './schema.ts'
import { resolveTraining, type Training } from './training.ts'
import { diagnose, FindingError, type Finding, type SpecSource } from '../text/source.ts'

export interface Network extends Omit<NetworkBody, 'objectives'> {
  readonly name: string
  readonly description?: string
  readonly graph: Interner
  readonly parameters: readonly Parameter[]
  /** Where there are several losses: each, the first among them. */
  readonly objectives: readonly Objective[]
  /** The parameters that aren't frozen, and that some objective trains where there are several. */
  readonly trained: readonly Parameter[]
  readonly buffers: readonly State[]
  /** The buffers that a training step writes, and the values that it leaves there. */
  readonly writes: readonly Assignment[]
  /** The parameters that a batch starts, and the values that it gives them. */
  readonly starts: readonly Assignment[]
  /** The fewest samples of a training batch. */
  readonly leastSamples: number
  /** The names of nodes in equations: f0, h1, Ω0, β0, x, y, ℓ, or the spec's own names. */
  readonly symbols: ReadonlyMap<Node, string>
  /** The nodes of each layer, by its name; every node is in one section at most. */
  readonly sections: ReadonlyMap<string, readonly Node[]>
  /** Where in the spec each node comes from. */
  readonly origins: ReadonlyMap<Node, Origin>
  /** What nodes have become, with idioms recognised, of which there are derivatives. */
  readonly recognised: ReadonlyMap<Node, Node>
  readonly train: Training
  readonly emit: {
    readonly target: TargetName
    readonly precision: Precision
    /** The inputs by which `gradient` differentiates too. */
    readonly inputGradients: readonly Port[]
    /** A leaf for each trained parameter, if `hessianProduct` is asked for. */
    readonly directions: readonly Node[]
    /** Which activations are kept for the backward pass; a budget is of bytes, for all of a trainer's memory. */
    readonly memory: 'store' | 'recompute' | { readonly budget: number }
    /** Who computes exp, sin and their like: the engine, or the module in the same way everywhere. */
    readonly math: Mathematics
    /** Where the target wasm puts the kernels' binary: into the module, or into a file beside it. */
    readonly wasm: 'inline' | 'file'
    /** What the module is of alone, if it isn't to have all. */
    readonly only?: Only | undefined
  }
  /** A hash of the spec's meaning, 16 hexadecimal digits. Comments, order of keys, shorthands, file format and name don't change it. */
  readonly hash: string
  /** For mistakes that only compiling shows. */
  readonly source: SpecSource
  /** What loading has found that compiles, and that hardly anybody means. */
  readonly warnings: readonly Diagnostic[]
}

/**
 * Checks a spec and builds its graph.
 * @throws SpecError with every mistake that could be found.
 * @example
 * // mistakes.ts
 * import { loadNetwork, readSpecText, SpecError } from 'tapeless'
 *
 * try {
 *   const text = 'input: 4\nlayers: [Dense: 3, softmax]\nloss: mse'
 *   const { warnings } = await loadNetwork(readSpecText({ file: 'iris.net.yaml', text }))
 *   console.log(`${warnings.length} warnings`)
 * } catch (error) {
 *   if (!(error instanceof SpecError)) throw error
 *   for (const { line, column, message, hint } of error.diagnostics) console.log(`${line}:${column} ${message}; ${hint}`)
 * }
 */
export async function loadNetwork(source: SpecSource): Promise<Network> {
  const { spec, settings, isPartial, findings: formal } = await checkSpec(source)
  const findings = [...formal]
  const built = spec && attempt(findings, () => build(spec, isPartial, findings))
  const updatings = settings && attempt(findings, () => updatingsIn(spec, settings))
  const train = updatings && attempt(findings, () => resolveTraining(settings.train, updatings[0]))
  const objectives =
    built?.body && updatings && attempt(findings, () => resolveObjectives(spec!, built.body!, built.builder, updatings))
  const inputGradients = built?.body && attempt(findings, () => resolveInputGradients(spec!, built.body!))
  const name = settings?.name ?? fileName(source.file).replace(/(\.net)?\.\w+$/, '')
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name))
    findings.push({
      code: 'invalid-name',
      path: [],
      part: 'value',
      message: `the file's stem '${name}' is no name: give one with name:`,
    })
  const warnings = await diagnose(source, findings)

  const { body, builder } = built!
  const { graph, parameters, buffers, writes, starts, leastSamples, symbols, sections, origins } = builder
  const isTrained = ({ name, frozen }: Parameter) =>
    !frozen && (!body!.objectives || objectives!.some((one) => one.trained.some((own) => own.name === name)))
  const trained = parameters.filter(isTrained)
  const directions = spec!.emit.hessianProduct ? trained.map((one) => directionOf(one, builder)) : []
  return {
    name,
    ...(spec!.description === undefined ? {} : { description: spec!.description }),
    ...body!,
    ...{ graph, parameters, buffers, leastSamples, symbols, sections, origins },
    ...{ writes: writes.list, starts: starts.list },
    recognised: builder.derivatives.recognised,
    ...{ objectives: objectives!, trained },
    train: train!,
    emit: {
      ...{ target: spec!.emit.target, precision: spec!.emit.precision, memory: spec!.emit.memory ?? 'store' },
      ...{
        inputGradients: inputGradients!,
        directions,
        wasm: spec!.emit.wasm ?? 'inline',
        math: spec!.emit.math ?? 'engine',
        only: spec!.emit.only,
      },
    },
    hash: hashOf(spec!, body!, parameters),
    ...{ source, warnings },
  }
}

/** A leaf of a parameter's shape, by which a direction among all parameters is given. */
function directionOf({ name, symbol, shape }: Parameter, { graph, symbols }: NetworkBuilder): Node {
  const direction = parameter(graph, `direction of ${name}`, shape)
  symbols.set(direction, `δ${symbol}`)
  return direction
}

function attempt<T>(findings: Finding[], action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof FindingError)) throw error
    findings.push(error.finding)
    return undefined
  }
}

function build(spec: CheckedSpec, isPartial: boolean, findings: Finding[]) {
  const { batch, patience } = spec.train
  const { decay, ...kept } = keptIn(spec)
  const bytes = bytesOf[spec.emit.precision]
  const builder = new NetworkBuilder({ bytes, batch, decay, ...kept, keepsBest: patience !== undefined })
  const body =
    'layers' in spec
      ? buildLayers(spec, builder, isPartial, findings)
      : buildEquations(spec, builder, isPartial, findings)
  return { body, builder }
}

/** Inputs of whole numbers have no gradient. */
function resolveInputGradients({ emit }: CheckedSpec, { inputs }: NetworkBody): readonly Port[] {
  if (!emit.inputGradient) return []
  const differentiable = inputs.filter(({ below }) => below === undefined)
  if (differentiable.length > 0) return differentiable
  const message = 'there is no gradient by an input of whole numbers'
  throw new FindingError({ code: 'out-of-range', path: ['emit', 'inputGradient'], part: 'key', message })
}

/** Keys of a checked spec that say nothing of its meaning: positions, and initializers, which count as the values they come to. */
const meaningless = new Set(['span', 'nameSpan', 'shorthand', 'init'])

function hashOf(spec: CheckedSpec, body: NetworkBody, parameters: readonly Parameter[]): string {
  const byName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
    [...items].sort((a, b) => (a.name < b.name ? -1 : 1))
  const ports = [body.inputs, body.targets].map((list) =>
    byName(list).map(({ name, shape, below }) => [name, shape, below]),
  )
  const tensors = byName(parameters).map(({ name, shape, initial }) => [name, shape, initial])
  const definition =
    'layers' in spec ? spec.layers : [spec.equations, spec.output, ...(spec.networks ? [spec.networks] : [])]
  const { normalizer, weight, metrics } = spec as { normalizer?: string; weight?: true; metrics?: unknown }
  const more = [normalizer, weight, metrics].filter((part) => part !== undefined)
  const meaning = [
    definition,
    'objectives' in spec ? spec.objectives : spec.loss,
    ports,
    tensors,
    spec.train,
    spec.emit,
    ...more,
  ]
  return sha256Of(canonicalJson(meaning, (key) => !meaningless.has(key))).slice(0, 16)
}
