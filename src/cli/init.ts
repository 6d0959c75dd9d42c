import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { built } from '../emit/built.ts'
import { FileError, reported } from '../host/fileError.ts'
import { portable } from '../host/node.ts'
import { nextCommands } from './nextCommands.ts'
import type { Template } from './templates.ts'

/**
 * Writes a template's files into a folder, but those that are there already.
 * @param templates the folder of templates.
 * @throws FileError
 */
export async function init(folder: string, template: Template, templates: URL): Promise<void> {
  if ((await stat(folder).catch(() => undefined))?.isDirectory() === false)
    throw new FileError('write', folder, 'it is a file, not a folder')
  const texts = await textsOf(template, templates, { name: packageName(folder), version: `^${built.version}` })
  const kept: string[] = []
  const textAt = (path: string) => reported('read', join(folder, path), () => readFile(join(folder, path), 'utf8'))
  const isOwn = async (path: string) => (await textAt(path)) === texts.get(path)
  for (const [path, text] of texts) {
    const place = join(folder, path)
    if (await writeNew(place, text)) process.stdout.write(`${portable(place)}\n`)
    else kept.push(path)
  }
  for (const path of kept)
    process.stderr.write(`${portable(join(folder, path))} is there already, and was left as it is\n`)
  if (kept.includes('tsconfig.json') && template.compilerOptions && !(await isOwn('tsconfig.json')))
    process.stderr.write(
      `tsconfig.json needs, among its compilerOptions, ${JSON.stringify(template.compilerOptions).slice(1, -1)}\n`,
    )
  const present = kept.includes('package.json') ? await textAt('package.json') : undefined
  const next = nextCommands(folder, texts.get('package.json')!, present)
  process.stdout.write(`\nNext:\n${next.map((line) => `  ${line}\n`).join('')}`)
}

/** The texts of a template's files, by their paths. @param words what stands in them for `{{word}}`. */
async function textsOf(
  { folders }: Template,
  templates: URL,
  words: Readonly<Record<string, string>>,
): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (const source of folders.map((name) => fileURLToPath(new URL(`${name}/`, templates)))) {
    const entries = await readdir(source, { recursive: true, withFileTypes: true })
    for (const entry of entries.filter((one) => one.isFile())) {
      const from = join(entry.parentPath, entry.name)
      // npm would take a package's .gitignore for its own.
      const path = join(dirname(relative(source, from)), entry.name.replace(/^_/, '.'))
      const text = await readFile(from, 'utf8')
      texts.set(
        path,
        text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => words[word]!),
      )
    }
  }
  return texts
}

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
