/**
 * The second thread of a TypeScript spec's process: after some milliseconds it writes where the first one is, and ends the process.
 */
import { writeFileSync } from 'node:fs'
import { Session, type Debugger } from 'node:inspector'
import { isAbsolute } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'
import { workerData } from 'node:worker_threads'
import type { Outcome } from './specOutcome.ts'
import { placeOf, type Frame } from './specPlaces.ts'

export interface Watch {
  /** The spec. */
  readonly path: string
  /** Milliseconds. */
  readonly timeout: number
  /** Not 0 once one of the two threads ends the process. */
  readonly ending: Int32Array
}

/** Milliseconds for the first thread to stop where it is: one that waits for the system doesn't. */
const PATIENCE = 5000

const { path, timeout, ending } = workerData as Watch
await setTimeout(timeout)
const frames = await Promise.race([pause(), setTimeout(PATIENCE, [])])
if (Atomics.exchange(ending, 0, 1) === 0) {
  const { position, elsewhere } = await placeOf(frames, path)
  const late: Outcome = { late: elsewhere, ...(position ? { position } : {}) }
  writeFileSync(3, serialize(late))
  process.kill(process.pid, 'SIGKILL')
}

/** Stops the first thread, whatever it does. @returns the calls that it is in. */
function pause(): Promise<Frame[]> {
  const session = new Session()
  session.connectToMainThread()
  const files = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) =>
    files.set(scriptId, url.startsWith('file:') ? fileURLToPath(url) : url),
  )
  const frameOf = ({ location: { scriptId, lineNumber, columnNumber = 0 } }: Debugger.CallFrame): Frame => ({
    file: files.get(scriptId) ?? '',
    line: lineNumber + 1,
    column: columnNumber + 1,
  })
  return new Promise((resolve) => {
    session.on('Debugger.paused', ({ params: { callFrames } }) =>
      resolve(callFrames.map(frameOf).filter(({ file }) => isAbsolute(file))),
    )
    session.post('Debugger.enable', () => session.post('Debugger.pause'))
  })
}
