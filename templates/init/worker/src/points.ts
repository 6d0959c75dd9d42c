const each = 70

/** Points of two spirals, place by place, and which of the two each is on: 0 or 1. */
export const x = new Float32Array(4 * each)
export const y = new Float32Array(2 * each)

for (let i = 0; i < 2 * each; i++) {
  const spiral = i % 2
  const way = Math.sqrt((i + 1) / (2 * each))
  const angle = 10 * way + spiral * Math.PI
  x.set([0.92 * way * Math.cos(angle), 0.92 * way * Math.sin(angle)], 2 * i)
  y[i] = spiral
}
