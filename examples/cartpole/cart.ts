import type { Random } from '../shared/random.ts'

/** A cart's place and speed, in m and m/s; its pole's angle from upright and how fast that grows, in rad and rad/s. */
export type State = readonly [x: number, speed: number, angle: number, spin: number]

// In kg, m, N and s: the cart and the pole of Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult
// learning control problems", 1983, without their friction.
const gravity = 9.8
const cartMass = 1
const poleMass = 0.1
const halfLength = 0.5
const force = 10
const duration = 0.02

/** Almost at rest in the middle. */
export function startingState({ uniform }: Random): State {
  const little = () => 0.1 * uniform() - 0.05
  return [little(), little(), little(), little()]
}

/** A step of Euler's later: pushed to the left by action 0, to the right by action 1. */
export function push([x, speed, angle, spin]: State, action: number): State {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
  const mass = cartMass + poleMass
  const thrust = ((action === 1 ? force : -force) + poleMass * halfLength * spin ** 2 * sin) / mass
  const spinGrowth = (gravity * sin - cos * thrust) / (halfLength * (4 / 3 - (poleMass * cos ** 2) / mass))
  const acceleration = thrust - (poleMass * halfLength * spinGrowth * cos) / mass
  return [x + duration * speed, speed + duration * acceleration, angle + duration * spin, spin + duration * spinGrowth]
}

/** Whether the pole is more than 12 degrees from upright, or the cart off its track of 4.8 m. */
export function hasFailed([x, , angle]: State): boolean {
  return Math.abs(x) > 2.4 || Math.abs(angle) > (12 * Math.PI) / 180
}
