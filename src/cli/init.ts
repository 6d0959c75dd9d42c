import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { built } from '../emit/built.ts'
import { FileError, reported } from '../host/fileError.ts'
import { portable } from '../host/node.ts'

/**
 * Writes a template's files into a folder, but those that are there already.
 * @param templates the folder of templates; all of them have the files of `common` too.
 * @throws FileError
 */
export async function init(folder: string, template: string, templates: URL): Promise<void> {
  const words: Readonly<Record<string, string>> = { name: packageName(folder), version: `^${built.version}` }
  const kept: string[] = []
  for (const source of ['common', template].map((name) => fileURLToPath(new URL(`${name}/`, templates)))) {
    const entries = await readdir(source, { recursive: true, withFileTypes: true })
    for (const entry of entries.filter((one) => one.isFile())) {
      const from = join(entry.parentPath, entry.name)
      // npm would take a package's .gitignore for its own.
      const path = join(folder, dirname(relative(source, from)), entry.name.replace(/^_/, '.'))
      const text = await readFile(from, 'utf8')
      const isNew = await writeNew(
        path,
        text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => words[word]!),
      )
      if (isNew) process.stdout.write(`${portable(path)}\n`)
      else kept.push(path)
    }
  }
  for (const path of kept) process.stderr.write(`${portable(path)} is there already, and was left as it is\n`)
  if (kept.some((path) => basename(path) === 'package.json')) process.stderr.write(`\n${addition}\n`)
  process.stdout.write(
    `\nNext:\n${nextCommands(folder)
      .map((line) => `  ${line}\n`)
      .join('')}`,
  )
}

/** What a package.json lacks that was there before. */
const addition = `package.json needs, besides what it has:
  "scripts": { "start": "tapeless generate && jiti train.ts" }, "devDependencies": tapeless, jiti and typescript`

/** Whether there was nothing at `path`, where there is a text now. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await reported('write', path, async () => {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text, { flag: 'wx' })
    })
    return true
  } catch (error) {
    if (error instanceof FileError && error.code === 'EEXIST') return false
    throw error
  }
}

/** The folder's name, as npm takes names. */
function packageName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
  return name.replace(/^-+|-+$/g, '') || 'network'
}

/** In the words of the package manager that has run the command. */
function nextCommands(folder: string): string[] {
  const manager = /^(pnpm|yarn)\//.exec(process.env.npm_config_user_agent ?? '')?.[1] ?? 'npm'
  return [
    ...(resolve(folder) === resolve('.') ? [] : [`cd ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}`]),
    `${manager} install`,
    `${manager} start`,
  ]
}
