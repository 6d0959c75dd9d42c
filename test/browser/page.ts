import type { compile, loadNetwork, readSpecText } from '../../src/neutral.ts'
import type { TargetName } from '../../src/base/target.ts'

/** One compilation. */
export interface Case {
  readonly file: string
  readonly target: TargetName
}

/** All that a compilation gives to be written; binaries as numbers. */
export interface Outcome {
  readonly text: string
  /** The files beside the module, by how their names end. */
  readonly beside: Readonly<Record<string, string | readonly number[]>>
  readonly binary?: readonly number[]
}

/** The package as a program imports it. */
interface Tapeless {
  readonly compile: typeof compile
  readonly loadNetwork: typeof loadNetwork
  readonly readSpecText: typeof readSpecText
}

export async function outcomeOf(
  { compile, loadNetwork, readSpecText }: Tapeless,
  { file, target }: Case,
  readFile: (path: string) => Promise<string>,
): Promise<Outcome> {
  const network = await loadNetwork(readSpecText({ file, text: await readFile(file) }, { readFile }))
  const { text, beside, binary } = await compile(network, file, { target })
  const files = Object.entries(beside).map(([suffix, contents]) => [
    suffix,
    typeof contents === 'string' ? contents : [...contents],
  ])
  return { text, beside: Object.fromEntries(files) as Outcome['beside'], ...(binary ? { binary: [...binary] } : {}) }
}

/** In a page: compiles what its server asks for, and sends back what came out, or the error's text. */
export async function run(tapeless: Tapeless): Promise<void> {
  const fetched = async (path: string) => {
    const response = await fetch(path)
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return response
  }
  const readFile = async (path: string) => (await fetched(`/files/${path}`)).text()
  const answer = await (async () => {
    const outcomes: Outcome[] = []
    for (const one of (await (await fetched('/cases')).json()) as Case[])
      outcomes.push(await outcomeOf(tapeless, one, readFile))
    return outcomes
  })().catch((error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)))
  await fetch('/answer', { method: 'POST', body: JSON.stringify(answer) })
}
