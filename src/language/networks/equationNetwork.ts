import type { Mistake } from '../../base/errors.ts'
import { asciiName } from '../../base/name.ts'
import { constant, input } from '../../graph/build.ts'
import { topologicalOrder, type Node } from '../../graph/node.ts'
import { formatShape, sampleShape } from '../../graph/shape.ts'
import {
  initialValue,
  portNeeded,
  type NetworkBody,
  type NetworkBuilder,
  type Port,
  type Prediction,
} from './builder.ts'
import { doubtOfCall } from './doubts.ts'
import { DerivativeForms } from './derivativeForms.ts'
import type { Equation } from '../formulas/equation.ts'
import type { Expression } from '../formulas/formula.ts'
import { equationDialect } from '../formulas/equations.ts'
import { perSample } from '../formulas/tensors.ts'
import type { Dialect } from '../formulas/dialect.ts'
import { LossMeans } from '../formulas/lossMeans.ts'
import { interpret, real } from '../formulas/expression.ts'
import { Misfit } from '../words/misfit.ts'
import type { InitialValue } from '../words/initializers.ts'
import { defineName, namesIn, unknownNames, type DefinedNames } from '../formulas/names.ts'
import { losses, type TargetValues } from '../formulas/losses.ts'
import type { EquationNetwork } from './schema.ts'
import { isError, type Finding, type Path } from '../text/source.ts'
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
  spec.equations.forEach((equation, index) => network.define(equation, index))
  return isPartial ? undefined : network.finish()
}

class EquationBuilder {
  readonly #spec: EquationNetwork
  readonly #builder: NetworkBuilder
  readonly #findings: Finding[]
  readonly #dialect: Dialect
  /** The number that the elements of an input or target are below; undefined where the spec gives none. */
  readonly #indices = new Map<Node, number | undefined>()
  /** The number of classes of each target of class numbers: the fewest that any equation has. */
  readonly #classes = new Map<Node, number>()
  /** What other targets hold, by the last loss that takes them. */
  readonly #held = new Map<Node, TargetValues>()
  /** The nodes of names; undefined for a name whose equation is wrong, so that mistakes that follow from it aren't reported too. */
  readonly #values = new Map<string, Node | undefined>()
  readonly #defined: DefinedNames = new Map()
  readonly #lossMeans = new LossMeans()
  /** Right sides that make sense. */
  readonly #equations = new Map<string, Expression>()
  /** What is said of the equation that is read, beside its value. */
  readonly #warnings: Mistake[] = []

  constructor(spec: EquationNetwork, builder: NetworkBuilder, findings: Finding[]) {
    this.#spec = spec
    this.#builder = builder
    this.#findings = findings
    const dialect = equationDialect((target, { below, values }) => {
      if (below !== undefined) this.#noteClasses(target, below)
      if (values) this.#held.set(target, values)
    })
    const known = {
      values: this.#values,
      equations: this.#equations,
      isInput: (name: string) => Object.hasOwn(spec.inputs, name) && spec.inputs[name]!.index === undefined,
      symbolOf: (node: Node) => builder.symbols.get(node),
      name: (node: Node, symbol: string) => builder.name(node, symbol),
      warn: (mistake: Mistake) => this.#warnings.push(mistake),
    }
    this.#dialect = new DerivativeForms(known, builder.derivatives, dialect).dialect
  }

  declare(): void {
    const { inputs, targets, parameters, init } = this.#spec
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
  }

