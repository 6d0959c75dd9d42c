import { Command, InvalidArgumentError, Option } from 'commander'
import { didYouMean } from '../base/name.ts'
import { templates, type Template } from './templates.ts'

/** `tapeless init`: its words and help. */
export function initCommand(): Command {
  const makes = Object.entries(templates).map(([name, template]) => `  ${name.padEnd(8)} ${template.makes}`)
  return new Command('init')
    .description('write a first network, what trains it, and what a project needs around them')
    .argument('[folder]', 'where they go; it need not be there yet', '.')
    .addOption(
      new Option('--template <name>', `where it is to run: ${Object.keys(templates).join(', ')}`)
        .argParser(templateOf)
        .default(templates['node'], 'node'),
    )
    .addHelpText(
      'after',
      `
Nothing is asked, and nothing that is there is changed: what was left as it is, is told.

Templates:
${makes.join('\n')}

Each has a spec that an editor checks and completes, sources, a package.json, TypeScript's settings for 5.4 or later,
.gitignore, .gitattributes and .prettierignore. npm start runs it.

Examples:
  tapeless init                              in this folder
  tapeless init my-page --template worker    in a new one; then: cd my-page && npm install && npm start`,
    )
    .action(async (folder: string, { template }: { template: Template }) => {
      const { init } = await import('./init.ts')
      // Beside the sources, and in a package beside what is built of them.
      await init(folder, template, new URL('../../templates/init/', import.meta.url))
    })
}

function templateOf(name: string): Template {
  if (Object.hasOwn(templates, name)) return templates[name]!
  const names = Object.keys(templates)
  throw new InvalidArgumentError(`expected one of ${names.join(', ')}${didYouMean(name, names)}`)
}
