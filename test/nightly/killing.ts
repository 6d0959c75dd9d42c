import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, watch } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { randomUniform } from '../../src/runtime/random.ts'

/*
 * `generate`, killed at random moments while it replaces three modules by others, and beside another that isn't.
 */

export interface Campaign {
  /** How many commands are killed. */
  readonly runs: number
  /** How many commands run beside one that is killed. */
  readonly pairs: number
  readonly seed: number
  /** What Node is given before `generate`. */
  readonly command: readonly string[]
}

/** How often something was found after a kill. */
export interface Findings {
  killed: number
  /** The command had ended before. */
  ended: number
  /** All modules were old, new, or some of each. */
  old: number
  fresh: number
  mixed: number
  /** A module was neither. */
  torn: number
  /** A temporary file lay there. */
  littered: number
  /** The next command put everything right: new modules and no temporary files. */
  mended: number
  /** So did one that ran beside the killed one. */
  besides: number
}

const names = ['a', 'b', 'c']

/** Milliseconds in which modules are written, from the first temporary file on. */
const WRITING = 40

/** @param show is told of each kill. */
export async function killGenerates(
  { runs, pairs, seed, command }: Campaign,
  show: (findings: Findings) => void = () => undefined,
): Promise<Findings> {
  const none = { killed: 0, ended: 0, old: 0, fresh: 0, mixed: 0, torn: 0, littered: 0, mended: 0, besides: 0 }
  const findings: Findings = { ...none }
  const folder = await mkdtemp(join(tmpdir(), 'tapeless-kills-'))
  const out = join(folder, 'generated')
  let draws = 0
  const random = () => randomUniform(seed, 0, draws++)

  const start = (): ChildProcess =>
    spawn(process.execPath, [...command, 'generate'], {
      cwd: folder,
      env: { ...process.env, CI: 'true', XDG_CACHE_HOME: join(folder, '.cache') },
      stdio: 'ignore',
    })
  const run = async (): Promise<boolean> => (await once(start(), 'exit'))[0] === 0
  const specify = (units: number) =>
    Promise.all(
      names.map((name) =>
        writeFile(join(folder, `${name}.net.yaml`), `input: 2\nlayers: [linear: ${units}]\nloss: mse\n`),
      ),
    )
  const modules = () => Promise.all(names.map((name) => readFile(join(out, `${name}.ts`), 'utf8')))
  const isLittered = () => readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.tmp'))

  try {
    const versions: string[][] = []
    let wholeRun = 0
    for (const units of [1, 2]) {
      await specify(units)
      const begin = performance.now()
      if (!(await run())) throw new Error('generate fails without being killed')
      wholeRun = performance.now() - begin
      versions.push(await modules())
    }
    await mkdir(out, { recursive: true })

    /** Ends a command at a random moment of its run or, every other time, while it writes. */
    const kill = async (child: ChildProcess, k: number) => {
      const isOver = once(child, 'exit')
      if (k % 2 === 0) await Promise.race([setTimeout(random() * 1.2 * wholeRun), isOver])
      else await Promise.race([temporaryIn(out).then(() => setTimeout(random() * WRITING)), isOver])
      if (child.exitCode !== null) findings.ended++
      child.kill('SIGKILL')
      await isOver
    }
    for (let k = 0; k < runs + pairs; k++) {
      const [old, fresh] = [versions[(k + 1) % 2]!, versions[k % 2]!]
      await specify(1 + (k % 2))
      const child = start()
      const other = k < runs ? undefined : setTimeout(random() * 200).then(run)
      await kill(child, k)
      findings.killed++
      if (await other) {
        if ((await modules()).every((text, i) => text === fresh[i])) findings.besides++
      } else {
        const found = await modules()
        if (found.every((text, i) => text === old[i])) findings.old++
        else if (found.every((text, i) => text === fresh[i])) findings.fresh++
        else if (found.every((text, i) => text === old[i] || text === fresh[i])) findings.mixed++
        else findings.torn++
      }
      if (isLittered()) findings.littered++
      if ((await run()) && (await modules()).every((text, i) => text === fresh[i]) && !isLittered()) findings.mended++
      show(findings)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  return findings
}

/** Waits for a temporary file in a folder. */
async function temporaryIn(folder: string): Promise<void> {
  const watcher = watch(folder)
  try {
    for (;;) {
      const [, name] = (await once(watcher, 'change')) as [string, string | null]
      if (name?.endsWith('.tmp')) return
    }
  } finally {
    watcher.close()
  }
}
