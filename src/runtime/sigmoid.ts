/** 1 / (1 + exp(-x)), where small as exp(x) / (1 + exp(x)): exp(-x) would be infinite before that is 0. */
export function sigmoid(x: number): number {
  const decay = Math.exp(-Math.abs(x))
  return (x < 0 ? decay : 1) / (1 + decay)
}
