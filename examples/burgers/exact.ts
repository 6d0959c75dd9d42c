import { evenly } from '../shared/numbers.ts'

/** Where e^(-z²) isn't yet nothing; sums over so many even steps are as exact as doubles are. */
const places = evenly(-6, 6, 241)

/**
 * The solution of u_t + u u_x = ν u_xx that begins as u = -sin πx. Cole and Hopf: u = -2ν φ_x / φ makes it the heat equation
 * φ_t = ν φ_xx, which Gauss's kernel solves from φ = exp(-cos(πx) / 2πν) on. So u is a mean of -sin πy over y = x - √(4νt) z,
 * where z has the weight exp(-z² - cos(πy) / 2πν).
 */
export function exactBurgers(viscosity: number, x: number, t: number): number {
  const width = Math.sqrt(4 * viscosity * t)
  let sum = 0
  let weights = 0
  for (const z of places) {
    const y = x - width * z
    const weight = Math.exp(-(z ** 2) - (1 + Math.cos(Math.PI * y)) / (2 * Math.PI * viscosity))
    sum -= weight * Math.sin(Math.PI * y)
    weights += weight
  }
  return sum / weights
}
