import { rm } from 'node:fs/promises'
import { configurations, messages, newProject, versionOf } from './project.ts'

/*
 * Whether modules, and what uses them, compile under other versions of TypeScript: `npx jiti test/compilers/others.ts path/to/tsc …`.
 */

const folder = await newProject()
for (const tsc of process.argv.slice(2)) {
  const version = await versionOf(tsc)
  for (const configuration of configurations) {
    const said = await messages(folder, tsc, configuration)
    console.log(`TypeScript ${version}, ${configuration.name}: ${said === '' ? 'compiles' : `FAILS\n${said}`}`)
    if (said !== '') process.exitCode = 1
  }
}
await rm(folder, { recursive: true })
