import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  /** One more step begins; `what` is shown. */
  readonly advance: (what: string) => void
  readonly stop: () => void
}

/** Milliseconds up to which a log shows nothing. */
const patience = 1000

/** On standard error, a bar if that is a terminal; else, of what takes long, a line as each step begins. */
export function progress(steps: number): Progress {
  return process.stderr.isTTY ? bar(steps) : log()
}

function bar(steps: number): Progress {
  const bar = new SingleBar(
    { format: '{bar} {value}/{total} {what}', clearOnComplete: true, hideCursor: true },
    Presets.shades_grey,
  )
  bar.start(steps, 0, { what: '' })
  return { advance: (what) => bar.increment({ what }), stop: () => bar.stop() }
}

function log(): Progress {
  const begin = performance.now()
  return {
    advance: (what) => {
      if (performance.now() - begin > patience) process.stderr.write(`${what}\n`)
    },
    stop: () => undefined,
  }
}
