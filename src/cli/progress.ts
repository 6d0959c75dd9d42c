import { Presets, SingleBar } from 'cli-progress'
import { pace } from './pace.ts'

export interface Progress {
  /** One more step begins; `what` is shown. */
  readonly advance: (what: string) => void
  /** Takes it off the terminal until the next step, so that something else can be written there. */
  readonly clear: () => void
  readonly stop: () => void
}

/** That of what is over before anybody would look. */
export const noProgress: Progress = { advance: () => undefined, clear: () => undefined, stop: () => undefined }

/** Milliseconds from one line of a log to the next, and before the first. */
const patience = 1000

/** On standard error, a bar if that is a terminal; else a line now and then, as a step begins. */
export function progress(steps: number): Progress {
  return process.stderr.isTTY ? bar(steps) : log()
}

/** Hides the cursor and cuts lines at the terminal's edge, until it is stopped or the process exits. */
function bar(steps: number): Progress {
  const bar = new SingleBar(
    { format: '{bar} {value}/{total} {what}', clearOnComplete: true, hideCursor: true },
    Presets.shades_grey,
  )
  const stop = () => {
    process.removeListener('exit', stop)
    bar.stop()
  }
  process.once('exit', stop)
  bar.start(steps, 0, { what: '' })
  return {
    advance: (what) => bar.increment({ what }),
    clear: () => void process.stderr.write('\r\u001b[K'),
    stop,
  }
}

function log(): Progress {
  const isDue = pace(patience)
  return {
    advance: (what) => {
      if (isDue()) process.stderr.write(`${what}\n`)
    },
    clear: () => undefined,
    stop: () => undefined,
  }
}
