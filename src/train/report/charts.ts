import { brief, type NumberMeasures } from './measures.ts'
import { linearScale, lossScale, type Scale } from './scale.ts'

/*
 * Charts as geometry, which the page's template draws as SVG: no text of a table is among them but names, which the template escapes.
 */

interface Tick {
  readonly at: number
  readonly label: string
}

export interface Chart {
  readonly title: string
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly xTicks: readonly Tick[]
  readonly yTicks: readonly Tick[]
  readonly xLabel: string
  readonly yLabel: string
  readonly lines: readonly { readonly name: string; readonly kind: string; readonly points: string }[]
  readonly dots: readonly { readonly x: number; readonly y: number }[]
  readonly diagonal: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number } | undefined
}

const frame = { width: 480, height: 280, left: 64, right: 464, top: 14, bottom: 232 } as const
/** The most points of a line, and the most dots. */
const [MOST_POINTS, MOST_DOTS] = [800, 1500]

/** Curves over the epochs: of training, and of validation where there is one. */
export function curveChart(title: string, curves: Readonly<Record<string, readonly number[]>>): Chart {
  const all = Object.values(curves).flat()
  const count = Math.max(...Object.values(curves).map((values) => values.length))
  const x = wholeTicks(linearScale([1, Math.max(2, count)]))
  const y = title === 'loss' ? lossScale(all) : linearScale(all)
  const toX = (epoch: number) => round(frame.left + (frame.right - frame.left) * ((epoch - 1) / Math.max(1, count - 1)))
  const toY = (value: number) => round(frame.bottom - (frame.bottom - frame.top) * y.place(value))
  const step = Math.ceil(count / MOST_POINTS)
  return {
    ...{ ...frame, title, xLabel: 'epoch', yLabel: '', dots: [], diagonal: undefined },
    xTicks: x.filter((tick) => tick >= 1 && tick <= count).map((tick) => ({ at: toX(tick), label: String(tick) })),
    yTicks: y.ticks.map((tick) => ({ at: toY(tick), label: brief(tick) })),
    lines: Object.entries(curves).map(([name, values]) => ({
      ...{ name, kind: name },
      points: values
        .flatMap((value, k) => (k % step === 0 || k === values.length - 1 ? [`${toX(k + 1)},${toY(value)}`] : []))
        .join(' '),
    })),
  }
}

/** What was predicted against what is true, with the line on which both are the same. */
export function scatterChart({ column, pairs }: NumberMeasures): Chart {
  const step = Math.ceil(pairs.length / MOST_DOTS)
  const shown = pairs.filter((_, k) => k % step === 0)
  const scale = linearScale(shown.flatMap(({ truth, answer }) => [truth, answer]))
  const toX = (value: number) => round(frame.left + (frame.right - frame.left) * scale.place(value))
  const toY = (value: number) => round(frame.bottom - (frame.bottom - frame.top) * scale.place(value))
  const ends = [scale.ticks[0]!, scale.ticks.at(-1)!] as const
  const ticksAt = (place: (value: number) => number) =>
    scale.ticks.map((tick) => ({ at: place(tick), label: brief(tick) }))
  return {
    ...{ ...frame, title: column, xLabel: 'truth', yLabel: 'prediction', lines: [] },
    ...{ xTicks: ticksAt(toX), yTicks: ticksAt(toY) },
    dots: shown.map(({ truth, answer }) => ({ x: toX(truth), y: toY(answer) })),
    diagonal: { x1: toX(ends[0]), y1: toY(ends[0]), x2: toX(ends[1]), y2: toY(ends[1]) },
  }
}

function wholeTicks({ ticks }: Scale): number[] {
  return [...new Set([1, ...ticks.filter((tick) => Number.isInteger(tick) && tick > 1)])]
}

function round(value: number): number {
  return Number(value.toFixed(1))
}
