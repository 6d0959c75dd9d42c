/** What `init` may write. */
export interface Template {
  /** What it makes, for the help. */
  readonly makes: string
  /** The folders of `templates/init` whose files it has. */
  readonly folders: readonly string[]
  /** What it needs of a tsconfig.json that was there before, beside what TypeScript's own has. */
  readonly compilerOptions?: Readonly<Record<string, string | boolean>>
}

const inPages = {
  module: 'esnext',
  moduleResolution: 'bundler',
  allowImportingTsExtensions: true,
  allowArbitraryExtensions: true,
  noEmit: true,
}

export const templates: Readonly<Record<string, Template>> = {
  node: {
    makes: 'a script that trains a network, and predicts',
    folders: ['common', 'node'],
  },
  vite: {
    makes: "a page that trains a network, and goes on with a spec that has changed: by Vite's server, and built",
    folders: ['common', 'page', 'vite'],
    compilerOptions: inPages,
  },
  worker: {
    makes: 'a page whose worker trains a network, and shows what it has learned so far, by Vite too',
    folders: ['common', 'page', 'worker'],
    compilerOptions: inPages,
  },
  edge: {
    makes: 'a fetch handler, as edge hosts run it, that predicts with weights which are trained at build',
    folders: ['common', 'edge'],
  },
}
