import { resolve } from 'node:path'

/** What is read of a package.json. */
interface Package {
  readonly type?: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** How package managers add to what is needed to build. */
const additions = { npm: 'npm install --save-dev', pnpm: 'pnpm add --save-dev', yarn: 'yarn add --dev' } as const

/**
 * What is to be typed after `init`, for the package manager that has run it.
 * @param wanted the template's package.json.
 * @param present the one that was there before, if any: what it lacks is then added by commands.
 */
export function nextCommands(folder: string, wanted: string, present: string | undefined): string[] {
  const manager = (/^(pnpm|yarn)\//.exec(process.env.npm_config_user_agent ?? '')?.[1] ??
    'npm') as keyof typeof additions
  return [
    ...(resolve(folder) === resolve('.') ? [] : [`cd ${quoted(folder)}`]),
    ...(present === undefined
      ? [`${manager} install`]
      : supplements(JSON.parse(wanted) as Package, read(present), manager)),
    `${manager} start`,
  ]
}

function supplements(wanted: Package, present: Package, manager: keyof typeof additions): string[] {
  const { scripts = {}, devDependencies = {} } = wanted
  const settings = Object.entries(scripts).filter(([name, script]) => present.scripts?.[name] !== script)
  const words = [
    ...(present.type === wanted.type ? [] : [`type=${wanted.type}`]),
    ...settings.map(([name, script]) => `scripts.${name}=${script}`),
  ]
  const has = { ...present.dependencies, ...present.devDependencies }
  const packages = Object.entries(devDependencies).filter(([name]) => !(name in has))
  return [
    // Of these package managers npm alone has the command, and its file is everybody's.
    ...(words.length > 0 ? [['npm pkg set', ...words.map(quoted)].join(' ')] : []),
    ...(packages.length > 0
      ? [[additions[manager], ...packages.map(([name, range]) => quoted(`${name}@${range}`))].join(' ')]
      : []),
  ]
}

/** What a package.json says; nothing where it can't be read. */
function read(text: string): Package {
  try {
    return Object(JSON.parse(text)) as Package
  } catch {
    return {}
  }
}

/** A word as shells of all systems take it. */
function quoted(word: string): string {
  return /^[\w./@=^:-]+$/.test(word) ? word : JSON.stringify(word)
}
