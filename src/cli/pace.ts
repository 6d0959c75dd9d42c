/**
 * Tells whether it is time again: whether so many milliseconds have passed since it last said so.
 * @param isAtOnce whether it is time at first; else it is after as many milliseconds.
 */
export function pace(milliseconds: number, isAtOnce = false): () => boolean {
  let last = isAtOnce ? -Infinity : performance.now()
  return () => {
    if (performance.now() - last < milliseconds) return false
    last = performance.now()
    return true
  }
}
