import type { DiagnosticCode } from '../../base/errors.ts'
import { formatShape } from '../../graph/shape.ts'
import type { Expression } from '../formulas/formula.ts'
import type { Layer } from '../layers/layer.ts'
import type { Word } from '../words/word.ts'

/*
 * What compiles in a network of layers, and is hardly meant.
 */

export interface Doubt {
  readonly code: DiagnosticCode
  /** Follows the word that it is about. */
  readonly message: string
  readonly hint: string
}

/** Of a layer after others, which gets a sample of this shape. */
export function doubtOfNext(before: readonly Layer[], { word }: Layer, shape: readonly number[]): Doubt | undefined {
  if (word !== 'linear') return undefined
  if (before.at(-1)?.word === 'linear') {
    const message = 'after linear: nothing bends between the two, so they are one linear layer'
    return { code: 'redundant', message, hint: 'put an activation between them, such as relu' }
  }
  const axes = before.findLast(({ word }) => windows.includes(word) || reordering.includes(word))
  if (shape.length < 2 || !axes || reordering.includes(axes.word)) return undefined
  const message = `takes the last axis alone, and that of ${formatShape(shape)} is one of places: ${axes.word} has channels first`
  return { code: 'layout', message, hint: 'put flatten before it, to take all' }
}

/** Of the first layer, which gets a sample of this shape. */
export function doubtOfInput({ word }: Layer, shape: readonly number[]): Doubt | undefined {
  const [height, width, channels] = shape
  const isLastChannels = channels === 1 || channels === 3
  if (word !== 'conv2d' || !isLastChannels || height! <= 4 || width! <= 4) return undefined
  const hint = `write input: ${formatShape([channels, height!, width!])}, and give each image channel by channel`
  return { code: 'layout', message: `takes channels first: ${formatShape(shape)} has ${height} channels`, hint }
}

/** Of the last layer, whose result has this shape, under the loss. */
export function doubtOfEnd(last: Layer, loss: Word, shape: readonly number[]): Doubt | undefined {
  const { word } = last
  if (ownActivation[loss.word] === word) {
    const hint = `leave ${word} out, and take it of what predict gives`
    return { code: 'redundant', message: `before ${loss.word}: ${hasItsOwn(word)}`, hint }
  }
  if (loss.word !== 'crossEntropy') return undefined
  if (shape.at(-1) === 1) {
    const message = 'gives crossEntropy one logit: of one class it is 0, whatever is predicted'
    return { code: 'layout', message, hint: 'write loss: binaryCrossEntropy for two classes' }
  }
  if (shape.length < 2 || !channelsFirst.has(word)) return undefined
  const axes = shape.map((_, axis) => axis)
  const message = `gives crossEntropy ${formatShape(shape)}: it takes the last axis for the classes, and here they are on the first`
  return { code: 'layout', message, hint: `write permute: [${[...axes.slice(1), 0].join(', ')}] after it` }
}

/** Layers that slide a window over the axes after the first. */
const windows = [
  ...['conv1d', 'conv2d', 'convTranspose2d'],
  ...['maxPool1d', 'maxPool2d', 'averagePool1d', 'averagePool2d'],
]

/** Layers whose channels, the classes at a network's end, are the first axis. */
const channelsFirst = new Set([...windows, 'batchNorm', 'groupNorm'])

/** Layers after which the last axis is no longer one of places. */
const reordering = ['flatten', 'reshape', 'permute', 'globalAveragePool', 'linear', 'rnn', 'lstm', 'gru', 'attention']

/** What losses of logits have in themselves. */
const ownActivation: Readonly<Record<string, string>> = { crossEntropy: 'softmax', binaryCrossEntropy: 'sigmoid' }

const hasItsOwn = (word: string) => `that takes logits, and has a ${word} of its own`

/** Of a loss in equations. @param calledBy the function whose result a name or expression is, if it is one's. */
export function doubtOfCall(
  part: Expression,
  calledBy: (operand: Expression) => string | undefined,
): Doubt | undefined {
  if (part.kind !== 'call') return undefined
  const [prediction] = part.operands
  const word = ownActivation[part.function]
  if (!word || !prediction || calledBy(prediction) !== word) return undefined
  return {
    code: 'redundant',
    message: `${part.function} of a ${word}: ${hasItsOwn(word)}`,
    hint: `leave ${word} out of it`,
  }
}
