import { asciiName, isName } from '../../base/name.ts'
import { partsInOrder } from '../../base/tree.ts'
import { constant, detach, input } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { formatShape, sampleShape } from '../../graph/shape.ts'
import {
  initialValue,
  nodesOf,
  portsNeeded,
  type NetworkBody,
  type NetworkBuilder,
  type Port,
  type Prediction,
} from './builder.ts'
import { EquationReading } from './equationReading.ts'
import { goalsOf, mistakesIn, type Goal } from './goals.ts'
import { unusedParts } from './unused.ts'
import { nothingToTrain } from './layerBuilder.ts'
import { meanMetric } from './metrics.ts'
import { NetworkFunctions } from './networkFunctions.ts'
import { NoiseStreams, noiseWords } from './noiseForms.ts'
import type { Dialect } from '../formulas/dialect.ts'
import type { Equation } from '../formulas/equation.ts'
import { equationDialect } from '../formulas/equations.ts'
import { operandsOf, type Expression } from '../formulas/formula.ts'
import { losses, type TargetValues } from '../formulas/losses.ts'
import { defineName, namesIn, unknownNames, type DefinedNames } from '../formulas/names.ts'
import { perSample } from '../formulas/tensors.ts'
import type { Mode } from '../layers/layer.ts'
import { Misfit } from '../words/misfit.ts'
import type { InitialValue } from '../words/initializers.ts'
import type { EquationNetwork } from './schema.ts'
import { FindingError, isError, type Finding, type Path } from '../text/source.ts'
import { suggestion } from '../words/vocabulary.ts'
import type { Issue, Word } from '../words/word.ts'

/** Builds a network of equations, as far as they make sense; what doesn't is added to `findings`. */
export function buildEquations(
  spec: EquationNetwork,
  builder: NetworkBuilder,
  isPartial: boolean,
  findings: Finding[],
): NetworkBody | undefined {
  const network = new EquationBuilder(spec, builder, findings)
  network.declare()
  const training = network.read('training')
  return isPartial ? undefined : network.finish(training)
}

class EquationBuilder {
  readonly #spec: EquationNetwork
  readonly #goals: readonly Goal[]
  readonly #builder: NetworkBuilder
  readonly #findings: Finding[]
  readonly #dialect: Dialect
  readonly #networks: NetworkFunctions
  readonly #streams = new NoiseStreams()
  /** The number that the elements of an input or target are below; undefined where the spec gives none. */
  readonly #indices = new Map<Node, number | undefined>()
  /** The number of classes of each target of class numbers: the fewest that any equation has. */
  readonly #classes = new Map<Node, number>()
  /** What other targets hold, by the last loss that takes them. */
  readonly #held = new Map<Node, TargetValues>()
  /** The nodes of inputs, targets and parameters; undefined where one is wrong. */
  readonly #declared = new Map<string, Node | undefined>()
  readonly #defined: DefinedNames = new Map()

