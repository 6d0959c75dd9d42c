import { asciiName } from '../../base/name.ts'
import { partsInOrder } from '../../base/tree.ts'
import type { Mistake } from '../../base/errors.ts'
import { passesOf, type Derivatives } from '../../calculus/derivatives.ts'
import { input, type Operand } from '../../graph/build.ts'
import { derivativeSymbol } from '../../graph/equations/derivativeSymbol.ts'
import { topologicalOrder, type Node } from '../../graph/node.ts'
import { formatShape, isBatched, sampleShape } from '../../graph/shape.ts'
import type { Dialect, FormulaForm } from '../formulas/dialect.ts'
import { interpret, real } from '../formulas/expression.ts'
import { operandsOf, type Expression } from '../formulas/formula.ts'
import { namesIn } from '../formulas/names.ts'
import { perSample } from '../formulas/tensors.ts'
import { Misfit } from '../words/misfit.ts'

/*
 * Derivatives in equations. The name that one is taken by varies alone, as if it were an input: what it was computed from stays as it is,
 * and so does an equal expression elsewhere. So equations are read again with a leaf in place of the name; and as nodes are equal where
 * their expressions are, the name put back makes them the nodes that they were.
 */

/** The most passes over an expression that a jacobian may take. */
const mostPasses = 256

/** The most nodes that a derivative may need, and that all of a network's may need when each is counted by itself. */
const most = { nodes: 20_000, inAll: 2_000_000 }

/** What equations are known by so far. */
export interface Known {
  readonly values: ReadonlyMap<string, Node | undefined>
  /** Right sides by name, each before those that use it. */
  readonly equations: ReadonlyMap<string, Expression>
  /** Whether numbers can be varied there: it is an input, and no index. */
  isInput(name: string): boolean
  /** The words of the layers of the network of this name; none where there is none. */
  wordsOf(name: string): readonly string[]
  /** Whether inputs are varied as names are, because what starts by the batch's inputs is to stay as it is. */
  readonly variesInputs: boolean
  /** The symbol of a node. */
  symbolOf(node: Node): string | undefined
  /** Names a derivative in equations. */
  name(node: Node, symbol: string): void
  warn(mistake: Mistake): void
}

/** What a derivative is of and by, in symbols. */
interface Derived {
  readonly of: string
  readonly by: readonly string[]
}

/** Leaves in place of names. */
type Leaves = ReadonlyMap<string, Node>
const noLeaves: Leaves = new Map()

export class DerivativeForms {
  readonly #known: Known
  readonly #calculus: Derivatives
  readonly #dialect: Dialect
  /** Values with leaves in place of names, by these names. */
  readonly #varied = new Map<string, Map<string, Node>>()
  readonly #derived = new Map<Node, Derived>()
  #nodesInAll = 0

  /** @param dialect what expressions mean besides. */
  constructor(known: Known, calculus: Derivatives, dialect: Dialect) {
    this.#known = known
    this.#calculus = calculus
    this.#dialect = dialect
  }

  /** The dialect with derivatives. */
  get dialect(): Dialect {
    return this.#dialectWith(noLeaves)
  }

  #dialectWith(leaves: Leaves): Dialect {
    const forms: readonly (readonly [string, FormulaForm])[] = [
      ['derivative', (operands, values) => this.#derivative(operands, values, leaves)],
      ['jacobian', (operands, values) => this.#jacobian(operands, values, leaves)],
    ]
    return { ...this.#dialect, forms: new Map([...(this.#dialect.forms ?? []), ...forms]) }
  }

  #derivative(operands: readonly Expression[], values: readonly Operand[], leaves: Leaves): Node {
    const { u, name, x } = this.#variable(operands, values)
    const [ofU, ofX] = [sampleShape(u.shape), sampleShape(x.shape)]
    if (ofU.length > 0 && ofX.length > 0)
      throw new Misfit(
        'shape',
        `is by or of a scalar, got ${formatShape(ofU)} by ${formatShape(ofX)}`,
        `jacobian(${written(operands[0]!)}, ${name}) has all derivatives`,
      )
    const result = this.#vary(operands[0]!, u, name, x, leaves, 'derivative')
    if (leaves === noLeaves) {
      this.#announce(result, u, name)
      this.#warnOfFlat(operands[0]!, u)
    }
    return result
  }

  #jacobian(operands: readonly Expression[], values: readonly Operand[], leaves: Leaves): Node {
    const { u, name, x } = this.#variable(operands, values)
    const passes = passesOf(u, x)
    if (passes > mostPasses)
      throw new Misfit('limit', `takes a pass for each element of the smaller, at most ${mostPasses}: here ${passes}`)
    requireFew(passes * topologicalOrder([u]).length, most.nodes)
    return this.#vary(operands[0]!, u, name, x, leaves, 'jacobian')
  }

