import { getSystemErrorMap } from 'node:util'

/** What can be tried with a file or a folder, as a message says it. */
export type Attempt = 'read' | 'write' | 'remove' | 'list'

/** What was tried with a file can't be done, for a reason that lies outside: a folder is in its place, a right is missing. */
export class FileError extends Error {
  override name = 'FileError'
  readonly why: string
  /** The system's, where it has one for the reason. */
  readonly code: string | undefined

  constructor(attempt: Attempt, path: string, why: string, code?: string) {
    super(`can't ${attempt} ${path}: ${why}`)
    this.why = why
    this.code = code
  }
}

/** Such reasons, by the system's codes; those of other codes are told in the system's words. */
const reasons: Readonly<Record<string, string | Readonly<Record<Attempt, string>>>> = {
  EISDIR: 'a folder is there',
  ENOTDIR: 'it would lie in what is no folder',
  EEXIST: 'what is in the place of its folder is none, or a link to none',
  ENOENT: {
    read: 'there is no such file',
    write: 'no folder can be made there',
    remove: 'there is no such file',
    list: 'there is no such folder',
  },
  ELOOP: 'links there lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EACCES: 'the right to is missing',
  EPERM: 'the right to is missing',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
}

/** Whether an error is the system's answer; all others are faults. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === 'number'
}

/** The system's answer in words. */
export function reasonOf(error: NodeJS.ErrnoException, attempt: Attempt): string {
  const { code = '', errno = 0, message } = error
  const reason = reasons[code] ?? getSystemErrorMap().get(errno)?.[1] ?? message
  return typeof reason === 'string' ? reason : reason[attempt]
}

/**
 * Does something with the file or folder at `path`: the one way in which that fails.
 * @throws FileError where the system refuses it.
 */
export async function reported<T>(attempt: Attempt, path: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new FileError(attempt, path, reasonOf(error, attempt), error.code)
  }
}
