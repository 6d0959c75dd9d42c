import { readdir } from 'node:fs/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { addFiles, folderWith, removeFolders } from '../package/installed.ts'
import { command, program } from './tapeless.ts'

afterAll(removeFolders)

/** At a terminal of its own: runs a command, sends a signal or a key once it has shown something, and prints what came of it. */
const terminal = `
import json, os, pty, signal, sys
how, mark, words = sys.argv[1], sys.argv[2].encode(), sys.argv[3:]
pid, screen = pty.fork()
if pid == 0: os.execvp(words[0], words)
shown, sent = b'', False
while True:
    try: part = os.read(screen, 65536)
    except OSError: break
    if not part: break
    shown += part
    if not sent and mark in shown:
        sent = True
        if how == 'key': os.write(screen, b'\\x03')
        else: os.kill(pid, getattr(signal, how))
print(json.dumps({ 'status': os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 'shown': shown.decode() }))
`

const spec = 'input: 64\nlayers: [linear: 64, relu, linear: 64, relu, linear: 64]\nloss: mse\n'
/** A case's name, how the command is asked, its status, its words, after what it has shown, and the files that it leaves. */
type Case = [string, string, number, string[], string, string[]]

const hidesCursor = '\x1b[?25l'
const hasPython = (await program('.', 'python3', '-c', 'import pty')).status === 0

describe.runIf(hasPython)('a command that is asked to end', () => {
  const cases: Case[] = [
    ['by Ctrl-C', 'key', 130, ['generate'], hidesCursor, []],
    ['by SIGTERM', 'SIGTERM', 143, ['generate'], hidesCursor, []],
    ['by Ctrl-C while it watches', 'key', 130, ['generate', '--watch', 'a.net.yaml'], 'Ctrl-C ends it', ['generated']],
  ]
  test.each(cases)('%s leaves whole files and the terminal as it was', async (_, how, status, words, mark, left) => {
    const folder = await folderWith({ 'terminal.py': terminal })
    await addFiles(folder, Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.net.yaml`, spec])))
    const run = ['terminal.py', how, mark, process.execPath, ...command, ...words]
    const { stdout, stderr } = await program(folder, 'python3', ...run)
    const { status: ended, shown } = JSON.parse(stdout) as { status: number; shown: string }
    expect([ended, stderr]).toEqual([status, ''])
    // Cursor and line wrap, hidden and off, then again as they were.
    for (const mode of ['?25', '?7']) {
      expect(shown.lastIndexOf(`\x1b[${mode}h`)).toBeGreaterThan(shown.lastIndexOf(`\x1b[${mode}l`))
      expect(shown).toContain(`\x1b[${mode}l`)
    }
    const others = (await readdir(folder)).filter((name) => !/\.net\.|^\./.test(name))
    expect(others.sort()).toEqual([...left, 'terminal.py'])
  })
})
