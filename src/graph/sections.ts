import type { Node } from './node.ts'
import { regionOutputs } from './scan.ts'

/** Nodes by the part of a network that they belong to: each to the first that needs it. */
export class Sections {
  readonly #nodes = new Map<string, readonly Node[]>()
  readonly #owned = new Set<Node>()

  get nodes(): ReadonlyMap<string, readonly Node[]> {
    return this.#nodes
  }

  /** Adds what `outputs` need, and no section has yet. */
  add(name: string, outputs: readonly Node[]): void {
    const nodes = [...(this.#nodes.get(name) ?? [])]
    const pending = [...outputs]
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (this.#owned.has(node)) continue
      this.#owned.add(node)
      nodes.push(node)
      pending.push(...node.inputs, ...regionOutputs(node))
    }
    this.#nodes.set(
      name,
      nodes.sort((a, b) => a.id - b.id),
    )
  }
}
