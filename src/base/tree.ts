/*
 * Trees without recursion: a sum of a thousand terms is a tree as deep, which the engine's stack need not be.
 */

/** All parts of a tree, itself first: each before its own parts, and these from the first one to the last. */
export function partsInOrder<T>(root: T, partsOf: (part: T) => readonly T[]): T[] {
  const order: T[] = []
  const pending = [root]
  while (pending.length > 0) {
    const part = pending.pop()!
    order.push(part)
    for (const inner of partsOf(part).toReversed()) pending.push(inner)
  }
  return order
}

/**
 * The value of a tree.
 * @param valueOf the value of a part, from those of its own parts: it is called for these before, from the first one to the last.
 */
export function foldTree<T, V>(
  root: T,
  partsOf: (part: T) => readonly T[],
  valueOf: (part: T, values: readonly V[]) => V,
): V {
  /** Of the parts whose whole isn't there yet. */
  const values: V[] = []
  const backwards = partsInOrder(root, (part) => partsOf(part).toReversed())
  for (const part of backwards.toReversed())
    values.push(valueOf(part, values.splice(values.length - partsOf(part).length)))
  return values[0]!
}
