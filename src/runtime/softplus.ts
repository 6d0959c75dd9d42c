/** log(1 + exp x) = max(x, 0) + log(1 + exp(-|x|)), which neither overflows nor loses small values. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}
