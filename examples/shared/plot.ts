import { drawing, line, linearScale, pixels, text, ticks, ticksAround, type Area, type Scale } from './svg.ts'

const width = 720
const height = 420
const area: Area = { left: 64, top: 60, width: 620, height: 298 }
const right = area.left + area.width
const bottom = area.top + area.height

/** Values y at the places x: a line through them, or the points alone. */
export interface Series {
  /** What the style calls it: curve, `curve curve1` to `curve curve3`, exact; a series whose role begins with `point` is points. */
  readonly role: string
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
  /** Its name, for the legend. */
  readonly label?: string
  /** What is to be said of its last point, above that. */
  readonly last?: string
}

/** Series over common axes, with a grid; 0 is always on the vertical axis. */
export function drawPlot(title: string, xLabel: string, yLabel: string, series: readonly Series[]): string {
  const xs = series.flatMap(({ x }) => Array.from(x))
  const ys = series.flatMap(({ y }) => Array.from(y))
  const [from, to] = [Math.min(...xs), Math.max(...xs)]
  const yTicks = ticksAround(Math.min(0, ...ys), Math.max(0, ...ys), 6)
  const x = linearScale(from, to, area.left, area.width)
  const y = linearScale(yTicks[0]!, yTicks.at(-1)!, bottom, -area.height)
  return drawing(title, width, height, [
    ...yTicks.map((tick) => line(area.left, y(tick), right, y(tick), tick === 0 ? 'axis' : 'grid')),
    ...yTicks.map((tick) => text(area.left - 10, y(tick) + 4, String(tick), '', 'end')),
    ...withEnd(ticks(from, to, 10), to).map((tick) => text(x(tick), bottom + 22, String(tick))),
    text(area.left + area.width / 2, height - 14, xLabel),
    text(16, area.top - 12, yLabel, '', 'start'),
    ...series.flatMap((one) => draw(one, x, y)),
    ...legend(series),
  ])
}

/** Has the last place of an axis among its ticks, if it isn't too near to another one. */
function withEnd(places: readonly number[], end: number): number[] {
  const gap = places[1]! - places[0]!
  return end - places.at(-1)! > gap / 2 ? [...places, end] : [...places]
}

function draw({ role, x: xs, y: ys, last }: Series, x: Scale, y: Scale): string[] {
  const points = Array.from(xs, (value, i) => [pixels(x(value)), pixels(y(ys[i]!))] as const)
  if (role.startsWith('point')) return points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="4" class="${role}"/>`)
  const curve = `<polyline class="${role}" points="${points.map((point) => point.join(',')).join(' ')}"/>`
  if (last === undefined) return [curve]
  const [cx, cy] = points.at(-1)!.map(Number) as [number, number]
  return [curve, `<circle cx="${cx}" cy="${cy}" r="4" class="class0"/>`, text(cx, cy - 12, last, '', 'end')]
}

/** The names of series from the right, each after a sample of its line or point. */
function legend(series: readonly Series[]): string[] {
  const baseline = area.top - 12
  let end = right
  return series.toReversed().flatMap(({ role, label }) => {
    if (label === undefined) return []
    const start = end - 7.5 * label.length - 34
    const sample = role.startsWith('point')
      ? `<circle cx="${start + 18}" cy="${baseline - 4}" r="4" class="${role}"/>`
      : line(start, baseline - 4, start + 26, baseline - 4, role)
    end = start - 14
    return [sample, text(start + 32, baseline, label, '', 'start')]
  })
}
