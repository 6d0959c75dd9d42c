import { join } from 'node:path'
import { run } from '../package/installed.ts'
import { folder } from './project.ts'

export interface Ending {
  readonly printed: string
  /** An error's text; empty where there was none. */
  readonly error: string
}

/** Runs programs one after the other in a process of their own, each in its folder: that takes a tenth of a process for each. */
export async function runPrograms(programs: readonly string[]): Promise<Readonly<Record<string, Ending>>> {
  const { stdout, stderr } = await run(folder, process.execPath, '--input-type=module', '--eval', script(programs))
  const [, answer] = stdout.split('\0')
  if (answer === undefined) throw new Error(`a program ended the process\n${stdout}${stderr}`)
  return JSON.parse(answer) as Readonly<Record<string, Ending>>
}

const script = (programs: readonly string[]): string => `
const endings = {}
const write = process.stdout.write.bind(process.stdout)
for (const program of ${JSON.stringify(programs.map((program) => join(folder, program)))}) {
  let [printed, error] = ['', '']
  process.stdout.write = (text) => ((printed += text), true)
  process.chdir(program.slice(0, program.lastIndexOf('/')))
  await import(program).catch((thrown) => (error = String(thrown.stack)))
  endings[program.slice(${folder.length + 1})] = { printed, error }
}
write('\\0' + JSON.stringify(endings))`
