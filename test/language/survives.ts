import fc from 'fast-check'
import { SpecError } from '../../src/base/errors.ts'
import { compile } from '../../src/compile.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { mutants } from './mutants/mutants.ts'
import { functions } from './mutants/originals.ts'

/*
 * Any text for a spec: what comes is a module, or what is wrong, where.
 */

/** What a run over many specs has seen. */
export interface Tally {
  specs: number
  refused: number
  /** The longest time of the processor for a spec, in seconds, of all threads together. */
  longest: number
}

/** In seconds of the processor. */
const LONGEST = 10

/**
 * Any mutant, through the whole compiler.
 * @param see is given each module, and each spec with the seconds that it took.
 */
export function compilesOrIsRefused(
  tally: Tally,
  see: { readonly module?: (text: string) => void; readonly spec?: (text: string, seconds: number) => void } = {},
): fc.IAsyncProperty<[string]> {
  return fc.asyncProperty(mutants, async (text) => {
    tally.specs++
    const before = process.cpuUsage()
    const module = await outcome(text)
    const { user, system } = process.cpuUsage(before)
    const seconds = (user + system) / 1e6
    tally.longest = Math.max(tally.longest, seconds)
    see.spec?.(text, seconds)
    if (module === undefined) tally.refused++
    else see.module?.(module)
    if (seconds > LONGEST) throw new Error(`it takes ${seconds} s`)
  })
}

/** The module's text; undefined where the spec is refused. Error: a diagnostic without a place. */
async function outcome(text: string): Promise<string | undefined> {
  const file = 'specs/mutant.net.yaml'
  try {
    const network = await loadNetwork(readSpecText({ file, text }, { readFile }))
    return (await compile(network, file)).text
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    if (error.diagnostics.length === 0) throw new Error('a spec is refused for nothing')
    for (const { file: where, line, column, length, message } of error.diagnostics) {
      const source = error.sources.find((source) => source.file === where)
      const found = source?.text.split(/\r\n|\r|\n/)[line - 1]
      // A line's end is a place too.
      const isPlace = found !== undefined && column >= 1 && column <= found.length + 1 && length >= 1
      if (!isPlace || message.trim() === '')
        throw new Error(`no place or no words: ${where}:${line}:${column}: ${message}`, { cause: error })
    }
    return undefined
  }
}

async function readFile(path: string): Promise<string> {
  if (path === 'specs/swish.ts') return Promise.resolve(functions)
  throw new Error(`there is no ${path}`)
}
