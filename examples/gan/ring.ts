import type { Random } from '../shared/random.ts'

/** The means of eight normal distributions, on a ring of radius 2: the modes of what the points come from. */
const modes = Array.from({ length: 8 }, (_, k) => {
  const angle = (k * Math.PI) / 4
  return [2 * Math.cos(angle), 2 * Math.sin(angle)] as const
})

/** The standard deviation around each. */
const deviation = 0.1

/** x and y of random points, one after another, each normal around one of the modes. */
export function drawRing(count: number, { uniform, normal }: Random): Float32Array {
  const points = new Float32Array(2 * count)
  for (let i = 0; i < count; i++) {
    const [x, y] = modes[Math.floor(modes.length * uniform())]!
    points.set([x + deviation * normal(), y + deviation * normal()], 2 * i)
  }
  return points
}

/** Of all points, the shares within three standard deviations of each mode. */
export function sharesOf(points: Float32Array): number[] {
  const count = points.length / 2
  return modes.map(([x, y]) => {
    let near = 0
    for (let i = 0; i < count; i++) if (Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y) < 3 * deviation) near++
    return near / count
  })
}
