#!/usr/bin/env node
import module from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { Command, CommanderError } from 'commander'
import { built } from '../emit/built.ts'
import { generateCommand } from './command.ts'
import { endWith, exit, failureOf } from './exit.ts'
import { explainCommand } from './explainCommand.ts'
import { initCommand } from './initCommand.ts'
import { endOnSignals } from './signals.ts'
import { guardStreams } from './streams.ts'
import { trainCommand } from './trainCommand.ts'
import { verifyCommand } from './verifyCommand.ts'

// From Node 22 on: TypeScript and prettier, which are loaded later, are compiled once and not each time.
;(module as { enableCompileCache?: () => unknown }).enableCompileCache?.()

// A command is over before most of what the engine would optimise has run often enough to gain by it.
setFlagsFromString('--interrupt-budget=1000000')

const program = new Command('tapeless')
  .description('A symbolic derivative compiler for neural networks: a spec in, one standalone TypeScript trainer out.')
  .version(built.version)
  .addCommand(generateCommand())
  .addCommand(explainCommand())
  .addCommand(verifyCommand())
  .addCommand(trainCommand())
  .addCommand(initCommand())
  .addHelpText(
    'after',
    '\nExit status: 0 done, 1 the input is wrong, 2 used wrongly, 3 a fault of tapeless, 130 after Ctrl-C,\n143 after SIGTERM.',
  )

for (const command of [program, ...program.commands]) command.exitOverride()

endOnSignals()
guardStreams()

try {
  await program.parseAsync()
} catch (error) {
  endWith(statusOf(error))
}

/** Reports an error that no command has reported, and says what it means for the exit status. */
function statusOf(error: unknown): number {
  // Commander has printed its own messages, help among them.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.wrongUse
  const { status, text } = failureOf(error)
  process.stderr.write(`${text}\n`)
  return status
}
