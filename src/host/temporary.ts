import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/*
 * Temporary files, each of one process. Their names say which it is, so that others remove what it has left once it is dead, and nothing
 * before: a process by its number, when it started, as numbers come again, and where it runs, as other machines have numbers of their own.
 */

/** Milliseconds after which a temporary file is nobody's: writing takes seconds. */
const ABANDONED = 3_600_000

const pattern = /\.tapeless-(?<place>[0-9a-f]{8})-(?<pid>\d+)-(?<start>\d*)-\d+\.tmp$/

let count = 0

/** A new name beside `path`. */
export function temporaryName(path: string): string {
  return `${path}.tapeless-${place()}-${process.pid}-${startOf(process.pid) ?? ''}-${count++}.tmp`
}

/** Removes from a folder the temporary files of processes that are dead. What can't be removed stays. */
export function sweep(folder: string): void {
  try {
    for (const name of readdirSync(folder)) if (isAbandoned(folder, name)) rmSync(join(folder, name), { force: true })
  } catch {
    // There is no such folder, or no right to: whoever needs it will say so.
  }
}

function isAbandoned(folder: string, name: string): boolean {
  const named = pattern.exec(name)?.groups
  if (!named) return false
  if (named.place === place() && !isAlive(Number(named.pid), named.start!)) return true
  const found = statSync(join(folder, name), { throwIfNoEntry: false })
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED
}

/** Where process numbers mean the same: a machine, and on it a container. */
function place(): string {
  return createHash('sha256').update(`${hostname()} ${namespaceOfProcesses()}`).digest('hex').slice(0, 8)
}

function namespaceOfProcesses(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

function isAlive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Of another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const known = startOf(pid)
  return known === undefined || start === '' || known === start
}

/**
 * When a process started, in ticks since the machine did: where Linux tells it (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
 * One that has ended, and that nobody has asked for, has no start.
 */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name, in parentheses, may hold anything. The third field follows it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? '0' : fields[22 - 3]
  } catch {
    return undefined
  }
}
