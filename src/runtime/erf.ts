/**
 * The error function, to 5e-16 relative.
 * W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23 (1969):
 * erf x = x P(x^2) / Q(x^2) below 0.46875, else 1 - exp(-x^2) P(x) / Q(x). Past 4, where Cody has a third quotient,
 * the second one's error is still far below the last place of 1.
 */
export function erf(x: number): number {
  const y = Math.abs(x)
  if (y < 0.46875) {
    const s = x * x
    return (
      (x *
        ((((0.18577770618460315 * s + 3.1611237438705655) * s + 113.86415415105016) * s + 377.485237685302) * s +
          3209.3775891384694)) /
      ((((s + 23.601290952344122) * s + 244.02463793444417) * s + 1282.6165260773723) * s + 2844.236833439171)
    )
  }
  if (!(y < 6)) return Math.sign(x)
  const numerator =
    (((((((2.1531153547440383e-8 * y + 0.5641884969886701) * y + 8.883149794388377) * y + 66.11919063714163) * y +
      298.6351381974001) *
      y +
      881.952221241769) *
      y +
      1712.0476126340707) *
      y +
      2051.0783778260716) *
      y +
    1230.3393547979972
  const denominator =
    (((((((y + 15.744926110709835) * y + 117.6939508913125) * y + 537.1811018620099) * y + 1621.3895745666903) * y +
      3290.7992357334597) *
      y +
      4362.619090143247) *
      y +
      3439.3676741437216) *
      y +
    1230.3393548037495
  return Math.sign(x) * (1 - (Math.exp(-y * y) * numerator) / denominator)
}
