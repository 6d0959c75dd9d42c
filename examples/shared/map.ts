import { drawing, line, linearScale, pixels, text } from './svg.ts'

/** Places of the plane, to be drawn in a square of their own. */
export interface Panel {
  readonly heading: string
  /** x and y of each, one after another. */
  readonly places: Float32Array
  /** A digit for each, which is written there; without them it is a dot. */
  readonly labels?: readonly number[]
}

const side = 440
const margin = 24
const top = 80
const colours = 7

/** Squares of the same scale beside each other, every digit or dot at its place; a bar shows the length 1. */
export function drawMap(title: string, panels: readonly Panel[]): string {
  const all = panels.flatMap(({ places }) => Array.from(places))
  const [xs, ys] = [0, 1].map((axis) => all.filter((_, i) => i % 2 === axis))
  const [left, right, low, high] = [Math.min(...xs!), Math.max(...xs!), Math.min(...ys!), Math.max(...ys!)]
  const unit = (side - 20) / Math.max(right - left, high - low)
  const width = panels.length * (side + margin) + margin

  const squares = panels.flatMap(({ heading, places, labels }, panel) => {
    const middle = margin + panel * (side + margin) + side / 2
    const x = linearScale(left, right, middle - (unit * (right - left)) / 2, unit * (right - left))
    const y = linearScale(low, high, top + (side + unit * (high - low)) / 2, -unit * (high - low))
    return [
      text(middle, top - 20, heading),
      ...Array.from({ length: places.length / 2 }, (_, i) => {
        const [cx, cy] = [x(places[2 * i]!), y(places[2 * i + 1]!)]
        return labels === undefined
          ? `<circle cx="${pixels(cx)}" cy="${pixels(cy)}" r="2" class="class${panel}"/>`
          : text(cx, cy + 4, String(labels[i]), `class${labels[i]! % colours}`)
      }),
    ]
  })
  const bar = top + side + 20
  return drawing(title, width, bar + 40, [
    ...squares,
    line(margin, bar, margin + unit, bar, 'axis'),
    text(margin + unit / 2, bar + 20, 'distance 1'),
  ])
}
