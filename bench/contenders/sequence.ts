import { lookUp, mapValues, type Layer, type Problem } from './contract.ts'

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

/** Networks by name, as functions of a batch. */
export type Networks<Tensor> = Record<string, (h: Tensor) => Tensor>

/**
 * The problem's networks.
 * @param variablesOf gives a network's parameters, whenever it is called
 * @throws Unsupported for a word that `words` lacks
 */
export function networksOf<Tensor, Variable>(
  { networks }: Problem,
  words: Words<Tensor, Variable>,
  variablesOf: (name: string) => readonly Variable[],
): Networks<Tensor> {
  return mapValues(networks, ({ layers }, name) => {
    const apply = sequence(layers, words)
    return (h: Tensor) => apply(h, inOrder(variablesOf(name)))
  })
}

/** The `next` of a walk through the layers: each of `variables`, once. */
function inOrder<Variable>(variables: readonly Variable[]): () => Variable {
  let taken = 0
  return () => variables[taken++]!
}
