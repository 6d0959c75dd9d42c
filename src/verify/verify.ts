import { bytesOf, type Precision } from '../base/precision.ts'
import { targetNames, type TargetName } from '../base/target.ts'
import type { Diagnostic } from '../base/errors.ts'
import { compile, describeModule, type CompileOptions } from '../compile.ts'
import { renderModule } from '../emit/emit.ts'
import type { Network } from '../language/networks/network.ts'
import { withIdioms } from '../programs/recognise.ts'
import { agree, compareInPieces, inputGradients, type Candidate, type Interpreted } from './agreement.ts'
import {
  copies,
  cut,
  drawData,
  drawTypical,
  given,
  randomFrom,
  sizeOf,
  startOf,
  withTies,
  type Data,
  type State,
} from './data.ts'
import type { Instantiate } from '../emit/emitted.ts'
import { checkFiniteness } from './finiteness.ts'
import { Findings, type Found } from './findings.ts'
import { checkInference, type Inference } from './inference.ts'
import { GradientCheck, samplesFor } from './gradients.ts'
import { inDouble, meaningOf } from './meaning.ts'
import { candidatesOf, lookAtEach } from './objectives.ts'
import { checkDeterminism, checkResuming } from './repeats.ts'
import { checkSimplification } from './simplification.ts'

/** A target and a precision, of which a module is made. */
interface Kind {
  readonly target: TargetName
  readonly precision: Precision
}

const kinds: readonly Kind[] = targetNames.flatMap((target) =>
  (Object.keys(bytesOf) as Precision[]).map((precision) => ({ target, precision })),
)

const nameOfKind = ({ target, precision }: Kind) => `${target} ${precision}`

/** The checks, in their order. */
export const checkNames: readonly string[] = [
  ...kinds.map(nameOfKind),
  'simplification',
  'complex step',
  'differences',
  'determinism',
  'resuming',
  'inference alone',
  'wide inputs',
]

/** What one check has found. */
export interface Check extends Found {
  readonly check: string
  /** What was compared with what, in words. */
  readonly about: string
  readonly milliseconds: number
}

export interface Verification {
  readonly name: string
  readonly target: TargetName
  readonly precision: Precision
  readonly parameters: number
  readonly samples: number
  readonly seed: number
  readonly checks: readonly Check[]
  /** Of the module that ships. */
  readonly warnings: readonly Diagnostic[]
}

export interface VerifyOptions {
  /** Samples of a batch, at most train.batch and at least as many as a batch must have; 5 unless given. */
  readonly samples?: number
  /** Fixes the data, start values and masks; 0 unless given. */
  readonly seed?: number
  readonly instantiate: Instantiate
  /** Called as each check begins, which waits for what it promises. */
  readonly onCheck?: (name: string) => void | Promise<void>
}

/**
 * Verifies a network's modules: that which is shipped, and those of the other target and precision.
 * @param specFile as for `compile`.
 * @throws as `compile`.
 */
