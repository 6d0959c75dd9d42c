/** What a module reports of an epoch. */
export interface EpochReport {
  /** From 0. */
  readonly epoch: number
  readonly loss: number
  readonly learningRate: number
  readonly validationLoss?: number
  readonly metrics?: Readonly<Record<string, number>>
  readonly validationMetrics?: Readonly<Record<string, number>>
  readonly stopped?: true
}

/** Curves of a training by name, a number for each epoch: `loss`, `validation loss`, and metrics likewise. */
export type History = Readonly<Record<string, readonly number[]>>

/** A report's numbers by the names that curves have. */
export function numbersOf(report: EpochReport): Record<string, number> {
  const { loss, validationLoss, metrics = {}, validationMetrics = {} } = report
  return {
    loss,
    ...(validationLoss === undefined ? {} : { 'validation loss': validationLoss }),
    ...metrics,
    ...Object.fromEntries(Object.entries(validationMetrics).map(([name, value]) => [`validation ${name}`, value])),
  }
}

/** The curves with one more epoch. */
export function extend(history: Record<string, number[]>, report: EpochReport): void {
  for (const [name, value] of Object.entries(numbersOf(report))) (history[name] ??= []).push(value)
}
