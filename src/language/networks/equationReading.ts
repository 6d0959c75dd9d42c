import type { Mistake } from '../../base/errors.ts'
import { constant } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import type { Dialect } from '../formulas/dialect.ts'
import type { Equation } from '../formulas/equation.ts'
import { interpret, real } from '../formulas/expression.ts'
import type { Expression } from '../formulas/formula.ts'
import { LossMeans } from '../formulas/lossMeans.ts'
import type { Mode } from '../layers/layer.ts'
import type { Path } from '../text/source.ts'
import type { Issue } from '../words/word.ts'
import type { NetworkBuilder } from './builder.ts'
import { DerivativeForms } from './derivativeForms.ts'
import { doubtOfCall } from './doubts.ts'
import { inMode } from './layerContext.ts'
import type { NetworkFunctions } from './networkFunctions.ts'
import { noiseForms, type NoiseStreams } from './noiseForms.ts'

/** What equations mean in every mode. */
export interface Surroundings {
  readonly builder: NetworkBuilder
  /** The functions and operators that don't depend on the mode. */
  readonly dialect: Dialect
  readonly networks: NetworkFunctions
  readonly streams: NoiseStreams
  /** Whether numbers can be varied there: it is an input, and no index. */
  readonly isInput: (name: string) => boolean
}

/** The equations of a network, read in one mode, in order. */
export class EquationReading {
  /** The nodes of names; undefined for a name whose equation is wrong, so that mistakes that follow from it aren't reported too. */
  readonly values: Map<string, Node | undefined>
  readonly dialect: Dialect
  readonly #mode: Mode
  readonly #surroundings: Surroundings
  readonly #lossMeans = new LossMeans()
  /** Right sides that make sense. */
  readonly #equations = new Map<string, Expression>()
  /** What is said of the part that is read, beside its value. */
  readonly #warnings: Mistake[] = []

  /** @param declared the nodes of inputs, targets and parameters. */
  constructor(mode: Mode, declared: ReadonlyMap<string, Node | undefined>, surroundings: Surroundings) {
    const { builder, dialect, networks, streams, isInput } = surroundings
    this.#mode = mode
    this.#surroundings = surroundings
    this.values = new Map(declared)
    const known = {
      values: this.values,
      equations: this.#equations,
      isInput,
      variesInputs: mode === 'initialization',
      wordsOf: (name: string) => networks.wordsOf(name),
      symbolOf: (node: Node) => builder.symbols.get(node),
      name: (node: Node, symbol: string) => builder.name(node, inMode(mode, symbol)),
      warn: (mistake: Mistake) => this.#warnings.push(mistake),
    }
    const forms = new Map([...networks.forms(mode), ...noiseForms(mode, streams)])
    this.dialect = new DerivativeForms(known, builder.derivatives, { ...dialect, forms }).dialect
  }

  /**
   * Gives the equation's name its value.
   * @param warn is told of what is hardly meant.
   * @throws Misfit or FindingError when it makes no sense.
   */
  read({ name, expression }: Equation, path: Path, warn: (issue: Issue) => void): void {
    const { builder } = this.#surroundings
    const names = this.values as ReadonlyMap<string, Node>
    const value = real(
      interpret(expression, names, this.dialect, (part, operands, result) => {
        const mean = this.#lossMeans.watch(part, operands, result)
        const doubt = doubtOfCall(part, (operand) => this.#calledBy(operand))
        if (mean) this.#warnings.push(mean)
        if (doubt) this.#warnings.push({ ...doubt, severity: 'warning' })
        for (const warning of this.#warnings.splice(0)) warn({ ...warning, within: part.span })
      }),
    )
    const node = typeof value === 'number' ? constant(builder.graph, value) : value
    builder.requireSize(node.shape)
    builder.name(node, inMode(this.#mode, name))
    builder.locate([node], { name, path, part: 'value' })
    this.values.set(name, node)
    this.#equations.set(name, expression)
  }

  /** The function whose result an expression is, or the equation that it names; of a network its last layer. */
  #calledBy(expression: Expression): string | undefined {
    const named = expression.kind === 'name' ? this.#equations.get(expression.name) : expression
    if (named?.kind !== 'call') return undefined
    return this.#surroundings.networks.wordsOf(named.function).at(-1) ?? named.function
  }
}
