#!/usr/bin/env node
import module from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { Command, CommanderError } from 'commander'
import { built } from '../emit/built.ts'
import { FileError } from '../host/files.ts'
import { exit, UsageError } from './exit.ts'
import { generateCommand } from './command.ts'

// From Node 22 on: TypeScript and prettier, which are loaded later, are compiled once and not each time.
;(module as { enableCompileCache?: () => unknown }).enableCompileCache?.()

// A command is over before most of what the engine would optimise has run often enough to gain by it.
setFlagsFromString('--interrupt-budget=1000000')

const program = new Command('tapeless')
  .description('A symbolic derivative compiler for neural networks: a spec in, one standalone TypeScript trainer out.')
  .version(built.version)
  .addCommand(generateCommand())
  .addHelpText('after', '\nExit status: 0 done, 1 the input is wrong, 2 used wrongly, 3 a fault of tapeless.')

for (const command of [program, ...program.commands]) command.exitOverride()

try {
  process.exitCode = exit.done
  await program.parseAsync()
} catch (error) {
  process.exitCode = statusOf(error)
}

/** Reports an error that no command has reported, and says what it means for the exit status. */
function statusOf(error: unknown): number {
  // Commander has printed its own messages, help among them.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.wrongUse
  if (error instanceof UsageError || error instanceof FileError) {
    process.stderr.write(`tapeless: ${error.message}\n`)
    return exit.wrongUse
  }
  process.stderr.write(`tapeless: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return exit.fault
}
