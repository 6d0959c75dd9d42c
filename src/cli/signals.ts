/**
 * The signals that ask a command to end, and what shells call the status of one that they have ended: 128 and the signal's number. Not
 * SIGHUP, since a listener would undo nohup.
 */
const statuses = { SIGINT: 130, SIGTERM: 143 } as const

/** What comes in place of the end, once. */
let first: ((status: number) => void) | undefined

/** Has the command end in order: what has begun something that must not stay undoes it when the process exits. */
export function endOnSignals(): void {
  for (const [signal, status] of Object.entries(statuses))
    process.on(signal, () => {
      const act = first ?? process.exit
      first = undefined
      act(status)
    })
}

/** Has the next signal call `action` with its status, in place of ending the command; one after that ends it at once. */
export function onNextSignal(action: (status: number) => void): void {
  first = action
}
