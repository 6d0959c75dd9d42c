import { FileError, reasonOf } from '../host/fileError.ts'
import { endWith, failureOf } from './exit.ts'

const streams = { 'standard output': process.stdout, 'standard error': process.stderr }

/**
 * Has the command say, and end so, that what it prints can't be written, as on a full disk. Whoever has read enough, such as `head`, ends
 * nothing: the files are what the command is for.
 */
export function guardStreams(): void {
  for (const [name, stream] of Object.entries(streams))
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return
      const { status, text } = failureOf(new FileError('write', name, reasonOf(error, 'write')))
      if (stream !== process.stderr) process.stderr.write(`${text}\n`)
      endWith(status)
    })
}
