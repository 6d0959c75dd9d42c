import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve, type BodyOf } from './server.ts'

/** The end of a page's script that hands `answer`, an expression of JSON, to who asked for it. */
export function answering(answer: string): string {
  return `fetch('/answer', { method: 'POST', body: JSON.stringify(${answer}) })`
}

/**
 * What a script answers in a page under a strict policy.
 * @param args for a profile folder, those before the page's address.
 * @param bodyOf what there is besides.
 */
export async function inBrowser<Answer>(
  script: string,
  command: string,
  args: (profile: string) => readonly string[],
  bodyOf: BodyOf = () => undefined,
): Promise<Answer> {
  const server = await serve<Answer>((path) => (path === '/page.js' ? script : bodyOf(path)))
  try {
    return await inFolder(async (profile) => {
      const child = spawn(command, [...args(profile), server.origin], { stdio: 'ignore' })
      const ended = new Promise<never>((_, reject) => {
        child.on('error', reject)
        child.on('exit', (code) => reject(new Error(`${command} ended with ${code}`)))
      })
      try {
        return await Promise.race([server.answer, ended])
      } finally {
        const closed = new Promise((resolve) => child.on('close', resolve))
        child.kill()
        await closed
      }
    })
  } finally {
    server.close()
  }
}

/** Runs an action with a folder that is gone afterwards. */
export async function inFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tapeless-'))
  try {
    return await action(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}
