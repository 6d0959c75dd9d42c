import { broadcast, concat, constant, input, pad, reshape } from '../graph/build.ts'
import type { Node } from '../graph/node.ts'
import { elementsPerSample, isBatched, sampleShape } from '../graph/shape.ts'
import { simplify } from './algebra.ts'
import { differentiate } from './differentiate.ts'
import { recognise } from './idioms/index.ts'

/*
 * Derivatives as values: of what is computed for one sample by a leaf of that sample. What is differentiated is what would be compiled,
 * with its idioms recognised, for the precision that overflows first.
 */

/**
 * ∂u/∂x for each sample, in the shape of the one that isn't a scalar.
 * @param x a leaf with a batch, of which no other sample's u depends. u or x is a scalar.
 */
export function derivative(u: Node, x: Node): Node {
  const known = prepared(u)
  if (!known) return zero(x.graph, sampleShape(u.shape).length > 0 ? u : x)
  return simplified(sampleShape(x.shape).length === 0 ? pushed(known, x, one(x)) : pulled(known, x, one(known)))
}

/**
 * ∂uᵢ/∂xⱼ for each sample, in the shape of u followed by that of x: by as many passes as the smaller of them has elements.
 * @param x as in `derivative`.
 */
export function jacobian(u: Node, x: Node): Node {
  const [ofU, ofX] = [u, x].map(({ shape }) => sampleShape(shape)) as [readonly number[], readonly number[]]
  const shape = ['batch', ...ofU, ...ofX] as const
  const known = prepared(u)
  if (!known) return broadcast(constant(x.graph, 0), shape, [])
  const [rows, columns] = [elementsPerSample(known.shape), elementsPerSample(x.shape)]
  const passes =
    columns <= rows
      ? units(x).map((unit) => reshape(pushed(known, x, unit), ['batch', rows, 1]))
      : units(known).map((unit) => reshape(pulled(known, x, unit), ['batch', 1, columns]))
  return simplified(reshape(concat(passes, columns <= rows ? 2 : 1), shape))
}

/** How many passes a jacobian takes. */
export function passesOf(u: Node, x: Node): number {
  return Math.min(elementsPerSample(u.shape), elementsPerSample(x.shape))
}

/** What is differentiated; undefined where that is the same for all samples. */
function prepared(u: Node): Node | undefined {
  const known = recognise([u], 'f32').get(u)!
  return isBatched(known.shape) ? known : undefined
}

/** δ ∂u/∂x, for a δ in the shape of u. */
function pulled(u: Node, x: Node, δ: Node): Node {
  return differentiate(u, δ, [x]).get(x)!
}

/**
 * ∂u/∂x t, for a direction t in the shape of x. What pulls back is linear, δ ∂u/∂x for any δ, so its derivative by δ pushes forward:
 * J t = ∂(δ J · t)/∂δ. So the rules of one mode serve the other, and what they share with u and with each other is the same node.
 */
function pushed(u: Node, x: Node, t: Node): Node {
  const δ = input(u.graph, 'δ', u.shape)
  return differentiate(pulled(u, x, δ), t, [δ]).get(δ)!
}

/** 1 for each element. */
function one({ graph, shape }: Node): Node {
  return broadcast(constant(graph, 1), shape, [])
}

function zero(graph: Node['graph'], { shape }: Node): Node {
  return broadcast(constant(graph, 0), ['batch', ...sampleShape(shape)], [])
}

/** For each element of a sample: 1 there, and 0 elsewhere. */
function units({ graph, shape }: Node): Node[] {
  const size = elementsPerSample(shape)
  return Array.from({ length: size }, (_, k) =>
    reshape(pad(broadcast(constant(graph, 1), ['batch', 1], []), [{ axis: 1, before: k, after: size - 1 - k }]), shape),
  )
}

function simplified(node: Node): Node {
  return simplify([node]).get(node)!
}
