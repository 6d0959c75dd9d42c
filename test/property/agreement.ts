import fc from 'fast-check'
import { compile, describeModule } from '../../src/compile.ts'
import { sum } from '../../src/graph/build.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { withIdioms } from '../../src/programs/recognise.ts'
import type { NetworkSpec } from '../../src/language/networks/spec.ts'
import { agree, type Candidate } from '../../src/verify/agreement.ts'
import { distance, type Tolerance } from '../../src/verify/compare.ts'
import {
  bindingsOf,
  drawData,
  given,
  realInputs,
  smooth,
  startOf,
  withTies,
  type Data,
  type State,
} from '../../src/verify/data.ts'
import { Findings, formatDifference } from '../../src/verify/findings.ts'
import { interpret, type TrainingResults } from '../../src/verify/interpret.ts'
import { compareOpenly, divisorIn, meaningOf, scaled } from '../../src/verify/meaning.ts'
import { candidatesOf, lookAtEach } from '../../src/verify/objectives.ts'
import { listed, predictionOf } from '../../src/verify/predictions.ts'
import { portably } from '../../src/verify/portable.ts'
import { instantiate } from '../support/emitted.ts'
import { drawBuffers, drawParameters } from './data.ts'
import { expectSlope } from './differences.ts'
import { uniformRandom } from './network.ts'
import { specs } from './specs/index.ts'

/** What a run over many networks has seen. */
export interface Tally {
  networks: number
  /** Those whose loss has a kink where differences were to be taken, or isn't finite; that are too bent for single precision. */
  unsmooth: number
}

/** Of what a network is made for a comparison. */
export interface Make {
  readonly target?: 'typescript' | 'wasm'
  readonly precision?: 'f32' | 'f64'
  /** Whether the module is checked and formatted too, which takes most of the time. */
  readonly isWhole?: boolean
}

/** Sums over many samples are added up batch by batch, and so round otherwise. */
const nearness = { f64: { relative: 1e-12, absolute: 1e-15 }, f32: { relative: 1e-5, absolute: 1e-6 } } as const

/** What single precision may be away from double. */
const singleFromDouble = { relative: 1e-4, absolute: 1e-6 } as const

/** Any network agrees with itself in three ways: as emitted module, as graph, by differences. */
export function networksAgree(tally: Tally, make: Make = {}): fc.IAsyncProperty<[NetworkSpec, number]> {
  return fc.asyncProperty(specs, fc.nat(), async (spec, seed) => {
    tally.networks++
    if (!(await expectAgreement(spec, seed, make))) tally.unsmooth++
  })
}

/**
 * Asserts that a spec's module predicts, derives and trains as the interpreter of its graph does, to the last bit. For TypeScript, that
 * the gradients are the loss's slopes.
 * @returns whether there are slopes, which a kink hasn't; for WebAssembly, whether single precision is near to double.
 */
export async function expectAgreement(spec: NetworkSpec, seed: number, make: Make = {}): Promise<boolean> {
  const { target = 'typescript', precision = 'f64', isWhole = false } = make
  const file = 'random.net.json'
  const loaded = await loadNetwork(readSpecText({ file, text: JSON.stringify(spec) }))
  const options = { target, precision }
  const text = isWhole
    ? (await compile(loaded, file, options)).text
    : await renderModule(await describeModule(loaded, file, options))
  const network = withIdioms(loaded, precision)
  const module = await instantiate(text)

  const whole: Candidate = { network, module, meaning: meaningOf({ ...options, math: network.emit.math }) }
  const random = uniformRandom(seed)
  const start = { parameters: drawParameters(network, random), buffers: drawBuffers(network, random) }
  const findings = new Findings()
  const { batch } = network.train
  const many = drawData(network, 2 * batch + 1, random, smooth)
  // As they are stored.
  const { parameters, buffers } = module.createModel(start)
  const fewer = Math.max(Math.ceil(batch / 2), network.leastSamples)
  const data = drawData(network, batch, random, smooth)
  const tied = drawData(network, fewer, random, withTies)
  const variables = realInputs(network)
  const trial = { seed, start, batches: [data, tied], variables } as const
  const each: { readonly candidate: Candidate; readonly state: State; readonly values: Values }[] = []
  lookAtEach(candidatesOf(whole), findings, (candidate, found) => {
    compareManySamples(candidate, { parameters, buffers, seed, steps: 0 }, many, nearness[precision], found)
    const { state, results } = agree(candidate, trial, found)
    each.push({ candidate, state, values: valuesOf(results) })
  })
  const [difference] = findings.differences
  if (difference) throw new Error(formatDifference(difference))

  return each
    .map(({ candidate: { network: own }, state, values }) => {
      if (target === 'typescript') return expectSlope(own, data, state, values.gradients, random)
      const derivable = [...own.trained, ...variables].map(({ node }) => node)
      return areClose(values, interpret({ ...own, parameters: derivable })(portably('f64'), bindingsOf(data, state)))
    })
    .every(Boolean)
}

/** More samples than a step takes: the module goes through them batch by batch, so that the losses are added in another order. */
function compareManySamples(
  { network, module, meaning, options }: Candidate,
  state: State,
  data: Data,
  nearness: Tolerance,
  findings: Findings,
): void {
  const [x, y] = [given(data.inputs), given(data.targets)]
  const start = { ...options, ...startOf(state) }
  const predicted = listed(module.createModel(start).predict(x))
  const loss = module.createTrainer(start).loss(x, y)
  const bindings = bindingsOf(data, state)
  const divisor = divisorIn(network, bindings, meaning.kernels)
  compareOpenly(meaning, state.seed, findings, (way, found) => {
    const [lossSum, ...predictions] = way([sum(network.losses, [0]), ...network.outputs], bindings)
    predictions.forEach(({ values, tolerance }, k) =>
      found.compare(predicted[k]!, values, { quantity: `${predictionOf(network, k)}, of many samples` }, tolerance),
    )
    const { values, tolerance } = scaled(lossSum!, divisor || Infinity)
    // A batch's sum may be infinite in single precision, where the mean isn't.
    const overflows = tolerance.absolute === Infinity
    found.compare([loss], values, { quantity: 'the loss of many samples', shape: [] }, overflows ? tolerance : nearness)
  })
}

type Values = TrainingResults<ArrayLike<number>>

/** What is expected, without how closely. */
function valuesOf(results: TrainingResults<{ readonly values: ArrayLike<number> }>): Values {
  const { predictions, lossSum, trainingLossSum, gradients, writes } = results
  return {
    predictions: predictions.map(({ values }) => values),
    ...{ lossSum: lossSum.values, trainingLossSum: trainingLossSum.values },
    gradients: Object.fromEntries(Object.entries(gradients).map(([name, { values }]) => [name, values])),
    writes: writes.map(({ values }) => values),
  }
}

function areClose(single: Values, double: Values): boolean {
  const tensorsOf = ({ predictions, lossSum, gradients }: Values) => [
    ...predictions,
    lossSum,
    ...Object.values(gradients),
  ]
  const expected = tensorsOf(double)
  return tensorsOf(single).every((tensor, k) => distance(tensor, expected[k]!, singleFromDouble).count === 0)
}
