import type { Node } from '../../graph/node.ts'
import type { PointwiseFunction } from '../functions/pointwise.ts'
import { functionReference } from '../functions/reference.ts'
import { keys } from '../words/word.ts'

export const typescriptFunction = {
  arguments: keys({ source: functionReference }),
  first: 'source',
  build: (x: Node, { source }: { source: PointwiseFunction }): Node => source.apply(x),
} as const
