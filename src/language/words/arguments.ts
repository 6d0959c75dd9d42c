import { z } from './zod.ts'
import { MAXIMUM_AXES } from '../text/limits.ts'
import { isMapping, keys, parsed, reporting, reportIssue, settled } from './word.ts'

/*
 * The types of arguments. All are finite: zod's numbers exclude NaN and the infinities.
 */

/** A number of things: layers' units, epochs, samples. */
export const count = z.int().min(1)
/** A number of things, or none. */
export const whole = z.int().min(0)
export const number = z.number()
export const nonNegative = z.number().min(0)
export const positive = z.number().gt(0)
/** A decay rate, a momentum, a factor that makes smaller: in [0, 1). */
export const fraction = z.number().min(0).lt(1)
/** A part of the whole: in [0, 1]. */
export const share = z.number().min(0).max(1)
export const flag = z.boolean()
/** Off unless it is switched on. Off is left out, so that saying it changes nothing. */
export const off = z
  .boolean()
  .optional()
  .transform((on) => on || undefined)

const shapeForm = z.union([z.literal('scalar'), count, z.array(count).max(MAXIMUM_AXES)])
/** How other frameworks write that an axis has any size. */
const unknownSizes: readonly unknown[] = [null, -1, 'batch', 'None', 'null', 'N']

/** Sizes along each axis: a size alone is one axis, `scalar` none. */
export const shapeOrScalar = parsed<readonly number[]>(shapeForm, (value, context) => {
  const extents: readonly unknown[] = value === 'scalar' ? [] : Array.isArray(value) ? value : [value]
  if (
    extents.length > MAXIMUM_AXES ||
    !extents.every((extent) => Number.isSafeInteger(extent) && Number(extent) >= 1)
  ) {
    const message = `expected scalar, a size or a shape of at most ${MAXIMUM_AXES} whole numbers from 1`
    const hint = unknownSizes.includes(extents[0])
      ? 'leave the batch axis out: a shape is that of one sample'
      : undefined
    reportIssue(context, value, [], { code: 'wrong-type', message, hint })
    return z.NEVER
  }
  return extents as readonly number[]
})

/** The form of an input, a target or a parameter: its shape, alone or in a mapping beside `more`. */
export function shaped<S extends z.ZodRawShape>(more: S) {
  const full = keys({ shape: shapeOrScalar, ...more })
  return parsed<z.output<typeof full>>(z.union([shapeForm, full]), async (value, context) => {
    if (isMapping(value)) return settled(await full.safeParseAsync(value, reporting), context)
    const result = await full.safeParseAsync({ shape: value }, reporting)
    return settled(result, context, (inner) => inner.slice(1))
  })
}
