/*
 * The largest spec. Reading one takes bounded time and memory, whatever its text.
 */

export const MAXIMUM_BYTES = 1_000_000

/** The deepest nesting of mappings and lists, and of parentheses, calls and choices in a formula. */
export const MAXIMUM_NESTING = 64
export const nestingMessage = `nesting over ${MAXIMUM_NESTING} levels`

/** The most tokens of YAML, without blanks and comments: a thousand layers have some ten thousand. */
export const MAXIMUM_TOKENS = 100_000

/** Values that aliases may repeat, so that a few lines can't stand for billions. */
export const MAXIMUM_REPEATED = 10_000

export const MAXIMUM_FORMULA_LENGTH = 4_000

export const MAXIMUM_AXES = 8

/** The size of any one tensor for a whole batch, and of all parameters with their gradients and optimizer states. */
export const MAXIMUM_MODULE_BYTES = 2 ** 31
