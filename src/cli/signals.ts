/**
 * The signals that ask a command to end, and what shells call the status of one that they have ended: 128 and the signal's number. Not
 * SIGHUP, since a listener would undo nohup.
 */
const statuses = { SIGINT: 130, SIGTERM: 143 } as const

/** Has the command end in order: what has begun something that must not stay undoes it when the process exits. */
export function endOnSignals(): void {
  for (const [signal, status] of Object.entries(statuses)) process.once(signal, () => process.exit(status))
}
