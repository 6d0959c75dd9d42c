import { Command, Option } from 'commander'

/** What `init` may write, and where it runs. */
const templates = ['node']

/** `tapeless init`: its words and help. */
export function initCommand(): Command {
  return new Command('init')
    .description('write a first network, a script that trains it, and what a project needs around them')
    .argument('[folder]', 'where they go; it need not be there yet', '.')
    .addOption(new Option('--template <name>', 'where it is to run').choices(templates).default('node'))
    .addHelpText(
      'after',
      `
Nothing is asked, and nothing that is there is changed: what was left as it is, is told.

  xor.net.yaml      the network, a spec that an editor checks and completes
  train.ts          trains it, and predicts
  package.json      npm start, which generates the module and runs the script
  tsconfig.json     TypeScript's settings, 5.4 or later
  .gitignore, .gitattributes, .prettierignore

Examples:
  tapeless init                in this folder
  tapeless init my-network     in a new one; then: cd my-network && npm install && npm start`,
    )
    .action(async (folder: string, { template }: { template: string }) => {
      const { init } = await import('./init.ts')
      // Beside the sources, and in a package beside what is built of them.
      await init(folder, template, new URL('../../templates/init/', import.meta.url))
    })
}
