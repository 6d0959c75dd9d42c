import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** The examples, each a program and a module. */
export const programs = [
  'notebook',
  'toy',
  'xor',
  'spirals',
  'fixup',
  'digits',
  'characters',
  'characters-lstm',
  'burgers',
  'oscillator',
  'cartpole',
  'vae',
  'gan',
  'siamese',
  'typos',
]

/** What `npx jiti examples/<name>.ts` prints, by lines. */
export async function runExample(name: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['node_modules/jiti/lib/jiti-cli.mjs', `examples/${name}.ts`],
    { cwd: root },
  )
  return stdout.trimEnd().split('\n')
}