  define(equation: Equation, index: number): void {
    const { name, nameSpan, expression } = equation
    const path = ['equations', index]
    const unknown = unknownNames(expression, this.#values, this.#dialect)
    for (const fault of unknown) this.#report(fault, path)
    if (!this.#acceptName(name, path, nameSpan)) return
    this.#values.set(name, undefined)
    const isBroken = (used: string): boolean => this.#values.has(used) && !this.#values.get(used)
    if (unknown.length > 0 || namesIn(expression).some(isBroken)) return
    try {
      const names = this.#values as ReadonlyMap<string, Node>
      const value = real(
        interpret(expression, names, this.#dialect, (part, operands, result) => {
          const warning = this.#lossMeans.watch(part, operands, result)
          if (warning) this.#warnings.push(warning)
          const doubt = doubtOfCall(part, (operand) => this.#calledBy(operand))
          if (doubt) this.#warnings.push({ ...doubt, severity: 'warning' })
          for (const warning of this.#warnings.splice(0)) this.#report({ ...warning, within: part.span }, path)
        }),
      )
      const node = typeof value === 'number' ? constant(this.#builder.graph, value) : value
      this.#builder.requireSize(node.shape)
      this.#builder.name(node, name)
      this.#builder.locate([node], { name, path, part: 'value' })
      this.#values.set(name, node)
      this.#equations.set(name, expression)
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
      this.#report(
        error.within ? error : { code: error.code, message: `${name} ${error.message}`, hint: error.hint },
        path,
      )
    }
  }

  /** The function whose result an expression is, or the equation that it names. */
  #calledBy(expression: Expression): string | undefined {
    const named = expression.kind === 'name' ? this.#equations.get(expression.name) : expression
    return named?.kind === 'call' ? named.function : undefined
  }

  finish(): NetworkBody | undefined {
    const output = this.#lookup('output')
    const loss = this.#lookup('loss')
    if (loss && sampleShape(loss.shape).length > 0)
      return this.#report(
        { code: 'shape', message: `the loss must be a scalar, and is ${formatShape(sampleShape(loss.shape))}` },
        ['loss'],
      )
    if (!output || !loss || this.#findings.some(isError)) return undefined
    const prediction = { output: perSample(output), losses: perSample(loss) }
    const [inputs, targets] = [this.#ports(this.#spec.inputs), this.#ports(this.#spec.targets)]
    const needed = portNeeded([output], targets)
    if (needed) {
      const target = this.#builder.symbols.get(needed.node)!
      const message = `${this.#spec.output} depends on the target ${target}, which predict is not given`
      return this.#report({ code: 'out-of-range', message, hint: `make ${target} an input, or take it out` }, [
        'output',
      ])
    }
    this.#warnOfUnused(prediction)
    this.#builder.section('equations', Object.values(prediction))
    this.#builder.locate(Object.values(prediction), { name: 'loss', path: ['loss'], part: 'value' })
    return { inputs, targets, ...prediction, training: prediction }
  }

  /** Warns of equations that lead nowhere, and of parameters that no loss trains. */
  #warnOfUnused({ losses }: Prediction): void {
    const { equations, output, loss, parameters } = this.#spec
    const used = new Set([output, loss])
    for (const { name, expression } of equations.toReversed())
      if (used.has(name)) for (const other of namesIn(expression)) used.add(other)
    equations.forEach(({ name, nameSpan }, index) => {
      if (used.has(name)) return
      const message = `nothing uses ${name}: neither the output nor the loss depends on it`
      const hint = 'take the equation out, or use it'
      this.#report({ code: 'unused', severity: 'warning', message, hint, within: nameSpan }, ['equations', index])
    })
    const needed = new Set(topologicalOrder([losses]))
    for (const name of Object.keys(parameters)) {
      if (needed.has(this.#values.get(name)!)) continue
      const message = `${name} isn't trained: the loss doesn't depend on it`
      const hint = used.has(name) ? 'make it an input, or let the loss depend on it' : 'take it out, or use it'
      this.#report({ code: 'unused', severity: 'warning', message, hint, part: 'key' }, ['parameters', name])
    }
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
      const node = this.#values.get(name)!
      const below = index ?? this.#classes.get(node)
      const values = this.#held.get(node)
      return { name: asciiName(name), node, shape, ...(below !== undefined && { below }), ...(values && { values }) }
    })
  }

  #lookup(key: 'output' | 'loss'): Node | undefined {
    const name = this.#spec[key]
    if (this.#values.has(name)) return this.#values.get(name)
    const isLoss = key === 'loss' && Object.hasOwn(losses, name) && this.#dialect.functions.has(name)
    const hint = isLoss ? this.#lossEquation(name) : suggestion(name, this.#values.keys())
    return this.#report({ code: 'unknown-name', message: `no equation defines '${name}'`, hint }, [key])
  }

  /** How a loss that is called as in a network of layers is written here. */
  #lossEquation(word: string): string {
    const [target = 'y'] = Object.keys(this.#spec.targets)
    return `write it as an equation, ℓ = ${word}(${this.#spec.output}, ${target}), and loss: ℓ`
  }

  #introduce(name: string, path: Path, make: () => Node): void {
    if (!this.#acceptName(name, path)) return
    this.#values.set(name, undefined)
    try {
      const node = make()
      this.#builder.name(node, name)
      this.#builder.locate([node], { name, path, part: 'value' })
      this.#values.set(name, node)
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
      this.#report({ code: error.code, message: `${name}: ${error.message}`, hint: error.hint }, path)
    }
  }

  #acceptName(name: string, path: Path, within?: Finding['within']): boolean {
    const fault = defineName(name, this.#defined, this.#dialect)
    if (!fault) return true
    if (!this.#values.has(name)) this.#values.set(name, undefined)
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
