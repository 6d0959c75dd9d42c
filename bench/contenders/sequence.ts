import { lookUp, type Layer } from './contract.ts'

/** From a batch to a batch; `next` gives the layer's parameters one after another, in the problem's order. */
export type Apply<Tensor, Variable> = (h: Tensor, next: () => Variable) => Tensor

/** What each word of the spec language is in a framework: of the layers within it and its entry, what it does to a batch. */
export type Words<Tensor, Variable> = Readonly<Record<string, (layer: Layer) => Apply<Tensor, Variable>>>

/**
 * The layers of a list, one after another.
 * @throws Unsupported for a word that `words` lacks
 */
export function sequence<Tensor, Variable>(
  layers: readonly Layer[],
  words: Words<Tensor, Variable>,
): Apply<Tensor, Variable> {
  const applied = layers.map((layer) => lookUp(words, layer.word)(layer))
  return (h, next) => applied.reduce((x, apply) => apply(x, next), h)
}

/** The `next` of a walk through the layers: each of `variables`, once. */
export function inOrder<Variable>(variables: readonly Variable[]): () => Variable {
  let taken = 0
  return () => variables[taken++]!
}
