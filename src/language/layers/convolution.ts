import { add, broadcast, contract, pad, reshape, slice } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import type { Shape } from '../../graph/shape.ts'
import { fold, windowSpan, type Window } from '../../graph/windows.ts'
import { count, flag } from '../words/arguments.ts'
import { initializer } from '../words/initializer.ts'
import { Misfit } from '../words/misfit.ts'
import { keys, type Word } from '../words/word.ts'
import type { LayerContext } from './layer.ts'
import { channelsOf, each, padding, perAxis, samePadding, size, windowsOver, type PerAxis } from './windows.ts'

export interface ConvolutionSettings {
  readonly channels: number
  readonly kernel: PerAxis
  readonly stride: PerAxis
  readonly padding: PerAxis | 'same'
  readonly dilation: PerAxis
  readonly groups: number
  readonly bias: boolean
  readonly init?: Word | undefined
}

/** Letters of a product: positions of the windows, and places within them. */
const positions = ['q', 'qp']
const places = ['k', 'kl']

/**
 * Each output channel is the sum over the windows of the input channels of its group, times the weight [out, in / groups, …], plus
 * its bias.
 */
function convolution(rank: 1 | 2) {
  return {
    arguments: keys({
      channels: count,
      kernel: perAxis(rank, size),
      stride: perAxis(rank, size).default(1),
      padding: samePadding(rank).default(0),
      dilation: perAxis(rank, size).default(1),
      groups: count.default(1),
      bias: flag.default(true),
      init: initializer.optional(),
    }),
    build: (x: Node, settings: ConvolutionSettings, context: LayerContext): Node => {
      const { channels, groups, init } = settings
      const inputs = channelsOf(x, rank)
      requireGroups(inputs, channels, groups)
      if (settings.padding === 'same' && each(settings.stride, rank).some((stride) => stride !== 1))
        throw new Misfit('shape', 'keeps the size with padding: same at stride 1 alone')
      const kernel = each(settings.kernel, rank)
      const weight = context.parameter('weight', [channels, inputs / groups, ...kernel], { init })
      const [q, k] = [positions[rank - 1]!, places[rank - 1]!]
      const windows = windowsOver(grouped(x, groups), rank, settings)
      const product =
        groups === 1
          ? contract(windows, `bc${q}${k}`, weight, `oc${k}`, `bo${q}`)
          : contract(windows, `bgc${q}${k}`, split(weight, groups), `goc${k}`, `bgo${q}`)
      return biased(context.product(weight, product), channels, groups, settings.bias, context)
    },
  } as const
}

/** Cross-correlation along [channels, length]. torch.nn.Conv1d. */
export const conv1d = convolution(1)

/** Cross-correlation over [channels, height, width]. torch.nn.Conv2d: LeCun et al. 1989. */
export const conv2d = convolution(2)

export interface TransposedSettings extends ConvolutionSettings {
  readonly padding: PerAxis
  readonly outputPadding: PerAxis
}

/**
 * The adjoint of a convolution in its input: every element spreads the kernel around its place, `stride` apart; weight
 * [in, out / groups, height, width]. torch.nn.ConvTranspose2d: Zeiler et al. 2010.
 */
export const convTranspose2d = {
  arguments: keys({
    channels: count,
    kernel: perAxis(2, size),
    stride: perAxis(2, size).default(1),
    padding: perAxis(2, padding).default(0),
    outputPadding: perAxis(2, padding).default(0),
    dilation: perAxis(2, size).default(1),
    groups: count.default(1),
    bias: flag.default(true),
    init: initializer.optional(),
  }),
  build: (x: Node, settings: TransposedSettings, context: LayerContext): Node => {
    const { channels, groups, init } = settings
    const inputs = channelsOf(x, 2)
    requireGroups(inputs, channels, groups)
    const [kernel, stride, dilation, padded, more] = (
      ['kernel', 'stride', 'dilation', 'padding', 'outputPadding'] as const
    ).map((name) => each(settings[name], 2)) as [number[], number[], number[], number[], number[]]
    if (more.some((length, k) => length >= Math.max(stride[k]!, dilation[k]!)))
      throw new Misfit('shape', 'takes an outputPadding below its stride or dilation')
    const weight = context.parameter('weight', [inputs, channels / groups, ...kernel], { init })
    const spread =
      groups === 1
        ? contract(x, 'bchw', weight, 'cokl', 'bohwkl')
        : contract(grouped(x, groups), 'bgchw', split(weight, groups), 'gcokl', 'bgohwkl')

    const first = spread.shape.length - 4
    const windows = kernel.map((size, k): Required<Window> => {
      return { axis: first + k, size, stride: stride[k]!, dilation: dilation[k]! }
    })
    const whole = windows.map(
      ({ axis, size, stride, dilation }) => ((spread.shape[axis] as number) - 1) * stride + windowSpan(size, dilation),
    )
    const folded = fold(spread, [...spread.shape.slice(0, first), ...whole], windows)
    const cropped = windows.reduce((h, { axis }, k) => crop(h, axis, padded[k]!, padded[k]! - more[k]!), folded)
    return biased(context.product(weight, cropped), channels, groups, settings.bias, context)
  },
} as const

/** Without `before` and `after` elements along an axis; with zeros where that is below 0. */
function crop(x: Node, axis: number, before: number, after: number): Node {
  const length = x.shape[axis] as number
  if (before + Math.max(after, 0) >= length)
    throw new Misfit('shape', `takes ${before + after} elements of padding off ${length}`)
  return pad(slice(x, axis, before, length - Math.max(after, 0)), [{ axis, before: 0, after: Math.max(-after, 0) }])
}

function requireGroups(inputs: number, channels: number, groups: number): void {
  for (const [count, what] of [
    [inputs, 'input'],
    [channels, 'output'],
  ] as const)
    if (count % groups !== 0)
      throw new Misfit('shape', `can't part ${count} ${what} channels into ${groups} equal groups`)
}

/** [batch, channels, …] as [batch, groups, channels / groups, …], if there are several. */
function grouped(x: Node, groups: number): Node {
  const [batch, channels, ...rest] = x.shape as [Shape[0], number, ...number[]]
  return groups === 1 ? x : reshape(x, [batch!, groups, channels / groups, ...rest])
}

/** [channels, …] as [groups, channels / groups, …]. */
function split(weight: Node, groups: number): Node {
  const [channels, ...rest] = weight.shape as readonly number[]
  return reshape(weight, [groups, channels! / groups, ...rest])
}

/** Plus a bias for each channel; groups of channels become channels again. */
function biased(h: Node, channels: number, groups: number, bias: boolean, context: LayerContext): Node {
  const [batch, ...rest] = groups === 1 ? h.shape : h.shape.toSpliced(1, 2, channels)
  const offset = bias && context.parameter('bias', [channels], { bias })
  if (!offset) return reshape(h, [batch!, ...rest])
  const shaped = groups === 1 ? offset : reshape(offset, [groups, channels / groups])
  return reshape(
    add(
      broadcast(
        shaped,
        h.shape,
        shaped.shape.map((_, axis) => axis + 1),
      ),
      h,
    ),
    [batch!, ...rest],
  )
}
