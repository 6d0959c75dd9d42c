const limit = -6

/** x σ(k x), and 0 below the limit. */
export function hardTail(x: number, k = 1.5): number {
  if (x < limit) return 0
  return x * sigmoid(k * x)
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))