  /** The operands of either: an expression, and a name that may vary. */
  #variable([expression, by]: readonly Expression[], values: readonly Operand[]) {
    if (values.length !== 2) throw new Misfit('formula', `takes 2 arguments, got ${values.length}`)
    const [u, x] = values.map(real) as [Operand, Operand]
    if (by!.kind !== 'name' || typeof x === 'number')
      throw new Misfit('formula', 'is by a name', 'give what it is by an equation of its own')
    const { name } = by!
    if (typeof u === 'number') throw new Misfit('shape', 'is of an expression, got a number')
    const { equations } = this.#known
    if (!equations.has(name) && !this.#known.isInput(name))
      throw new Misfit('formula', `is by an input or by the name of an equation, and ${name} is neither`)
    if (equations.has(name) && !this.#namesBehind(expression!).has(name))
      throw new Misfit('formula', `is by a name in the equations of what it is of, and ${name} isn't there`)
    return { u, name, x }
  }

  /** All names that an expression needs, through equations. */
  #namesBehind(expression: Expression): ReadonlySet<string> {
    const names = new Set(namesIn(expression))
    // A set iterates over what is added meanwhile.
    for (const name of names) for (const other of this.#namesOf(name)) names.add(other)
    return names
  }

  #namesOf(name: string): readonly string[] {
    const equation = this.#known.equations.get(name)
    return equation ? namesIn(equation) : []
  }

  /** A derivative of an expression by a name. */
  #vary(expression: Expression, u: Node, name: string, x: Node, leaves: Leaves, kind: 'derivative' | 'jacobian'): Node {
    if (leaves.has(name) || !(this.#known.equations.has(name) || this.#known.variesInputs)) {
      if (!topologicalOrder([u]).includes(x) && leaves === noLeaves)
        this.#known.warn({
          code: 'independent',
          severity: 'warning',
          message: `the derivative by ${name} is 0: what it is of doesn't depend on ${name}`,
        })
      return this.#taken(kind, u, x)
    }
    const leaf = input(x.graph, `∂${asciiName(name)}`, ['batch', ...sampleShape(x.shape)])
    const varied = this.#read(expression, new Map([...leaves, [name, leaf]]))
    return this.#taken(kind, varied, leaf, perSample(x))
  }

  #taken(kind: 'derivative' | 'jacobian', u: Node, x: Node, place = x): Node {
    requireOwnSample(u, x)
    return this.#counted(this.#calculus[kind](u, x, place))
  }

  /** @throws Misfit when the derivatives have become too large. */
  #counted(node: Node): Node {
    const { length } = topologicalOrder([node])
    this.#nodesInAll += length
    requireFew(length, most.nodes)
    requireFew(this.#nodesInAll, most.inAll)
    return node
  }

  /** An expression, read again with leaves in place of names. */
  #read(expression: Expression, leaves: Leaves): Node {
    const key = [...leaves.keys()].sort().join()
    const values = this.#varied.get(key) ?? new Map<string, Node>(leaves)
    this.#varied.set(key, values)
    const dialect = this.#dialectWith(leaves)
    const valueOf = (part: Expression): Node => {
      const names = new Map(
        namesIn(part).flatMap((name) => {
          const value = values.get(name) ?? this.#known.values.get(name)
          return value ? [[name, value] as const] : []
        }),
      )
      return real(interpret(part, names, dialect)) as Node
    }
    const needed = this.#namesBehind(expression)
    for (const [name, equation] of this.#known.equations)
      if (needed.has(name) && !values.has(name) && namesIn(equation).some((used) => values.has(used)))
        values.set(name, valueOf(equation))
    return valueOf(expression)
  }

  /** Warns of what bends alone, and has no second derivative. */
  #warnOfFlat(expression: Expression, u: Node): void {
    if (!this.#derived.has(u)) return
    const parts = [...this.#namesBehind(expression)].flatMap((name) => this.#known.equations.get(name) ?? [])
    const called = [expression, ...parts]
      .flatMap((part) => partsInOrder(part, operandsOf))
      .flatMap((part) => (part.kind === 'call' ? [part.function, ...this.#known.wordsOf(part.function)] : []))
    const found = called.find((word) => flat.has(word))
    if (found === undefined) return
    this.#known.warn({
      code: 'independent',
      severity: 'warning',
      message: `the second derivative of ${found} is 0, so a derivative of this order doesn't see it`,
      hint: 'take an activation that is smooth, such as tanh, silu or softplus',
    })
  }

  /** Names a derivative as books do: ∂v/∂x, ∂²v/∂x², ∂²v/∂x∂t. */
  #announce(node: Node, u: Node, name: string): void {
    const of = this.#derived.get(u)
    const known = of?.of ?? this.#known.symbolOf(u)
    if (known === undefined) return
    const by = [...(of?.by ?? []), name]
    this.#derived.set(node, { of: known, by })
    this.#known.name(node, derivativeSymbol(known, by))
  }
}

/** @throws Misfit when what u is for a sample depends on other samples' x. */
function requireOwnSample(u: Node, x: Node): void {
  const depending = new Set([x])
  for (const node of topologicalOrder([u])) {
    if (!node.inputs.some((input) => depending.has(input))) continue
    if (!isBatched(node.shape))
      throw new Misfit(
        'formula',
        'is of one sample, and here it would run through the mean of a batch',
        'batchNorm mixes samples in training: take layerNorm in its place',
      )
    depending.add(node)
  }
}

/** @throws Misfit when there are more nodes than may be. */
function requireFew(nodes: number, limit: number): void {
  if (nodes <= limit) return
  const [needed, allowed] = [nodes, limit].map((count) => count.toLocaleString('en'))
  throw new Misfit('limit', `would need ${needed} operations on tensors, and at most ${allowed} may be`)
}

/** Activations of straight pieces. */
const flat = new Set(['relu', 'relu6', 'leakyRelu', 'hardSigmoid'])

/** What a hint calls an expression. */
const written = (expression: Expression) => (expression.kind === 'name' ? expression.name : 'u')
