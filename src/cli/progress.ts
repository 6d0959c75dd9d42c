import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  /** One more step begins; `what` is shown beside the bar. */
  readonly advance: (what: string) => void
  readonly stop: () => void
}

/** A bar on standard error while it is a terminal; nothing elsewhere. */
export function progress(steps: number): Progress {
  if (!process.stderr.isTTY) return { advance: () => undefined, stop: () => undefined }
  const bar = new SingleBar(
    { format: '{bar} {value}/{total} {what}', clearOnComplete: true, hideCursor: true },
    Presets.shades_grey,
  )
  bar.start(steps, 0, { what: '' })
  return { advance: (what) => bar.increment({ what }), stop: () => bar.stop() }
}
