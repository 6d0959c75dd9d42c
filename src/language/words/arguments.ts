import { z } from 'zod'
import { MAXIMUM_AXES } from '../text/limits.ts'
import { isMapping, keys, reportIssue } from './word.ts'

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

/** Sizes along each axis: a size alone is one axis, `scalar` none. */
export const shapeOrScalar = z.unknown().transform((value, context): readonly number[] => {
  const extents: readonly unknown[] = value === 'scalar' ? [] : Array.isArray(value) ? value : [value]
  if (
    extents.length > MAXIMUM_AXES ||
    !extents.every((extent) => Number.isSafeInteger(extent) && Number(extent) >= 1)
  ) {
    const message = `expected scalar, a size or a shape of at most ${MAXIMUM_AXES} whole numbers from 1`
    reportIssue(context, value, [], message, { code: 'wrong-type' })
    return z.NEVER
  }
  return extents as readonly number[]
}) as z.ZodType<readonly number[], 'scalar' | number | readonly number[]>

/** What an input, a target or a parameter may be: its shape, alone or in a mapping beside `more`. */
export function shaped<S extends z.ZodRawShape>(more: S) {
  const full = keys({ shape: shapeOrScalar, ...more })
  type Full = z.output<typeof full>
  return z.unknown().transform(async (value, context): Promise<Full> => {
    const result = await full.safeParseAsync(isMapping(value) ? value : { shape: value }, { reportInput: true })
    for (const issue of result.error?.issues ?? [])
      context.issues.push({
        ...issue,
        path: isMapping(value) ? issue.path : issue.path.slice(1),
      } as z.core.$ZodRawIssue)
    return result.success ? result.data : z.NEVER
  }) as unknown as z.ZodType<Full, 'scalar' | number | readonly number[] | z.input<typeof full>>
}