export async function verify(network: Network, specFile: string, options: VerifyOptions): Promise<Verification> {
  const { seed = 0, onCheck = () => undefined } = options
  const { batch } = network.train
  const samples = Math.max(Math.min(options.samples ?? 5, batch), network.leastSamples)
  const random = randomFrom(seed)
  const data = drawTypical(network, samples, random)
  const fewer = drawData(network, Math.max(Math.min(samples, 2), network.leastSamples), random, withTies)
  const many = drawTypical(network, batch + samples, random)

  const checks: Check[] = []
  const run = async (check: string, about: string, look: (findings: Findings) => Promise<void> | void) => {
    await onCheck(check)
    const [begin, findings] = [performance.now(), new Findings()]
    await look(findings)
    const { compared, worst, differences, notes } = findings
    checks.push({ check, about, compared, worst, differences, notes, milliseconds: performance.now() - begin })
  }

  /** Of each kind, for each objective. */
  const candidates = new Map<string, readonly { candidate: Compiled; interpreted: Interpreted }[]>()
  const { emit } = network
  const { target, precision } = emit
  for (const kind of kinds) {
    const isOwn = kind.target === target && kind.precision === precision
    const about = `${isOwn && !emit.only ? 'the module that ships' : 'a module'} with the interpreter`
    await run(nameOfKind(kind), about, async (findings) => {
      const candidate = await candidateOf(network, specFile, kind, isOwn, options.instantiate)
      const trial = { seed, batches: [data, fewer], variables: network.emit.inputGradients } as const
      const each: { candidate: Compiled; interpreted: Interpreted }[] = []
      lookAtEach(candidatesOf(candidate), findings, (one, found) => {
        const interpreted = agree(one, trial, found)
        compareInPieces(one, interpreted.state, many, found)
        each.push({ candidate: one, interpreted })
      })
      candidates.set(nameOfKind(kind), each)
    })
  }
  const own = candidates.get(nameOfKind({ target, precision }))!
  const doubles = candidates.get('typescript f64')!
  const singles = candidates.get('typescript f32')!
  const inDoubles = doubles.map(({ candidate }) => candidate)
  await run('simplification', 'the simplified graph with the graph as built', (findings) =>
    lookAtEach(inDoubles, findings, ({ network: view }, found, k) =>
      checkSimplification(view, data, doubles[k]!.interpreted.state, found),
    ),
  )
  const gradients = doubles.map(({ candidate, interpreted: { state } }, k) => {
    const single = singles[k]!.interpreted.results.gradients
    const uncertainty = Object.fromEntries(Object.entries(single).map(([name, expected]) => [name, inDouble(expected)]))
    return new GradientCheck(candidate.network, { ...derivedBy(candidate, state, data), uncertainty }, random)
  })
  const [{ aboutComplexSteps, aboutDifferences }] = gradients as [GradientCheck, ...GradientCheck[]]
  await run('complex step', aboutComplexSteps, (findings) =>
    lookAtEach(inDoubles, findings, (_, found, k) => gradients[k]!.byComplexSteps(found)),
  )
  await run('differences', aboutDifferences, (findings) =>
    lookAtEach(inDoubles, findings, (_, found, k) => gradients[k]!.byDifferences(found)),
  )
  const [first] = own as [(typeof own)[number], ...(typeof own)[number][]]
  const ships = first.candidate
  await run('determinism', 'two trainings from one seed', (findings) => checkDeterminism(ships, many, seed, findings))
  await run('resuming', 'training that was saved and loaded with training that went on', (findings) =>
    checkResuming(ships, many, seed, findings),
  )
  const about = `${emit.only ? 'the module that ships' : 'a module of inference alone'} with one that trains`
  await run('inference alone', about, async (findings) => {
    const inference = await inferenceOf(network, specFile, options.instantiate)
    checkInference(ships, inference, many, seed, findings)
  })
  await run('wide inputs', 'inputs from a thousandth to a thousand times as large', (findings) =>
    lookAtEach(
      own.map(({ candidate }) => candidate),
      findings,
      (one, found, k) => checkFiniteness(one, data, own[k]!.interpreted.state, found),
    ),
  )
  const parameters = network.parameters.reduce((total, { shape }) => total + sizeOf(shape), 0)
  const { warnings } = first.candidate
  return { name: network.name, target, precision, parameters, samples, seed, checks, warnings }
}

/** A module, and what compiling it has warned of. */
interface Compiled extends Candidate {
  readonly warnings: readonly Diagnostic[]
}

/** The module that a user would ship, whole; another, as its text is before it is checked and formatted. */
async function candidateOf(
  network: Network,
  specFile: string,
  kind: Kind,
  isOwn: boolean,
  instantiate: Instantiate,
): Promise<Compiled> {
  const { memory, math } = network.emit
  const whole = { ...network, emit: { ...network.emit, only: undefined } }
  const [meant, meaning] = [withIdioms(network, kind.precision), meaningOf({ ...kind, math })]
  if (isOwn) return { network: meant, meaning, ...(await shipped(whole, specFile, instantiate)) }
  // A budget is for the precision that it was given for.
  const emit = { ...whole.emit, wasm: 'inline', memory: typeof memory === 'object' ? 'recompute' : memory } as const
  const module = await rendered({ ...network, emit }, specFile, kind, instantiate)
  return { network: meant, meaning, module, warnings: [] }
}

/** A module of inference alone: that which ships, where it is that. */
async function inferenceOf(network: Network, specFile: string, instantiate: Instantiate): Promise<Inference> {
  if (network.emit.only) return shipped(network, specFile, instantiate)
  const emit = { ...network.emit, wasm: 'inline' } as const
  return { module: await rendered({ ...network, emit }, specFile, { only: 'model' }, instantiate) }
}

/** A module as a user has it. */
async function shipped(network: Network, specFile: string, instantiate: Instantiate) {
  const { text, binary, warnings } = await compile(network, specFile)
  const isBeside = network.emit.target === 'wasm' && network.emit.wasm === 'file'
  const options = isBeside ? { wasm: new WebAssembly.Module(binary!) } : {}
  return { module: await instantiate(text), options, warnings }
}

/** A module whose text isn't checked and formatted. */
async function rendered(network: Network, specFile: string, options: CompileOptions, instantiate: Instantiate) {
  return instantiate(await renderModule(await describeModule(network, specFile, options)))
}

/** The part of the platform's WebAssembly that is used here: the language's own library has no types of it. */
declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => object }

/** The gradients that slopes are compared with: a module's own, on as many samples as the slopes' cost allows. */
function derivedBy({ network, module }: Candidate, state: State, data: Data) {
  const first = cut(network, data, 0, samplesFor(network, data.samples))
  const trainer = module.createTrainer(startOf(state))
  trainer.gradient(given(first.inputs), given(first.targets))
  const byInputs = inputGradients(network, trainer, first.samples).map(
    ([name, , view]) => [name, view.slice()] as const,
  )
  return { data: first, state, gradients: { ...copies(trainer.gradients), ...Object.fromEntries(byInputs) } }
}
