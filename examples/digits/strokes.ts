export type Point = readonly [x: number, y: number]

/** The strokes of each digit, as points that a smooth curve goes through, in a box from 0,0 at the upper left to 100,100. */
const alphabet: readonly (readonly string[])[] = [
  ['50,8 24,26 20,55 30,84 50,92 72,82 80,50 74,22 50,8'],
  ['32,28 54,8', '54,8 52,92'],
  ['22,28 36,10 62,10 74,30 58,58 20,90', '20,90 82,90'],
  ['24,18 48,8 72,22 62,42 42,47', '42,47 70,54 78,74 56,91 20,82'],
  ['60,8 18,62', '18,62 86,62', '64,32 62,92'],
  ['76,10 32,10', '32,10 27,46', '27,46 54,40 77,60 70,84 46,92 20,82'],
  ['68,8 38,28 24,62 34,88 58,91 76,72 62,51 40,54 26,70'],
  ['20,10 80,10', '80,10 54,50 42,92'],
  ['50,46 28,30 34,12 50,7 68,13 72,30 50,46 25,66 28,86 50,93 74,85 77,66 50,46'],
  ['74,30 60,47 36,48 24,30 38,10 62,10 74,30 72,60 58,92'],
]

/** Each digit's strokes as points in a box from (0, 0) at the upper left to (1, 1). */
export const digitStrokes: readonly (readonly (readonly Point[])[])[] = alphabet.map((strokes) =>
  strokes.map((stroke) =>
    stroke.split(' ').map((point) => {
      const [x, y] = point.split(',').map(Number)
      return [x! / 100, y! / 100] as const
    }),
  ),
)

/** A curve through the points as short straight pieces, `steps` from each point to the next: Catmull and Rom's cubics. */
export function curveThrough(points: readonly Point[], steps: number): Point[] {
  const curve: Point[] = [points[0]!]
  for (let i = 0; i + 1 < points.length; i++) {
    const [from, to] = [points[i]!, points[i + 1]!]
    const [before, after] = [points[i - 1] ?? from, points[i + 2] ?? to]
    for (let step = 1; step <= steps; step++) {
      const t = step / steps
      const along = (axis: 0 | 1) => cubic(before[axis], from[axis], to[axis], after[axis], t)
      curve.push([along(0), along(1)])
    }
  }
  return curve
}

/** From b at t = 0 to c at t = 1, with the slopes (c - a) / 2 and (d - b) / 2 there. */
function cubic(a: number, b: number, c: number, d: number, t: number): number {
  return b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
}
