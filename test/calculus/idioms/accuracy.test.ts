import { all, create, type BigNumber } from 'mathjs'
import { describe, expect, test } from 'vitest'
import type { Precision } from '../../../src/base/precision.ts'
import { differentiate } from '../../../src/calculus/differentiate.ts'
import { constant } from '../../../src/graph/build.ts'
import { evaluate } from '../../../src/graph/evaluate.ts'
import { exact as exactly, normalCdf, normalDensity, unitsApart } from '../../support/exact.ts'
import { portably } from '../../../src/verify/portable.ts'
import { functions } from './functions.ts'
import { recognisedFormula } from './formula.ts'

/*
 * Each function, however it is spelled, is exact over the whole range. Modules of both targets equal the interpreter to the last bit, so
 * that it stands for them: with the engine's functions for TypeScript, with the portable ones for WebAssembly.
 */

const math = create(all!, { number: 'BigNumber', precision: 100 })
math.import({ normalCdf, normalDensity })

const distances = [
  1e-30, 1e-20, 1e-12, 1e-8, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 1, 1.5, 2, 3, 5, 8, 10, 15, 17, 20, 25, 30, 36, 37,
  40, 50, 60, 75, 80, 86, 87, 88, 88.5, 89, 95, 100, 103, 105, 120, 150, 200, 350, 500, 700, 705, 709, 711, 740, 750,
  1000, 3000, 10000,
]
const points = [0, ...distances.flatMap((x) => [x, -x])]

const machines = {
  'TypeScript, f64': { precision: 'f64', run: evaluate },
  'WebAssembly, f64': { precision: 'f64', run: portably('f64') },
  'WebAssembly, f32': { precision: 'f32', run: portably('f32') },
} as const satisfies Record<string, { precision: Precision; run: typeof evaluate }>

const roundings = { f32: Math.fround, f64: Number }
const epsilons = { f32: 2 ** -23, f64: 2 ** -52 }
const leastNormals = { f32: 2 ** -126, f64: 2 ** -1022 }

/** A formula's exact values, which are the same for all spellings and machines. */
function oracle(text: string): (x: number) => BigNumber {
  const code = math.compile(text)
  const known = new Map<number, BigNumber>()
  return (x) => {
    const value = known.get(x) ?? math.bignumber(code.evaluate({ x: exactly(x, math as never) }) as number)
    known.set(x, value)
    return value
  }
}

describe.each(Object.entries(functions))('%s', (_, { spellings, exact, derivative, isDefined, isLossy, units = 2 }) => {
  const [valueAt, slopeAt] = [oracle(exact), oracle(derivative)]

  describe.each(spellings)('%s', (text) => {
    test.each(Object.entries(machines))('%s', async (_, { precision, run }) => {
      const { variables, written, recognised } = await recognisedFormula(text, precision)
      const { x: variable } = variables
      const slope = differentiate(recognised, constant(recognised.graph, 1, ['batch']), [variable]).get(variable)!
      const [round, epsilon, leastNormal] = [roundings[precision], epsilons[precision], leastNormals[precision]]
      const xs = points.map(round).filter(isDefined ?? (() => true))
      const bindings = { batch: xs.length, inputs: { x: xs, y: xs, z: xs } }
      const [asWritten, values, slopes] = run([written, recognised, slope], bindings)

      const faults = xs.flatMap((x, k) => {
        const [value, slope] = [valueAt(x), round(Number(slopeAt(x).toString()))]
        const distance = unitsApart(values![k]!, value, precision)
        const own = unitsApart(asWritten![k]!, value, precision)
        // A factor of what is subnormal has few digits.
        const isTiny = [value.abs().toNumber(), Math.abs(values![k]!)].every(
          (size) => size <= leastNormal * (1 + Math.abs(x)),
        )
        const isNear = distance <= Math.max(units, isLossy ? own : 0) || isTiny
        const tolerance = 8 * epsilon * (1 + (isLossy ? Math.abs(x) : 0)) * (1 + Math.abs(slope)) ** 2
        const isRight = Number.isFinite(slope) ? Math.abs(slopes![k]! - slope) <= tolerance : slopes![k] === slope
        return [
          ...(isNear
            ? []
            : [`${x}: ${values![k]} is ${distance} units from ${value.toPrecision(20)}, as written ${own}`]),
          ...(isRight ? [] : [`${x}: the derivative ${slopes![k]} isn't ${slope}`]),
        ]
      })
      expect(faults.slice(0, 9)).toEqual([])
    })
  })
})
