import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { serve } from '../support/server.ts'
import { engineScript } from './networks.ts'

/** Hashes by the names of networks and kinds. */
export type Fingerprints = Readonly<Record<string, string>>

/** What a JavaScript runtime prints, as Node does. Rejects where it fails. */
export async function inRuntime(command: string): Promise<Fingerprints> {
  const script = await engineScript('(found) => console.log(JSON.stringify(found))')
  return inFolder(async (folder) => {
    const file = join(folder, 'engine.cjs')
    await writeFile(file, script)
    const child = spawn(command, [file], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
    if (!output) throw new Error(`${command}: ${errors}`)
    return JSON.parse(output) as Fingerprints
  })
}

/** What a browser sends from a page under a strict policy. @param args for a profile folder, those before the page's address. */
export async function inBrowser(command: string, args: (profile: string) => readonly string[]): Promise<Fingerprints> {
  const script = await engineScript("(found) => fetch('/answer', { method: 'POST', body: JSON.stringify(found) })")
  const server = await serve<Fingerprints>((path) => (path === '/page.js' ? script : undefined))
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

async function inFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tapeless-engine-'))
  try {
    return await action(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}
