import type { Random } from '../shared/random.ts'
import { curveThrough, digitStrokes, type Point } from './strokes.ts'

/** The pixels on each side of a drawing. */
export const side = 28

/** Drawings and what they show. */
export interface Drawings {
  /** The ink of each pixel, 0 to 1, row by row, one drawing after another. */
  readonly pixels: Float32Array
  readonly labels: readonly number[]
}

/** As many of each digit as of any other, each in a hand of its own. */
export function drawDigits(count: number, random: Random): Drawings {
  const pixels = new Float32Array(count * side * side)
  const labels = Array.from({ length: count }, (_, i) => i % digitStrokes.length)
  labels.forEach((digit, i) => drawDigit(pixels.subarray(i * side * side, (i + 1) * side * side), digit, random))
  return { pixels, labels }
}

/** One digit: wobbly strokes, turned, slanted, stretched and moved, by a pen of some width, on paper that isn't clean. */
function drawDigit(image: Float32Array, digit: number, random: Random): void {
  const radius = between(random, 0.7, 1.6)
  const wobble = 0.03
  const place = randomPlace(random)
  for (const stroke of digitStrokes[digit]!) {
    const written = stroke.map(([x, y]): Point => [x + wobble * random.normal(), y + wobble * random.normal()])
    const curve = curveThrough(written, 5).map(place)
    for (let i = 1; i < curve.length; i++) drawLine(image, curve[i - 1]!, curve[i]!, radius)
  }
  for (let i = 0; i < image.length; i++) image[i] = clamp(image[i]! + 0.15 * random.normal())
}

/** From the strokes' unit box to pixels: an affine map. */
function randomPlace(random: Random): (point: Point) => Point {
  const angle = 0.15 * random.normal()
  const slant = 0.2 * random.normal()
  const [width, height] = [between(random, 12, 18), between(random, 16, 21)]
  const [left, top] = [side / 2 + between(random, -3, 3), side / 2 + between(random, -3, 3)]
  return ([x, y]) => {
    const v = height * (y - 0.5)
    const u = width * (x - 0.5) - slant * v
    return [left + u * Math.cos(angle) - v * Math.sin(angle), top + u * Math.sin(angle) + v * Math.cos(angle)]
  }
}

/** A straight line with round ends. Its ink fades over one pixel around the radius. */
function drawLine(image: Float32Array, [x0, y0]: Point, [x1, y1]: Point, radius: number): void {
  const reach = radius + 0.5
  const [dx, dy] = [x1 - x0, y1 - y0]
  const length2 = dx * dx + dy * dy
  const [left, right] = pixelRange(x0, x1, reach)
  const [top, bottom] = pixelRange(y0, y1, reach)
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) {
      const [x, y] = [column + 0.5 - x0, row + 0.5 - y0]
      const along = length2 === 0 ? 0 : clamp((x * dx + y * dy) / length2)
      const distance = Math.hypot(x - along * dx, y - along * dy)
      const at = row * side + column
      image[at] = Math.max(image[at]!, clamp(reach - distance))
    }
}

/** The first and the last pixel within reach of both ends. */
function pixelRange(a: number, b: number, reach: number): [first: number, last: number] {
  return [Math.max(0, Math.floor(Math.min(a, b) - reach)), Math.min(side - 1, Math.floor(Math.max(a, b) + reach))]
}

const clamp = (value: number) => Math.min(1, Math.max(0, value))
const between = (random: Random, low: number, high: number) => low + (high - low) * random.uniform()
