import { erf } from './erf.ts'
import type { Vector } from './types.ts'
import { randomNormal, randomUniform } from './random.ts'

/*
 * All initializers have one signature: the view to fill, the initializer's own numbers, the seed, and the tensor's number,
 * which is its random stream.
 */

/** Sets every element to `value`. */
export function constant(view: Vector, value: number, _seed: number, _stream: number): void {
  view.fill(value)
}

/** Draws from the normal distribution with mean 0 and standard deviation `std`. */
export function normal(view: Vector, std: number, seed: number, stream: number): void {
  for (let i = 0; i < view.length; i++) view[i] = std * randomNormal(seed, stream, i)
}

/** Draws uniformly from [-limit, limit). */
export function uniform(view: Vector, limit: number, seed: number, stream: number): void {
  for (let i = 0; i < view.length; i++) view[i] = limit * (2 * randomUniform(seed, stream, i) - 1)
}

/**
 * Draws from the normal distribution with mean 0 and standard deviation `std`, cut off at 2 std on either side, by the
 * inverse of its distribution function. Newton's method solves erf(z / sqrt 2) = q from z = 0; it approaches z from the
 * origin's side, since erf is concave beyond it.
 */
export function truncatedNormal(view: Vector, std: number, seed: number, stream: number): void {
  const most = erf(Math.sqrt(2))
  for (let i = 0; i < view.length; i++) {
    const q = most * (2 * randomUniform(seed, stream, i) - 1)
    let z = 0
    for (let step = 0; step < 8; step++) {
      z += (q - erf(z * Math.sqrt(0.5))) * Math.sqrt(Math.PI / 2) * Math.exp((z * z) / 2)
    }
    view[i] = std * z
  }
}

/** Makes a matrix with rows of `columns` elements: 1 along its diagonal, else 0. */
export function identity(view: Vector, columns: number, _seed: number, _stream: number): void {
  view.fill(0)
  for (let i = 0; i < columns && i * columns < view.length; i++) view[i * columns + i] = 1
}

/**
 * Makes a matrix with rows of `columns` elements: `gain` times a random matrix whose rows are orthonormal, or its columns
 * if there are fewer columns than rows. They are normal vectors, made orthogonal by Gram and Schmidt's process, in which
 * each is projected twice, so that they are orthogonal to rounding (Giraud, Langou and Rozloznik, "The loss of
 * orthogonality in the Gram-Schmidt orthogonalization process", 2005).
 */
export function orthogonal(view: Vector, columns: number, gain: number, seed: number, stream: number): void {
  const rows = view.length / columns
  const length = Math.max(rows, columns)
  const count = Math.min(rows, columns)
  const vectors = new Float64Array(count * length)
  for (let i = 0; i < vectors.length; i++) vectors[i] = randomNormal(seed, stream, i)
  for (let k = 0; k < count; k++) {
    const v = vectors.subarray(k * length, (k + 1) * length)
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < k; j++) {
        const u = vectors.subarray(j * length, (j + 1) * length)
        const along = dot(u, v)
        for (let i = 0; i < length; i++) v[i]! -= along * u[i]!
      }
    }
    const norm = Math.sqrt(dot(v, v))
    for (let i = 0; i < length; i++) v[i]! /= norm
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = rows <= columns ? row * length + column : column * length + row
      view[row * columns + column] = gain * vectors[at]!
    }
  }
}

/**
 * Makes a convolution's kernel [outputs, inputs, taps]: zero but for the tap `middle`, which holds the [outputs, inputs]
 * matrix that `orthogonal` makes. Xiao et al., "Dynamical isometry and a mean field theory of CNNs", 2018.
 */
export function deltaOrthogonal(
  view: Vector,
  inputs: number,
  taps: number,
  middle: number,
  gain: number,
  seed: number,
  stream: number,
): void {
  const matrix = new Float64Array(view.length / taps)
  orthogonal(matrix, inputs, gain, seed, stream)
  view.fill(0)
  for (let i = 0; i < matrix.length; i++) view[i * taps + middle] = matrix[i]!
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
