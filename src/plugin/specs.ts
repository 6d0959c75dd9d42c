import { basename, dirname, extname, join } from 'node:path'

/** The end of the name of a spec that a bundler imports: one that is data. */
export const importedSpec = /\.net\.(?:yaml|yml|json)$/

/** The end of the name of one that is a program. */
export const programSpec = /\.net\.ts$/

/**
 * Where the types of a spec's module are, as TypeScript's `allowArbitraryExtensions` has it: those of `digits.net.yaml` in
 * `digits.net.d.yaml.ts`.
 */
export function typesPathOf(spec: string): string {
  const extension = extname(spec)
  return join(dirname(spec), `${basename(spec, extension)}.d${extension}.ts`)
}

/** The spec whose types a file holds, by its name; undefined where it is none of these. */
export function specOfTypes(file: string): string | undefined {
  const [, stem, extension] = /^(.*\.net)\.d(\.(?:yaml|yml|json))\.ts$/.exec(file) ?? []
  return stem && `${stem}${extension}`
}
