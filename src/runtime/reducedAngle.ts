/** The first 1152 bits of 2/pi, and pi/2 in units of 2^-200. */
const twoByPi =
  0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d08n
const halfPi = 0x1921fb54442d18469898cc51701b839a252049c1114cf98e804n

/**
 * One part of x = part 0 * pi/2 + part 1: a number of right angles, up to multiples of 4, and an angle in [-pi/4, pi/4],
 * correctly rounded. It is 0 for |x| < 1024, where there are shorter ways.
 * M. Payne and R. Hanek, "Radian reduction for trigonometric functions" (1983): as much of 2/pi as the largest x needs.
 */
export function reducedAngle(x: number, part: number): number {
  const y = Math.abs(x)
  if (!(y < Infinity)) return NaN
  if (y < 1024) return 0
  const isFraction = y < 2 ** 52
  const unit = isFraction ? 1194n : 1152n
  const turned = BigInt(isFraction ? y * 2 ** 42 : y) * twoByPi
  const count = (turned + (1n << (unit - 1n))) >> unit
  const rest = (turned - (count << unit)) >> (unit - 200n)
  const result = part === 0 ? Number(count & 3n) : Number((rest * halfPi) >> 200n) / 2 ** 200
  return x < 0 ? -result : result
}
