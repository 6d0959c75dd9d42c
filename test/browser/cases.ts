import type { compile, loadNetwork, readSpecText } from '../../src/neutral.ts'
import type { TargetName } from '../../src/targets/index.ts'

/** One compilation. */
export interface Case {
  readonly file: string
  readonly target: TargetName
}

/** All that a compilation gives to be written. */
export interface Outcome {
  readonly text: string
  readonly wat: string | undefined
  readonly binary: readonly number[] | undefined
}

/** Compiles a spec by a package, wherever that runs. */
export async function outcomeOf(
  tapeless: {
    readonly compile: typeof compile
    readonly loadNetwork: typeof loadNetwork
    readonly readSpecText: typeof readSpecText
  },
  { file, target }: Case,
  readFile: (path: string) => Promise<string>,
): Promise<Outcome> {
  const source = tapeless.readSpecText({ file, text: await readFile(file) }, { readFile })
  const { text, wat, binary } = await tapeless.compile(await tapeless.loadNetwork(source), file, { target })
  return { text, wat, binary: binary && [...binary] }
}
