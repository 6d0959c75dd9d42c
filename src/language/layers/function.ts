import type { Node } from '../../graph/node.ts'
import type { PointwiseFunction } from '../functions/pointwise.ts'
import type { FunctionReference } from '../functions/reference.ts'
import { keys } from '../words/word.ts'

/** Any such function. @param reference takes it from its file. */
export function typescriptFunction(reference: FunctionReference) {
  return {
    arguments: keys({ source: reference }),
    first: 'source',
    build: (x: Node, { source }: { source: PointwiseFunction }): Node => source.apply(x),
  } as const
}