  constructor(spec: EquationNetwork, builder: NetworkBuilder, findings: Finding[]) {
    this.#spec = spec
    this.#builder = builder
    this.#findings = findings
    this.#dialect = equationDialect((target, { below, values }) => {
      if (below !== undefined) this.#noteClasses(target, below)
      if (values) this.#held.set(target, values)
    })
    this.#goals = goalsOf(spec)
    const { networks = {}, init } = spec
    const indexOf = (x: Node) => this.#indices.get(x)
    this.#networks = new NetworkFunctions({ networks, init, builder, streams: this.#streams, indexOf, findings })
  }

  declare(): void {
    const { inputs, targets, parameters = {}, networks = {}, init } = this.#spec
    for (const name of Object.keys(networks)) this.#acceptName(name, ['networks', name])
    for (const [key, ports] of Object.entries({ inputs, targets })) {
      if (key === 'inputs' && Object.keys(ports).length === 0)
        this.#report({ code: 'missing-key', message: 'expected at least one entry' }, [key])
      for (const [name, { shape, index }] of Object.entries(ports))
        this.#introduce(name, [key, name], () => {
          const port = input(this.#builder.graph, asciiName(name), ['batch', ...shape])
          this.#builder.requireSize(port.shape)
          this.#indices.set(port, index)
          return port
        })
    }
    for (const [name, { shape, init: own }] of Object.entries(parameters))
      this.#introduce(name, ['parameters', name], () =>
        this.#builder.parameter(asciiName(name), ['parameters', name], name, shape, initialOf(shape, own, init)),
      )
    if (!this.#spec.parameters && !this.#spec.networks)
      this.#report({ code: 'missing-key', message: 'expected parameters or networks: there is nothing to train' }, [])
  }

  /** Reads all equations in a mode; in training, the first, it tells their mistakes, of which there are none then in the others. */
  read(mode: Mode): EquationReading {
    const { equations, inputs } = this.#spec
    const reading = new EquationReading(mode, this.#declared, {
      ...{ builder: this.#builder, dialect: this.#dialect, networks: this.#networks, streams: this.#streams },
      isInput: (name) => Object.hasOwn(inputs, name) && inputs[name]!.index === undefined,
    })
    equations.forEach((equation, index) => {
      const path = ['equations', index]
      if (mode === 'training' && !this.#accept(equation, path, reading)) return
      try {
        reading.read(equation, path, (issue) => mode === 'training' && this.#report(issue, path))
      } catch (error) {
        if (error instanceof FindingError) this.#findings.push(error.finding)
        else if (error instanceof Misfit) this.#reportMisfit(error, equation.name, path)
        else throw error
      }
    })
    return reading
  }

  /** Whether an equation's name is free, and the names and functions that it uses are there. */
  #accept({ name, nameSpan, expression }: Equation, path: Path, { values, dialect }: EquationReading): boolean {
    const unknown = unknownNames(expression, values, dialect)
    for (const fault of unknown) this.#report(fault, path)
    const isAccepted = this.#acceptName(name, path, nameSpan)
    if (isAccepted || !values.has(name)) values.set(name, undefined)
    const isBroken = (used: string): boolean => values.has(used) && !values.get(used)
    const usesBroken = namesIn(expression).some(isBroken) || this.#networks.callsBroken(expression)
    return isAccepted && unknown.length === 0 && !usesBroken
  }

  #reportMisfit(error: Misfit, name: string, path: Path): void {
    const { code, message, hint, within } = error
    this.#report(within ? error : { code, message: `${name} ${message}`, hint }, path)
  }

  finish(training: EquationReading): NetworkBody | undefined {
    const { output } = this.#spec
    const names = this.#outputs()
    const outputs = names.map((name, k) => {
      const repeats = names.indexOf(name) < k
      if (repeats) this.#report({ code: 'name-clash', message: `'${name}' is listed twice` }, ['output', k])
      return this.#lookup(name, this.#outputPath(k), training)
    })
    this.#findings.push(...mistakesIn(this.#spec))
    const lost = this.#goals.flatMap(({ path, ...goal }) =>
      (['loss', 'normalizer'] as const).map(
        (what) => goal[what] === undefined || this.#scalar(goal[what], what, [...path, what], training),
      ),
    )
    const told = this.#metrics(training)
    if (!outputs.every(Boolean) || !lost.every(Boolean) || !told || this.#findings.some(isError)) return undefined
    const evaluation = this.#dependsOnMode() ? this.read('evaluation') : training
    if (this.#networks.startByData) this.read('initialization')
    if (this.#findings.some(isError)) return undefined

    const objectives = this.#goals.map((goal) => ({
      name: goal.objective?.name ?? '',
      evaluation: this.#prediction(evaluation, goal),
      training: this.#prediction(training, goal),
    }))
    const { evaluation: predicted, training: trained } = objectives[0]!
    const [inputs, targets] = [this.#ports(this.#spec.inputs), this.#ports(this.#spec.targets)]
    for (const [k, node] of predicted.outputs.entries()) {
      const [needed] = portsNeeded([node], targets)
      if (!needed) continue
      const target = this.#builder.symbols.get(needed.node)!
      const message = `${names[k]!} depends on the target ${target}, which predict is not given`
      return this.#report(
        { code: 'out-of-range', message, hint: `make ${target} an input, or take it out` },
        this.#outputPath(k),
      )
    }
    if (this.#isFrozen()) return this.#report({ code: 'out-of-range', message: nothingToTrain }, ['networks'])
    const isCalled = (name: string) => this.#networks.isCalled(name)
    const losses = objectives.map(({ training: { losses } }) => losses)
    this.#findings.push(...unusedParts(this.#spec, this.#outputs(), training, losses, this.#builder, isCalled))
    for (const [k, { path }] of this.#goals.entries())
      for (const nodes of [objectives[k]!.training, objectives[k]!.evaluation].map(nodesOf)) {
        this.#builder.section('equations', nodes)
        this.#builder.locate(nodes, { name: 'loss', path: [...path, 'loss'], part: 'value' })
      }
    const outputNames = typeof output === 'string' ? {} : { outputNames: output.map(asciiName) }
    const several = 'objectives' in this.#spec ? { objectives } : {}
    return { inputs, targets, ...outputNames, ...predicted, training: trained, ...several }
  }

  /** Whether there are parameters, and none is trained, nor an input's gradient asked for. */
  #isFrozen(): boolean {
    const { parameters } = this.#builder
    return !this.#spec.emit.inputGradient && parameters.length > 0 && parameters.every(({ frozen }) => frozen)
  }

  #outputPath(k: number): Path {
    return typeof this.#spec.output === 'string' ? ['output'] : ['output', k]
  }

  #outputs(): readonly string[] {
    const { output } = this.#spec
    return typeof output === 'string' ? [output] : output
  }

  /** Of several losses all are divided alike: one without a normalizer by the number of samples, where another has one. */
  #prediction({ values }: EquationReading, { loss, normalizer }: Goal): Prediction {
    const valueOf = (name: string) => perSample(values.get(name)!)
    const { metrics } = this.#spec
    const isDivided = this.#goals.some((goal) => goal.normalizer !== undefined)
    const divisor = normalizer === undefined ? perSample(constant(this.#builder.graph, 1)) : valueOf(normalizer)
    const told = metrics && Object.entries(metrics).map(([name, of]) => meanMetric(asciiName(name), valueOf(of)))
    return {
      ...{ outputs: this.#outputs().map(valueOf), losses: valueOf(loss) },
      ...{ ...(isDivided && { normalizers: detach(divisor) }), ...(told && { metrics: told }) },
    }
  }

  /** Whether anything may be another in evaluation than in training. */
  #dependsOnMode(): boolean {
    const { networks, equations } = this.#spec
    const isNoise = (part: Expression) => part.kind === 'call' && noiseWords.has(part.function)
    return !!networks || equations.some(({ expression }) => partsInOrder(expression, operandsOf).some(isNoise))
  }

  /** @throws Misfit unless they are checked where the batch is copied in: what is computed is read unchecked. */
  #noteClasses(target: Node, classes: number): void {
    if (!this.#indices.has(target))
      throw new Misfit('formula', 'takes class numbers from a target itself, not computed ones')
    const index = this.#indices.get(target)
    if (index !== undefined && index > classes) {
      const name = this.#builder.symbols.get(target)!
      throw new Misfit('out-of-range', `takes class numbers below ${classes}, and those of ${name} are below ${index}`)
    }
    this.#classes.set(target, Math.min(classes, this.#classes.get(target) ?? classes))
  }

  #ports(declared: EquationNetwork['inputs']): Port[] {
    return Object.entries(declared).map(([name, { shape, index }]) => {
      const node = this.#declared.get(name)!
      const below = index ?? this.#classes.get(node)
      const values = this.#held.get(node)
      return { name: asciiName(name), node, shape, ...(below !== undefined && { below }), ...(values && { values }) }
    })
  }

  /** Whether all metrics are scalars, each with a name of its own. */
  #metrics(reading: EquationReading): boolean {
    const names = new Map<string, string>()
    return Object.entries(this.#spec.metrics ?? {})
      .map(([name, of]) => {
        const path = ['metrics', name]
        const ascii = asciiName(name)
        const other = names.get(ascii)
        names.set(ascii, name)
        if (!isName(name))
          return this.#report({ code: 'invalid-name', message: `'${name}' is no name`, part: 'key' }, path)
        if (other !== undefined || ascii === 'loss') {
          const message = `'${name}' and '${other ?? 'loss'}' are both ${ascii} in reports`
          return this.#report({ code: 'name-clash', message, part: 'key' }, path)
        }
        return this.#scalar(of, 'metric', path, reading)
      })
      .every(Boolean)
  }

  #scalar(name: string, what: string, path: Path, reading: EquationReading): Node | undefined {
    const node = this.#lookup(name, path, reading)
    if (!node || sampleShape(node.shape).length === 0) return node
    const message = `the ${what} must be a scalar, and is ${formatShape(sampleShape(node.shape))}`
    return this.#report({ code: 'shape', message }, path)
  }

  #lookup(name: string, path: Path, { values }: EquationReading): Node | undefined {
    if (values.has(name)) return values.get(name)
    const isLoss = path.at(-1) === 'loss' && Object.hasOwn(losses, name) && this.#dialect.functions.has(name)
    const hint = isLoss ? this.#lossEquation(name) : suggestion(name, values.keys())
    return this.#report({ code: 'unknown-name', message: `no equation defines '${name}'`, hint }, path)
  }

  /** How a loss that is called as in a network of layers is written here. */
  #lossEquation(word: string): string {
    const [target = 'y'] = Object.keys(this.#spec.targets)
    return `write it as an equation, ℓ = ${word}(${this.#outputs()[0]!}, ${target}), and loss: ℓ`
  }

  #introduce(name: string, path: Path, make: () => Node): void {
    const isAccepted = this.#acceptName(name, path)
    if (isAccepted || !this.#declared.has(name)) this.#declared.set(name, undefined)
    if (!isAccepted) return
    try {
      const node = make()
      this.#builder.name(node, name)
      this.#builder.locate([node], { name, path, part: 'value' })
      this.#declared.set(name, node)
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
      this.#report({ code: error.code, message: `${name}: ${error.message}`, hint: error.hint }, path)
    }
  }

  #acceptName(name: string, path: Path, within?: Finding['within']): boolean {
    const fault = defineName(name, this.#defined, this.#dialect)
    if (!fault) return true
    this.#report({ ...fault, part: within ? 'value' : 'key', within }, path)
    return false
  }

  #report({ code, severity, message, hint, part = 'value', within }: Issue, path: Path): undefined {
    this.#findings.push({ code, severity, message, hint, path, part, within })
  }
}

/** Unless it says otherwise a scalar starts normal(1), a vector 0, anything larger as the network's weights do. */
function initialOf(shape: readonly number[], own: Word | undefined, weights: Word): InitialValue {
  if (own) return initialValue(own, shape)
  if (shape.length === 0) return { function: 'normal', arguments: [1] }
  if (shape.length === 1) return { function: 'constant', arguments: [0] }
  return initialValue(weights, shape)
}
