import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { answering, inBrowser, inFolder } from '../support/page.ts'
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

/** What a browser finds in a page. @param args as `inBrowser` has them. */
export async function inPage(command: string, args: (profile: string) => readonly string[]): Promise<Fingerprints> {
  return inBrowser(await engineScript(`(found) => ${answering('found')}`), command, args)
}
