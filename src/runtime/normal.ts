/** e^(-x^2 / 2). The square of x, rounded to single precision, is exact; what that leaves out is a factor next to 1. */
export function gaussian(x: number): number {
  const size = Math.min(Math.abs(x), 39)
  const most = Math.fround(size)
  return Math.exp(-0.5 * most * most) * Math.exp(0.5 * (most - size) * (most + size))
}

/**
 * The distribution function of the standard normal distribution, whose tail keeps its digits: Chebyshev's interpolation of
 * (4 x + 31/8) e^(x^2 / 2) Phi(-x) in t = (x - 21/4) / (x + 21/4), a variable of M. Shepherd and J. Laframboise, "Chebyshev
 * approximation of (1 + 2x) exp(x^2) erfc x" (1981). Its even and odd powers are summed apart, as two can run at a time.
 */
export function normalCdf(x: number): number {
  const size = Math.min(Math.abs(x), 39)
  const t = (size - 5.25) / (size + 5.25)
  const s = t * t
  const even =
    ((((((((((-2.3593986045566513e-9 * s + 4.291656454308415e-8) * s - 3.393450882673206e-7) * s +
      2.2483572675037246e-6) *
      s -
      1.3629331522540053e-5) *
      s +
      5.189520558819032e-5) *
      s +
      4.569571199304769e-4) *
      s -
      0.011703216677169701) *
      s -
      0.0690352660317288) *
      s -
      0.10226297290168458) *
      s +
      0.12111910144309884) *
      s +
    1.8280197424607352
  const odd =
    (((((((((2.926323587393843e-9 * s - 9.608941041449545e-9) * s + 1.1502997360318507e-7) * s - 2.273207139611326e-6) *
      s +
      3.330814048728943e-5) *
      s -
      3.689995046190013e-4) *
      s +
      0.001953619270074488) *
      s +
      0.03419186999996511) *
      s +
      0.10192811348440754) *
      s +
      0.034041677714128235) *
      s -
    0.34264286338806793
  const below = (gaussian(x) * (even + t * odd)) / (4 * size + 3.875)
  return x < 0 ? below : 1 - below
}
