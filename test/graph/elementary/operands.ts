import type { PortableOp, Precision } from '../../../src/graph/elementary/index.ts'
import { noise } from '../../../src/runtime/noise.ts'

let draws = 0
const draw = (least: number, greatest: number) => least + (greatest - least) * noise(7, draws++)
const many = (count: number, make: (k: number) => number[]) => Array.from({ length: count }, (_, k) => make(k))
const signed = (x: number) => (draw(0, 1) < 0.5 ? -x : x)

const formats = {
  f32: { exponents: [-149, 127], greatest: 3.4028234663852886e38, overflow: 88.72, underflow: 103.97 },
  f64: { exponents: [-1074, 1023], greatest: Number.MAX_VALUE, overflow: 709.78, underflow: 745.13 },
} as const

/** Numbers of all magnitudes, signs apart. */
const magnitudes = (precision: Precision, count: number): number[] => {
  const [least, greatest] = formats[precision].exponents
  return many(count, (k) => [2 ** (least + Math.round((k / (count - 1)) * (greatest - least))) * draw(1, 2)]).flat()
}

/** Where each op is worth a closer look: at its bends and at the seams of its formula. */
const regions: Readonly<Record<Exclude<PortableOp, 'power'>, (precision: Precision) => readonly [number, number][]>> = {
  exp: (precision) => [
    [-formats[precision].underflow, formats[precision].overflow],
    [-formats[precision].underflow, 10 - formats[precision].underflow],
    [-1, 1],
  ],
  expm1: (precision) => [
    [-45, formats[precision].overflow],
    [-1.1, 1.1],
    [0.34, 0.42],
  ],
  log: () => [
    [0.5, 2],
    [0.99, 1.01],
    [2, 3],
  ],
  log1p: () => [
    [-1, 1],
    [-0.01, 0.01],
    [0.3, 4],
  ],
  sin: angles,
  cos: angles,
  tan: angles,
  tanh: () => [
    [-1, 1],
    [0.6, 0.7],
    [-20, 20],
  ],
  sigmoid: (precision) => [
    [-formats[precision].underflow, 40],
    [-5, 5],
  ],
  softplus: () => [
    [-40, 40],
    [-2, 2],
  ],
  erf: () => [
    [-1.5, 1.5],
    [0.84, 0.95],
    [-7, 7],
  ],
  gaussian: tails,
  normalCdf: tails,
}

function tails(precision: Precision): readonly [number, number][] {
  const most = precision === 'f32' ? 14.5 : 38.7
  return [
    [-most, most],
    [-most, -0.8 * most],
    [-6, 6],
    [-1, 1],
  ]
}

function angles(precision: Precision): readonly [number, number][] {
  const most = precision === 'f32' ? 1610 : 1.65e6
  return [
    [-10, 10],
    [-most, most],
    [most, 100 * most],
  ]
}

/** Finite operands at which an op is finite, of all magnitudes, and more of them where it is worth a closer look. */
export function operandsOf(op: PortableOp, precision: Precision): number[][] {
  const round = precision === 'f32' ? Math.fround : Number
  const { underflow, overflow, greatest } = formats[precision]
  if (op === 'power') {
    const within = (x: number) => [x, draw(-underflow, overflow) / Math.log(x)]
    return [
      ...magnitudes(precision, 400).map(within),
      ...many(300, () => within(draw(0, 3))),
      ...many(200, (k) => within(1 + signed(2 ** -(k % 22)) * draw(0, 0.9))),
      ...many(200, () => [-draw(0, 10), Math.round(draw(-30, 30))]),
    ]
      .map((operands) => operands.map(round))
      .filter(([x, y]) => x !== 0 && x !== 1 && Math.abs(y!) < greatest)
  }
  const isAngle = op === 'sin' || op === 'cos' || op === 'tan'
  const positive = op === 'log'
  const above = op === 'log1p' ? -1 : -Infinity
  return [
    ...magnitudes(precision, isAngle ? 250 : 500).map((x) => (positive ? x : signed(x))),
    ...regions[op](precision).flatMap(([least, most]) => many(300, () => [draw(least, most)]).flat()),
    // As near as can be to right angles.
    ...(isAngle ? many(300, (k) => [(k < 100 ? k + 1 : Math.round(draw(1, 1e6))) * (Math.PI / 2)]).flat() : []),
  ]
    .map(round)
    .filter((x) => x > above && Math.abs(x) <= greatest && x !== 0)
    .filter((x) => !(/^exp|soft/.test(op) && Math.abs(x) > 2000) && !(op === 'sigmoid' && Math.abs(x) > 2000))
    .map((x) => [x])
}
