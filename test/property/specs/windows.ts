import type { Choices } from './choices.ts'
import { after, divisorsOf, layer, withAxes, type Maker, type Shape } from './pieces.ts'

/*
 * Convolutions and pooling on [channels, …]: one number an axis, as PyTorch has them.
 */

/** One number for each of some axes, in the short form at times where they are equal. */
function perAxis(numbers: readonly number[], { rarely }: Choices): number | readonly number[] {
  return numbers.every((value) => value === numbers[0]) && !rarely(3) ? numbers[0]! : numbers
}

/** Settings without those that say what holds anyway. */
function brief(settings: Readonly<Record<string, unknown>>, defaults: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(settings).filter(([key, value]) => value !== defaults[key]))
}

/** For each axis mostly the first of the numbers from `least`. */
const draw = (axes: Shape, least: number, count: number, { choose, rarely }: Choices) =>
  axes.map(() => (rarely(2) ? least + choose(count) : least))

/** The groups of the input channels, and output channels that they part too. */
function grouping(inputs: number, { pick, choose, rarely }: Choices): { groups: number; channels: number } {
  const groups = rarely(2) ? pick(divisorsOf(inputs)) : 1
  return { groups, channels: groups * (1 + choose(groups === 1 ? 3 : 2)) }
}

const convolutionDefaults = { stride: 1, padding: 0, outputPadding: 0, dilation: 1, groups: 1, bias: true }

export function convolution(rank: 1 | 2): Maker {
  return (flow, choices) => {
    const piece = withAxes(rank + 1, flow, choices)
    const [inputs, ...lengths] = piece.sample as [number, ...number[]]
    const { groups, channels } = grouping(inputs, choices)
    const isSame = choices.rarely(4)
    const dilations = draw(lengths, 1, 2, choices)
    const paddings = isSame ? lengths.map(() => 0) : draw(lengths, 0, 3, choices)
    const strides = isSame ? lengths.map(() => 1) : draw(lengths, 1, 3, choices)
    const kernels = lengths.map((length, k) => {
      const room = isSame ? 3 : Math.floor((length + 2 * paddings[k]! - 1) / dilations[k]!) + 1
      return 1 + choices.choose(Math.min(3, room))
    })
    const settings = {
      channels,
      kernel: perAxis(kernels, choices),
      stride: perAxis(strides, choices),
      padding: isSame ? 'same' : perAxis(paddings, choices),
      dilation: perAxis(dilations, choices),
      groups,
      bias: !choices.rarely(4),
    }
    const span = (k: number) => dilations[k]! * (kernels[k]! - 1) + 1
    const positions = lengths.map((length, k) =>
      isSame ? length : Math.floor((length + 2 * paddings[k]! - span(k)) / strides[k]!) + 1,
    )
    return after(piece, layer(`conv${rank}d`, brief(settings, convolutionDefaults)), [channels, ...positions])
  }
}

export const transposedConvolution: Maker = (flow, choices) => {
  const piece = withAxes(3, flow, choices)
  const [inputs, ...lengths] = piece.sample as [number, ...number[]]
  const { groups, channels } = grouping(inputs, choices)
  const kernels = draw(lengths, 1, 3, choices)
  const strides = draw(lengths, 1, 3, choices)
  const dilations = draw(lengths, 1, 2, choices)
  const more = lengths.map((_, k) => choices.choose(Math.max(strides[k]!, dilations[k]!)))
  const whole = lengths.map((length, k) => (length - 1) * strides[k]! + dilations[k]! * (kernels[k]! - 1) + 1)
  const paddings = draw(lengths, 0, 2, choices).map((padding, k) =>
    padding + Math.max(padding - more[k]!, 0) < whole[k]! ? padding : 0,
  )
  const settings = {
    channels,
    kernel: perAxis(kernels, choices),
    stride: perAxis(strides, choices),
    padding: perAxis(paddings, choices),
    outputPadding: perAxis(more, choices),
    dilation: perAxis(dilations, choices),
    groups,
    bias: !choices.rarely(4),
  }
  const positions = whole.map((length, k) => length - 2 * paddings[k]! + more[k]!)
  return after(piece, layer('convTranspose2d', brief(settings, convolutionDefaults)), [channels, ...positions])
}

/** Windows that overlap, leave rows over, or reach into the padding. */
export function pooling(word: string, rank: 1 | 2): Maker {
  return (flow, choices) => {
    const piece = withAxes(rank + 1, flow, choices)
    const [channels, ...lengths] = piece.sample as [number, ...number[]]
    const kernels = lengths.map((length) => 1 + choices.choose(Math.min(3, length)))
    const paddings = kernels.map((size) => choices.choose(Math.floor(size / 2) + 1))
    const strides = choices.rarely(2) ? kernels.map(() => 1 + choices.choose(3)) : undefined
    const kernel = perAxis(kernels, choices)
    const settings = {
      kernel,
      ...(strides ? { stride: perAxis(strides, choices) } : {}),
      ...brief({ padding: perAxis(paddings, choices) }, { padding: 0 }),
    }
    const positions = lengths.map(
      (length, k) => Math.floor((length + 2 * paddings[k]! - kernels[k]!) / (strides ?? kernels)[k]!) + 1,
    )
    const isShort = Object.keys(settings).length === 1 && typeof kernel === 'number'
    return after(piece, layer(word, isShort ? kernel : settings), [channels, ...positions])
  }
}
