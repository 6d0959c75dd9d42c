import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { templates, type Template } from '../../src/cli/templates.ts'
import { pack } from '../package/installed.ts'
import { look, run, serve } from './programs.ts'

/*
 * What `tapeless init` makes of each template, from the packed package, in an empty folder under each package manager: it is installed, run
 * and looked at in Chromium, type-checked and built; then type-checked by each version of TypeScript, with its own settings and with those
 * of `tsc --init`. The status is 1 if something fails.
 *
 *     npm run inits -- --templates node,edge --managers npm --tarball tapeless-0.1.0.tgz
 */

/** Where package managers are, once they are installed: programs, of which pnpm's is none of Node's. */
const managers: Readonly<Record<string, { readonly install: string; readonly file: string }>> = {
  npm: { install: 'npm@11', file: 'npm/bin/npm-cli.js' },
  pnpm: { install: 'pnpm@12', file: 'pnpm/pnpm' },
  'yarn 1': { install: 'yarn@1', file: 'yarn/bin/yarn.js' },
  'yarn 4': { install: '@yarnpkg/cli-dist@4', file: '@yarnpkg/cli-dist/bin/yarn.js' },
}

const compilers = ['5.4', '5.9', '6', '7']

/** What pages show once they have trained or predicted. */
const shown: Readonly<Record<string, RegExp>> = { vite: /loss 0\.0/, worker: /100 % right/, edge: /on #3366cc/ }

const { values } = parseArgs({
  options: { templates: { type: 'string' }, managers: { type: 'string' }, tarball: { type: 'string' } },
})
const chosen = (option: string | undefined, all: object) => option?.split(',') ?? Object.keys(all)

const folder = mkdtempSync(join(tmpdir(), 'tapeless-inits-'))
// Beside each other, as package managers look for what is around a project.
const [tools, projects] = ['tools', 'projects'].map((name) => join(folder, name)) as [string, string]
const modules = join(tools, 'node_modules')
const node = process.execPath

/** A project of a template, installed by a package manager. */
function project(template: string, manager: string, tarball: string) {
  const place = mkdtempSync(join(projects, `${template}-`))
  run(place, node, join(modules, 'tapeless/dist/cli/main.js'), 'init', '--template', template)
  const file = join(place, 'package.json')
  const described = JSON.parse(readFileSync(file, 'utf8')) as {
    devDependencies: Record<string, string>
    scripts: Record<string, string>
  }
  described.devDependencies['tapeless'] = `file:${tarball}`
  writeFileSync(file, JSON.stringify(described))
  const program = join(modules, managers[manager]!.file)
  run(place, program, 'install')
  return { place, has: (script: string) => script in described.scripts, program }
}

/** Runs a template's scripts. Error: one fails, or doesn't show what it should. */
async function tryScripts({ place, has, program }: ReturnType<typeof project>, template: string): Promise<void> {
  const seen = shown[template]
  if (seen) await serve(place, [program, 'run', 'start'], (url) => look(url, seen))
  else if (!/1 xor 0 is (1\.0|0\.9)/.test(run(place, program, 'run', 'start'))) throw new Error('it has not learned')
  run(place, program, 'run', 'typecheck')
  if (has('build')) run(place, program, 'run', 'build')
  if (has('preview')) await serve(place, [program, 'run', 'preview'], (url) => look(url, seen!))
}

/** Type-checks a project by a version of TypeScript, with both settings. */
function typeCheck(place: string, { compilerOptions = {} }: Template, version: string): void {
  const tsc = join(modules, `typescript-${version}/bin/tsc`)
  run(place, node, tsc)
  const settings = mkdtempSync(join(projects, 'settings-'))
  run(settings, node, tsc, '--init')
  writeFileSync(join(place, 'tsconfig.default.json'), readFileSync(join(settings, 'tsconfig.json')))
  writeFileSync(
    join(place, 'tsconfig.init.json'),
    JSON.stringify({ extends: './tsconfig.default.json', compilerOptions }),
  )
  run(place, node, tsc, '--noEmit', '--project', 'tsconfig.init.json')
}

async function attempt(what: string, action: () => Promise<void> | void): Promise<void> {
  const begin = performance.now()
  try {
    await action()
    console.log(`${what}: well, ${((performance.now() - begin) / 1000).toFixed(0)} s`)
  } catch (error) {
    process.exitCode = 1
    console.log(`${what}: ${(error as Error).message}`)
  }
}

try {
  const tarball = values.tarball === undefined ? (await pack()).tarball : resolve(values.tarball)
  for (const path of [tools, projects]) mkdirSync(path)
  writeFileSync(join(tools, 'package.json'), '{ "private": true }')
  const needed = [
    ...Object.values(managers).map(({ install }) => install),
    ...compilers.map((version) => `typescript-${version}@npm:typescript@${version}`),
  ]
  run(tools, 'npm', 'install', '--no-audit', '--no-fund', tarball, ...needed)
  for (const template of chosen(values.templates, templates))
    for (const manager of chosen(values.managers, managers)) {
      let made: ReturnType<typeof project> | undefined
      await attempt(`${template}, ${manager}`, async () => {
        made = project(template, manager, tarball)
        await tryScripts(made, template)
      })
      if (manager !== 'npm' || !made) continue
      const { place } = made
      for (const version of compilers)
        await attempt(`${template}, TypeScript ${version}`, () => typeCheck(place, templates[template]!, version))
    }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
