import { expect, test } from 'vitest'
import { factorOf } from '../../src/explain/learningRate.ts'
import type { Form } from '../../src/graph/equations/form.ts'
import * as schedules from '../../src/runtime/schedules.ts'

const functions: Readonly<Record<string, (...operands: number[]) => number>> = {
  floor: Math.floor,
  cos: Math.cos,
  maximum: Math.max,
  minimum: Math.min,
}

/** The value of a formula of numbers in an epoch. */
function valueOf(form: Form, epoch: number): number {
  const at = (part: Form) => valueOf(part, epoch)
  switch (form.kind) {
    case 'name':
      return { epoch, π: Math.PI }[form.name]!
    case 'number':
      return form.value
    case 'sum':
      return at(form.left) + at(form.right)
    case 'difference':
      return at(form.left) - at(form.right)
    case 'scalarProduct':
      return at(form.left) * at(form.right)
    case 'fraction':
      return at(form.left) / at(form.right)
    case 'power':
      return at(form.base) ** at(form.exponent)
    case 'relation':
      return Number(form.relation === '<' && at(form.left) < at(form.right))
    case 'choice':
      return at(form.condition) ? at(form.whenTrue) : at(form.whenFalse)
    case 'call':
      return functions[form.function]!(...form.operands.map(at))
    default:
      throw new Error(`a learning rate with ${form.kind}`)
  }
}

const tried: Readonly<Record<keyof typeof factorOf, readonly number[]>> = {
  step: [10, 0.5],
  milestones: [0.1, 3, 8],
  cosine: [20, 0.01],
  linear: [12, 0.2, 1.5],
  polynomial: [15, 2],
  oneCycle: [20],
}

test.each(Object.keys(tried) as (keyof typeof tried)[])('the formula of %s is what modules compute', (schedule) => {
  const settings = tried[schedule]
  const run = schedules[schedule] as (epoch: number, ...settings: readonly number[]) => number
  const form = factorOf[schedule]({ kind: 'name', name: 'epoch' }, ...settings)
  for (let epoch = 0; epoch < 30; epoch++) expect(valueOf(form, epoch)).toBeCloseTo(run(epoch, ...settings), 10)
})
