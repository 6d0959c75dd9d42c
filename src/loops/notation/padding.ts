/** The batch is padded to a multiple of this, for batch loops that overrun. */
export const batchMultiple = 4

/** Whether a loop in steps of `step` over any n ≤ batch stays within the rows that are allocated for a full batch. */
export function staysInPadding(step: number, batch: number): boolean {
  return (
    batchMultiple % step === 0 || (step % batchMultiple === 0 && Math.ceil(batch / step) * step <= capacityOf(batch))
  )
}

/** The rows that a batched activation, input or target has. */
export function capacityOf(batch: number): number {
  return Math.ceil(batch / batchMultiple) * batchMultiple
}
