/** The class of the largest logit of each row of as many logits as there are classes. */
export function largestOf(logits: Float32Array, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes)
    return row.indexOf(Math.max(...row))
  })
}

/** How many of the guesses are right, in percent. */
export function percentRight(guesses: readonly number[], labels: ArrayLike<number>): string {
  const right = guesses.filter((guess, i) => guess === labels[i]).length
  return `${((100 * right) / guesses.length).toFixed(1)} %`
}
