import { concat, constant, pad, reshape } from '../graph/build.ts'
import { topologicalOrder, type Interner, type Node } from '../graph/node.ts'
import { substitute } from '../graph/rebuild.ts'
import { elementsPerSample, isBatched, sampleShape, type Shape } from '../graph/shape.ts'
import { simplify } from './algebra.ts'
import { differentiate } from './differentiate.ts'
import { recognise } from './idioms/index.ts'
import { pushForward } from './pushForward.ts'

/**
 * Derivatives as values: of what is computed for one sample by a leaf of that sample. What is differentiated is what would be compiled,
 * its idioms recognised, so what a derivative shares with it is computed once.
 */
export class Derivatives {
  /** What nodes become when idioms are recognised; derivatives stay as they are. */
  readonly recognised = new Map<Node, Node>()
  readonly #simplified = new Map<Node, Node>()
  readonly #known = new Map<string, Node>()

  /**
   * ∂u/∂x for each sample, in the shape of the one that isn't a scalar: one push forward by a scalar, else one pull back.
   * @param x a leaf with a batch, of which no other sample's u depends. u or x is a scalar.
   * @param place what x stands for.
   */
  derivative(u: Node, x: Node, place = x): Node {
    return this.#once(['derivative', u, x, place], () => {
      const known = this.#prepared(u)
      if (!known) return zeros(x.graph, sampleShape(u.shape).length > 0 ? u.shape : x.shape)
      return this.#finished(isScalar(x) ? pushed(known, x, ones(x)) : pulled(known, x, ones(known)), x, place)
    })
  }

  /**
   * ∂uᵢ/∂xⱼ for each sample, in the shape of u followed by that of x: by as many passes as the smaller of them has elements.
   * @param x and place: as in `derivative`.
   */
  jacobian(u: Node, x: Node, place = x): Node {
    return this.#once(['jacobian', u, x, place], () => {
      const shape = ['batch', ...sampleShape(u.shape), ...sampleShape(x.shape)] as const
      const known = this.#prepared(u)
      if (!known) return zeros(x.graph, shape)
      const [rows, columns] = [elementsPerSample(known.shape), elementsPerSample(x.shape)]
      const parts =
        columns <= rows
          ? units(x).map((unit) => reshape(pushed(known, x, unit), ['batch', rows, 1]))
          : units(known).map((unit) => reshape(pulled(known, x, unit), ['batch', 1, columns]))
      return this.#finished(reshape(concat(parts, columns <= rows ? 2 : 1), shape), x, place)
    })
  }

  /** The same derivative is derived once. */
  #once([kind, ...nodes]: readonly [string, ...Node[]], derive: () => Node): Node {
    const key = [kind, ...nodes.map(({ id }) => id)].join(' ')
    const result = this.#known.get(key) ?? derive()
    this.#known.set(key, result)
    return result
  }

  /** What is differentiated; undefined where it is the same for all samples. */
  #prepared(u: Node): Node | undefined {
    // Forms that stay finite in single precision do in double.
    const known = recognise([u], 'f32', this.recognised).get(u)!
    return isBatched(known.shape) ? known : undefined
  }

  #finished(derived: Node, x: Node, place: Node): Node {
    const simple = simplify([derived], this.#simplified).get(derived)!
    recognise([place], 'f32', this.recognised)
    const [result] = x === place ? [simple] : substitute([simple], new Map([[x, this.recognised.get(place)!]]))
    for (const node of topologicalOrder([result!])) if (!this.recognised.has(node)) this.recognised.set(node, node)
    return result!
  }
}

/** How many passes a jacobian takes. */
export function passesOf(u: Node, x: Node): number {
  return Math.min(elementsPerSample(u.shape), elementsPerSample(x.shape))
}

const isScalar = ({ shape }: Node) => sampleShape(shape).length === 0

/** δ ∂u/∂x, for a δ in the shape of u. */
function pulled(u: Node, x: Node, δ: Node): Node {
  return differentiate(u, δ, [x]).get(x)!
}

/** ∂u/∂x t, for a direction t in the shape of x. */
function pushed(u: Node, x: Node, t: Node): Node {
  return pushForward(u, new Map([[x, t]])) ?? zeros(u.graph, u.shape)
}

const ones = ({ graph, shape }: Node) => constant(graph, 1, shape)

/** Zeros for each sample. */
function zeros(graph: Interner, shape: Shape): Node {
  return constant(graph, 0, ['batch', ...sampleShape(shape)])
}

/** For each element of a sample: 1 there, and 0 elsewhere. */
function units({ graph, shape }: Node): Node[] {
  const size = elementsPerSample(shape)
  return Array.from({ length: size }, (_, k) =>
    reshape(pad(constant(graph, 1, ['batch', 1]), [{ axis: 1, before: k, after: size - 1 - k }]), shape),
  )
}
