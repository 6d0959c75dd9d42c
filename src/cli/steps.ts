import { pace } from './pace.ts'

/** What is under way, in one line on standard error: of a terminal always the latest, of a log a line now and then. */
export interface Steps {
  /** @param fraction how much of it is done, where that is known. */
  readonly show: (what: string, fraction?: number) => void
  readonly stop: () => void
}

/** Milliseconds from one showing to the next, and before the first. */
const every = { terminal: 100, log: 1000 } as const

export function steps(): Steps {
  const { isTTY, columns } = process.stderr
  const isDue = pace(isTTY ? every.terminal : every.log)
  let isShown = false
  return {
    show: (what, fraction) => {
      if (!isDue()) return
      const line = fraction === undefined ? what : `${what}, ${Math.round(100 * fraction)} %`
      process.stderr.write(isTTY ? `\r\u001b[K${[...line].slice(0, columns - 1).join('')}` : `${line}\n`)
      isShown = true
    },
    stop: () => {
      if (isTTY && isShown) process.stderr.write('\r\u001b[K')
      isShown = false
    },
  }
}
