/** The whole number nearest to x, the even one if two are equally near. Adding 2^52 leaves no bits for a fraction. */
export function nearest(x: number): number {
  const y = Math.abs(x)
  return y < 2 ** 52 ? Math.sign(x) * (y + 2 ** 52 - 2 ** 52) : x
}
