import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { chromium as engine } from 'playwright-core'
import { chromium, chromiumArguments } from '../support/browser.ts'

/*
 * Programs of a project: those that end, and those that serve pages until they are ended.
 */

/** As on a server for continuous integration. The last two are Yarn's: where packages lie, and that a lock file may be written. */
const env = {
  ...process.env,
  ...{ CI: 'true', NO_COLOR: '1' },
  ...{ YARN_NODE_LINKER: 'node-modules', YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' },
}

/** How long a server may take to say where it serves, and a page to show what it should, in milliseconds. */
const PATIENCE = 120_000

/** Runs a program to its end. @returns what it printed. Error: its status is another than 0. */
export function run(folder: string, file: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(file, words, { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${[file, ...words].join(' ')} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

/** Runs a program that serves pages, while `action` is told where. Error: it ends, or doesn't tell. */
export async function serve(
  folder: string,
  [file, ...words]: readonly [string, ...string[]],
  action: (url: string) => Promise<void>,
): Promise<void> {
  // In a group of its own, as what package managers start would outlive them.
  const server = spawn(file, words, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    let told = ''
    const url = await new Promise<string>((resolve, reject) => {
      const take = (part: Buffer) => {
        told += part.toString()
        const [found] = /http:\/\/localhost:\d+/.exec(told) ?? []
        if (found) resolve(found)
      }
      server.stdout.on('data', take)
      server.stderr.on('data', take)
      server.once('exit', () => reject(new Error(`${words.join(' ')} ended\n${told}`)))
      void setTimeout(PATIENCE, undefined, { ref: false }).then(() => reject(new Error(`no address\n${told}`)))
    })
    await action(url)
  } finally {
    const ended = once(server, 'exit')
    if (server.exitCode === null) {
      process.kill(-server.pid!)
      await ended
    }
  }
}

/** Opens a page, and waits until it shows a text. Error: it doesn't, or the browser reports an error. */
export async function look(url: string, text: RegExp): Promise<void> {
  const browser = await engine.launch({ executablePath: chromium, args: [...chromiumArguments] })
  try {
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    await page.goto(url, { timeout: PATIENCE })
    await page.getByText(text).first().waitFor({ timeout: PATIENCE })
    if (errors.length > 0) throw new Error(`${url}: ${errors.join('\n')}`)
  } finally {
    await browser.close()
  }
}
