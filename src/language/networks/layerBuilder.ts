import type { Node } from '../../graph/node.ts'
import { sampleShape } from '../../graph/shape.ts'
import { layers as layerRows } from '../layers/index.ts'
import type { Layer } from '../layers/layer.ts'
import { FindingError, type Finding, type Path } from '../text/source.ts'
import { placing } from '../words/misfit.ts'
import type { Word } from '../words/word.ts'
import { doubtOfInput, doubtOfNext, type Doubt } from './doubts.ts'
import { NetworkContext, type Progress, type Scope } from './layerContext.ts'

/** Runs a row; a fault in it is a finding at its word. */
export function atWord<T>(path: Path, { word }: Word, build: () => T): T {
  return placing(build, ({ code, message, hint }) => {
    return new FindingError({ code, path: [...path, word], part: 'key', message: `${word} ${message}`, hint })
  })
}

export function warningAt({ code, message, hint }: Doubt, place: Path, { word }: Word): Finding {
  return { code, severity: 'warning', path: [...place, word], part: 'key', message: `${word} ${message}`, hint }
}

export const nothingToTrain = 'every parameter is frozen, so that nothing is left to train'

/** Builds lists of layers in one mode, and names them. */
export class LayerBuilder {
  readonly #progress: Progress
  readonly #findings: Finding[]

  /** @param findings takes warnings. */
  constructor(start: Omit<Progress, 'depth' | 'frozen'>, findings: Finding[]) {
    this.#findings = findings
    this.#progress = { ...start, depth: 0, frozen: undefined }
  }

  requireTrained(): void {
    const { frozen, network } = this.#progress
    if (!frozen || network.parameters.some((parameter) => !parameter.frozen)) return
    const path = [...frozen, 'frozen']
    throw new FindingError({ code: 'out-of-range', path, part: 'key', message: nothingToTrain })
  }

  sequence(x: Node, layers: readonly Layer[], path: Path, scope: Scope): Node {
    const counts = new Map<string, number>()
    let h = x
    for (const [index, layer] of layers.entries()) {
      const count = counts.get(layer.word) ?? 0
      counts.set(layer.word, count + 1)
      const name = layer.as ?? `${layer.word}${count}`
      const place = [...path, index]
      placing(
        () => this.#progress.network.claim(`${scope.prefix}${name}`, place),
        ({ code, message, hint }) =>
          new FindingError({ code, path: [...place, 'as'], part: 'value', message: `this ${message}`, hint }),
      )
      const shape = sampleShape(h.shape)
      this.#doubt(doubtOfNext(layers.slice(0, index), layer, shape), place, layer)
      if (h === this.#progress.input) this.#doubt(doubtOfInput(layer, shape), place, layer)
      const within = layer.frozen ? { ...scope, frozen: place } : scope
      h = atWord(place, layer, () => this.#layer(h, layer, place, name, within))
    }
    return h
  }

  #doubt(doubt: Doubt | undefined, place: Path, layer: Layer): void {
    if (doubt) this.#findings.push(warningAt(doubt, place, layer))
  }

  #layer(x: Node, entry: Layer, path: Path, ownName: string, { prefix, frozen, built }: Scope): Node {
    const { network } = this.#progress
    const name = `${prefix}${ownName}`
    const context = new NetworkContext(this.#progress, { name, entry, path, frozen }, (...list) =>
      this.sequence(...list),
    )
    built.push(context.built)
    const h = layerRows[entry.word]!.build(x, entry.arguments, context)
    network.requireSize(h.shape)
    context.nameResult(h)
    network.section(name, [h, ...context.assigned])
    network.locate([h, ...context.assigned], { name, path: [...path, entry.word], part: 'key' })
    return h
  }
}
