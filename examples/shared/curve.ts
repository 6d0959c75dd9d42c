import { drawing, line, linearScale, pixels, text, ticks, type Area } from './svg.ts'

const width = 720
const height = 420
const area: Area = { left: 64, top: 48, width: 620, height: 310 }
const right = area.left + area.width
const bottom = area.top + area.height

/** A curve of one value an epoch, from 0 up, with axes and a grid. */
export function drawCurve(title: string, label: string, values: readonly number[]): string {
  const yTicks = ticks(0, Math.max(...values) * 1.05, 6)
  const x = linearScale(0, values.length - 1, area.left, area.width)
  const y = linearScale(0, Math.max(...values) * 1.05, bottom, -area.height)
  const last = values.at(-1)!
  return drawing(title, width, height, [
    ...yTicks.map((tick) => line(area.left, y(tick), right, y(tick), tick === 0 ? 'axis' : 'grid')),
    ...yTicks.map((tick) => text(area.left - 10, y(tick) + 4, String(tick), '', 'end')),
    ...ticks(0, values.length - 1, 10).map((tick) => text(x(tick), bottom + 22, String(tick))),
    text(area.left + area.width / 2, height - 14, 'epoch'),
    text(area.left - 10, area.top - 8, label, '', 'end'),
    `<polyline class="curve" points="${values.map((value, i) => `${pixels(x(i))},${pixels(y(value))}`).join(' ')}"/>`,
    text(right, y(last) - 10, last.toFixed(3), '', 'end'),
  ])
}
