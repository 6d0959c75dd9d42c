import { differentiate } from '../calculus/differentiate.ts'
import { broadcast, constant, sum } from '../graph/build.ts'
import { derivativeSymbol } from '../graph/equations/derivativeSymbol.ts'
import { evaluate, type Bindings } from '../graph/evaluate.ts'
import { topologicalOrder, type Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import type { Candidate } from './agreement.ts'
import { bindingsOf, given, realInputs, startOf, type Data, type State } from './data.ts'
import { placeOf, type Findings, type Quantity } from './findings.ts'
import { interpret } from './interpret.ts'
import { whereIs } from './place.ts'
import { listed, predictionOf } from './predictions.ts'

/** What inputs are multiplied with. */
const scales = [1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3] as const

/**
 * Whether predictions, losses and gradients are finite on inputs of any scale. Where the mathematics overflows in the module's
 * precision, that is the spec's, and noted; where only the module does, it is a difference.
 */
export function checkFiniteness(candidate: Candidate, data: Data, state: State, findings: Findings): void {
  const { network, module, options } = candidate
  const trainer = module.createTrainer({ ...options, ...startOf(state) })
  for (const scale of scales) {
    const wide = scaledBy(network, data, scale)
    const [x, y] = [given(wide.inputs), given(wide.targets)]
    const found: [Quantity, ArrayLike<number>][] = [
      ...listed(trainer.predict(x)).map(
        (values, k) => [{ quantity: predictionOf(network, k) }, values] as [Quantity, ArrayLike<number>],
      ),
      [{ quantity: 'the loss', shape: [] }, [trainer.loss(x, y)]],
      [{ quantity: 'the training loss', shape: [] }, [trainer.gradient(x, y)]],
      ...network.trained.map(({ name: tensor, shape }): [Quantity, ArrayLike<number>] => [
        { quantity: 'the gradient by', tensor, shape },
        trainer.gradients[tensor]!,
      ]),
    ]
    findings.compared += found.reduce((total, [, values]) => total + values.length, 0)
    const wrong = found.filter(([, values]) => Array.prototype.some.call(values, isOut))
    if (wrong.length > 0) judge(candidate, { wide, state, scale }, wrong, findings)
  }
}

const isOut = (value: unknown) => !Number.isFinite(value)

/** A batch whose inputs are multiplied, and the state in which a module is asked. */
interface Point {
  readonly wide: Data
  readonly state: State
  readonly scale: number
}

/** Takes what isn't finite in a module for a difference where the interpreter has it finite, and notes where that begins. */
function judge(
  { network, meaning }: Candidate,
  { wide, state, scale }: Point,
  wrong: readonly [Quantity, ArrayLike<number>][],
  findings: Findings,
): void {
  const way = meaning.rounded ?? meaning.kernels
  const bindings = bindingsOf(wide, state)
  const { predictions, lossSum, trainingLossSum, gradients } = interpret({
    ...network,
    parameters: network.trained.map(({ node }) => node),
  })(way, bindings)
  const expected = new Map([
    ...predictions.map((prediction, k) => [predictionOf(network, k), prediction] as const),
    ['the loss', lossSum],
    ['the training loss', trainingLossSum],
  ])
  for (const [quantity, values] of wrong) {
    const meant = quantity.tensor === undefined ? expected.get(quantity.quantity)! : gradients[quantity.tensor]!
    const alone = Array.from(values, (_, at) => at).filter((at) => isOut(values[at]) && !isOut(meant[at]))
    const [at] = alone
    if (at === undefined) continue
    findings.differences.push({
      ...placeOf(quantity, at),
      quantity: `with inputs times ${scale}, ${quantity.quantity}`,
      ...{ actual: values[at]!, expected: meant[at]!, tolerance: Infinity, count: alone.length, of: values.length },
    })
  }
  const { quantity, tensor } = wrong[0]![0]
  const what = tensor === undefined ? quantity : `${quantity} ${tensor}`
  const origin = originIn(network, { ...bindings, precision: network.emit.precision })
  const where = origin === undefined ? '' : `; the first values that aren't are those of ${origin}`
  findings.note(`with inputs times ${scale}, ${what} isn't finite${where}`)
}

/** Where values stop being finite: a node whose operands all are, found backwards from what isn't. */
function originIn(network: Network, bindings: Bindings): string | undefined {
  const { outputs: predicted, losses, training, trained, symbols, sections } = network
  const seed = broadcast(constant(losses.graph, 1), losses.shape, [])
  const adjoints = differentiate(
    training.losses,
    seed,
    trained.map(({ node }) => node),
  )
  const names = new Map(symbols)
  for (const [primal, adjoint] of adjoints)
    if (symbols.has(primal) && !names.has(adjoint)) names.set(adjoint, derivativeSymbol('ℓ', [symbols.get(primal)!]))
  const outputs = [
    ...predicted,
    sum(losses, [0]),
    sum(training.losses, [0]),
    ...trained.map(({ node }) => adjoints.get(node)!),
  ]
  const order = topologicalOrder(outputs)
  const values = evaluate(order, bindings)
  const out = new Set(order.filter((_, k) => values[k]!.some(isOut)))
  let node: Node | undefined = outputs.find((one) => out.has(one))
  if (!node) return undefined
  for (let before: Node | undefined = node; before; before = node.inputs.find((input) => out.has(input))) node = before
  return whereIs({ sections, symbols: names }, node)
}

function scaledBy(network: Network, data: Data, scale: number): Data {
  const real = new Set(realInputs(network).map(({ name }) => name))
  const inputs = Object.entries(data.inputs).map(([name, values]) => [
    name,
    real.has(name) ? Array.from(values, (value) => Math.fround(value * scale)) : values,
  ])
  return { ...data, inputs: Object.fromEntries(inputs) }
}
