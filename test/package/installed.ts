import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../../', import.meta.url))
const tsc = join(root, 'node_modules/typescript/bin/tsc')
/** What runs TypeScript in a process of its own. */
export const jiti = join(root, 'node_modules/jiti/lib/jiti-cli.mjs')

const execute = promisify(execFile)

export interface Result {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, whatever its exit status. */
export async function run(folder: string, program: string, ...options: readonly string[]): Promise<Result> {
  try {
    return { status: 0, ...(await execute(program, options, { cwd: folder })) }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    if (typeof code !== 'number') throw error
    return { status: code, stdout, stderr }
  }
}

async function mustRun(folder: string, program: string, ...options: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run(folder, program, ...options)
  if (status !== 0) throw new Error(`${program} ${options.join(' ')} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

const folders: string[] = []

/** A new folder with `files` in it, which `removeFolders` removes. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapeless-'))
  folders.push(folder)
  await addFiles(folder, files)
  return folder
}

/** Writes `files` below `folder`, in whatever folders they name. */
export async function addFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
}

export async function removeFolders(): Promise<void> {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
}

/** Type-checks a folder by its tsconfig; the compiler's messages, none if all is well. */
export async function typeCheck(folder: string, config = 'tsconfig.json'): Promise<string> {
  return (await run(folder, process.execPath, tsc, '--project', config)).stdout
}

export interface Packed {
  readonly tarball: string
  /** The paths in the tarball. */
  readonly files: readonly string[]
}

/** Builds and packs the sources as they are, in a new folder: the repository's own `dist` is left alone. */
export async function pack(): Promise<Packed> {
  const folder = await folderWith({})
  const dist = join(folder, 'dist')
  await mustRun(root, process.execPath, jiti, 'scripts/language.ts')
  await mustRun(root, process.execPath, tsc, '-p', 'tsconfig.build.json', '--outDir', dist)
  await mustRun(root, process.execPath, jiti, 'scripts/bundle.ts', dist)
  for (const path of ['package.json', 'README.md', 'LICENSE', 'schema.json', 'src', 'templates', 'test', 'examples'])
    await cp(join(root, path), join(folder, path), { recursive: true })
  const [report] = JSON.parse(await mustRun(folder, 'npm', 'pack', '--json', '--ignore-scripts'))
  return { tarball: join(folder, report.filename), files: report.files.map(({ path }: { path: string }) => path) }
}

/** A new folder, empty but for the packed package as its one dependency. */
export async function install({ tarball }: Packed): Promise<string> {
  const folder = await folderWith({ 'package.json': '{ "private": true, "type": "module" }\n' })
  await mustRun(folder, 'npm', 'install', tarball, '--prefer-offline', '--no-audit', '--no-fund')
  return folder
}
