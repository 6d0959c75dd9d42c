/** 1 / (1 + exp(-x)), and exp(x) where exp(-x) would be infinite: there 1 + exp(x) is 1. */
export function sigmoid(x: number): number {
  return x < -709 ? Math.exp(x) : 1 / (1 + Math.exp(-x))
}
