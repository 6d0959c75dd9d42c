import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { generateCommand } from '../../src/cli/command.ts'
import { explainCommand } from '../../src/cli/explainCommand.ts'
import { initCommand } from '../../src/cli/initCommand.ts'
import { trainCommand } from '../../src/cli/trainCommand.ts'
import { verifyCommand } from '../../src/cli/verifyCommand.ts'
import { root } from '../package/installed.ts'

const ours = [generateCommand, explainCommand, verifyCommand, trainCommand, initCommand]
const scriptsOf = (file: string) => (JSON.parse(readFileSync(join(root, file), 'utf8')) as { scripts: object }).scripts
const scripts = { ...scriptsOf('package.json'), ...scriptsOf('bench/package.json') }

/** What pages have readers run besides. */
const others = new Set([
  ...['npm install', 'npm ci', 'npm init', 'npm pack', 'npm start', 'npm test', 'npm create'],
  ...['npx jiti', 'npx tsc', 'npx vite', 'npx vitest', 'npx wrangler', 'pnpm add', 'pnpm exec'],
])

/** What is wrong with a line that a page shows for a shell; undefined where it can be run as it stands. */
export function mistakeIn(line: string): string | undefined {
  const parts = line.replace(/ +#.*/, '').split(' && ')
  return parts.map(mistakeInCommand).find((mistake) => mistake !== undefined)
}

function mistakeInCommand(text: string): string | undefined {
  const [program, word, ...words] = text.split(/ +/)
  if (['mkdir', 'cd', 'node'].includes(program!)) return undefined
  if (program === 'npm' && word === 'run') return words[0]! in scripts ? undefined : `no script is called ${words[0]}`
  if (program !== 'npx' || word !== 'tapeless')
    return others.has(`${program} ${word}`) ? undefined : `${program} ${word} is no command that pages have`
  const [name, ...rest] = words
  const command = ours.map((make) => make()).find((one) => one.name() === name)
  return command ? refusal(command, rest) : `tapeless has no command ${name}`
}

/** What a command says of its words before it does anything. */
function refusal(command: Command, words: readonly string[]): string | undefined {
  let said = ''
  command.exitOverride().configureOutput({ writeErr: (text) => (said += text), writeOut: () => undefined })
  try {
    command.action(() => undefined).parse(words, { from: 'user' })
    return undefined
  } catch (error) {
    return words.includes('--help') ? undefined : said || String(error)
  }
}
