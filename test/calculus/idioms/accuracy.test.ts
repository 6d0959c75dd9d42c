import { all, create, type BigNumber } from 'mathjs'
import { describe, expect, test } from 'vitest'
import type { Precision } from '../../../src/base/precision.ts'
import { differentiate } from '../../../src/calculus/differentiate.ts'
import { constant } from '../../../src/graph/build.ts'
import { evaluate } from '../../../src/graph/evaluate.ts'
import type { Node } from '../../../src/graph/node.ts'
import { exact, unitsApart } from '../../graph/elementary/oracle.ts'
import { portably } from '../../property/portable.ts'
import { functions } from './functions.ts'
import { recognisedFormula } from './formula.ts'

/*
 * Each function, however it is spelled, is exact over the whole range. Modules of both targets equal the interpreter to the last bit, so
 * that it stands for them: with the engine's functions for TypeScript, with the portable ones for WebAssembly.
 */

const math = create(all!, { number: 'BigNumber', precision: 120 })

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

const epsilon = { f32: 2 ** -23, f64: 2 ** -52 }
const leastNormal = { f32: 2 ** -126, f64: 2 ** -1022 }
const round = { f32: Math.fround, f64: Number }

/** Exact values are the same for all spellings and targets. */
function oracle(text: string): (x: number) => BigNumber {
  const code = math.compile(text)
  const known = new Map<number, BigNumber>()
  return (x) => {
    const value = known.get(x) ?? (math.bignumber(code.evaluate({ x: exact(x, math as never) }) as number) as BigNumber)
    known.set(x, value)
    return value
  }
}

describe.each(Object.entries(functions))(
  '%s',
  (_, { spellings, exact: value, derivative, isDefined, isLossy, units = 2 }) => {
    const [valueAt, slopeAt] = [oracle(value), oracle(derivative)]

    describe.each(spellings)('%s', (text) => {
      test.each(Object.entries(machines))('%s', async (_, { precision, run }) => {
        const { variables, written, recognised } = await recognisedFormula(text, precision)
        const slope = differentiate(recognised, constant(recognised.graph, 1, ['batch']), [variables.x]).get(
          variables.x,
        )!
        const xs = points.map(round[precision]).filter(isDefined ?? (() => true))
        const inputs = { x: xs, y: xs, z: xs }
        const valuesOf = (nodes: readonly Node[]) => run(nodes, { batch: xs.length, inputs })
        const [asWritten, values, slopes] = valuesOf([written, recognised, slope]) as [
          Float64Array,
          Float64Array,
          Float64Array,
        ]
        const faults = xs.flatMap((x, k) => {
          const error = (result: number, value: BigNumber): number => unitsApart(result, value, precision)
          const known = valueAt(x)
          const isTiny = known
            .abs()
            .div(1 + Math.abs(x))
            .lt(leastNormal[precision])
          const own = error(asWritten[k]!, known)
          const allowed = Math.max(units, isLossy ? own : 0)
          const wrong = error(values[k]!, known)
          const away = math.number(slopeAt(x).minus(math.bignumber(0)).toString()) as unknown as number
          const tolerance = 8 * epsilon[precision] * (1 + Math.abs(away) + Math.abs(x) * Number(isLossy ?? false))
          const nearest = round[precision](Number(slopeAt(x).toString()))
          const isRight = Number.isFinite(nearest)
            ? Math.abs(slopes[k]! - nearest) <= tolerance * (1 + Math.abs(nearest))
            : slopes[k] === nearest
          return [
            ...(wrong <= allowed || (isTiny && Math.abs(values[k]!) <= leastNormal[precision] * (1 + Math.abs(x)))
              ? []
              : [`${x}: ${values[k]} is ${wrong} units from ${known.toPrecision(20)}, as written ${own}`]),
            ...(isRight ? [] : [`${x}: the derivative ${slopes[k]} isn't ${nearest}`]),
          ]
        })
        expect(faults.slice(0, 9)).toEqual([])
      })
    })
  },
)
