/** The process of one JavaScript contender, `child.js <id>`: answers the requests of protocol.ts. */
import { createInterface } from 'node:readline'
import { contenders } from './contenders.ts'
import { Unsupported, type Prepare } from './contenders/contract.ts'
import { decode, type Answer, type Request } from './protocol.ts'
import { Runner } from './runner.ts'

const id = process.argv[2]
const contender = contenders.find((row) => row.id === id)
if (!contender || !('load' in contender)) throw new Error(`no JavaScript contender is called ${id}`)

// Frameworks greet on standard output, which is the protocol's.
console.log = console.info = console.error

let runner: Runner | undefined

async function answer(request: Request, load: () => Promise<Prepare>): Promise<Answer> {
  if ('prepare' in request) {
    const prepare = await load()
    const fresh = new Runner(await prepare(request.prepare), request.prepare.batches.length)
    runner = fresh
    return { losses: Array.from({ length: request.check }, () => fresh.run(1)) }
  }
  if (!runner) throw new Error('steps before a problem')
  return 'steps' in request ? runner.steps(request.steps) : runner.burst(request.burst)
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(decode(line), contender.load).catch((error: unknown): Answer => {
    if (error instanceof Unsupported) return { unsupported: error.message }
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  })
  process.stdout.write(JSON.stringify(reply) + '\n')
}
