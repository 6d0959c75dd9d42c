import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Contender } from './contenders.ts'
import type { Problem } from './contenders/contract.ts'
import { benchFolder, cacheFolder } from './paths.ts'
import { encode, type Answer, type Request } from './protocol.ts'
import type { Burst } from './runner.ts'

/** A contender in its own process, asked one thing at a time. It is idle in between. */
export class ContenderProcess {
  readonly contender: Contender
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  readonly #gone: Promise<unknown>
  #complaints = ''

  constructor(contender: Contender) {
    this.contender = contender
    const [program, ...options] = commandLine(contender)
    this.#child = spawn(program, options, {
      cwd: benchFolder,
      env: { ...process.env, ...('environment' in contender ? contender.environment : {}) },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#gone = once(this.#child, 'exit')
    this.#child.stderr.on('data', (text) => (this.#complaints += String(text)))
    // A child that is gone shows as the end of its answers, with its complaints.
    this.#child.stdin.on('error', () => undefined)
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /**
   * Returns the losses of the first `check` steps, or the reason why the contender can't express the problem.
   * @throws Error if the contender fails
   */
  async prepare(problem: Problem, check: number): Promise<number[] | { unsupported: string }> {
    const answer = await this.#ask({ prepare: problem, check })
    return 'unsupported' in answer ? answer : (answer as { losses: number[] }).losses
  }

  /** @throws Error if the contender fails or its training has diverged */
  steps(count: number): Promise<Burst> {
    return this.#burst({ steps: count })
  }

  /** @throws Error if the contender fails or its training has diverged */
  burst(milliseconds: number): Promise<Burst> {
    return this.#burst({ burst: milliseconds })
  }

  /** Resolves when the process is gone, so that its end doesn't slow who comes next. */
  async close(): Promise<void> {
    this.#child.stdin.end()
    await this.#gone
  }

  async #burst(request: Request): Promise<Burst> {
    const burst = (await this.#ask(request)) as Burst
    // JSON has no NaN: it arrives as null.
    if (!Number.isFinite(burst.loss)) throw new Error(`${this.contender.title}: the loss is no longer finite`)
    return burst
  }

  async #ask(request: Request): Promise<Answer> {
    this.#child.stdin.write(encode(request) + '\n')
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`${this.contender.title} has ended:\n${this.#complaints}`)
    const answer = JSON.parse(value) as Answer
    if ('error' in answer) throw new Error(`${this.contender.title}: ${answer.error}`)
    return answer
  }
}

function commandLine(contender: Contender): [string, ...string[]] {
  if ('command' in contender) return contender.command
  const child = fileURLToPath(new URL('child.js', cacheFolder))
  return [process.execPath, ...(contender.flags ?? []), child, contender.id]
}
